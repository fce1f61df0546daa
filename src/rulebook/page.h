// SPDX-License-Identifier: Apache-2.0
// The rulebook for people to read and for programs to check: anybody may see by what rules their report was sorted. Pure.
#pragma once
#include <string>

#include "base/json.h"
#include "rulebook/rulebook.h"

namespace plumbline::rulebook {

// {"version", "name", "tables": [{"name", "question", "inputs": [...], "outputs": [...], "rules": [{"id", "when": {...}, "then": {...}, "why"}]}]}
// The entries are the S-FEEL texts of the file; "when" leaves out the columns that take any value.
Json rulebook_as_json(const Rulebook& rulebook);

// A fragment of HTML for the public page: one section with a table for each decision, in the order in which they are taken,
// headers with their scope, and for each rule only the conditions that it has, in words. Every text of the file is escaped. No style, script or link to elsewhere.
std::string rulebook_html(const Rulebook& rulebook);

// The same for a terminal.
std::string rulebook_text(const Rulebook& rulebook);

}  // namespace plumbline::rulebook
