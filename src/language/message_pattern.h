// SPDX-License-Identifier: Apache-2.0
// What can be said of a message without formatting it: its arguments, plural forms and marks.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumbline::language {

struct Shape {
    std::vector<std::string> arguments;                          // sorted, each once
    std::map<std::string, std::set<std::string>> plural_forms;   // of an argument: "one", "other", "=0"
    std::map<std::string, std::set<std::string>> selections;     // of a select: its words
    std::set<std::string> marks;                                 // "<b>", "<a href=\"/mailbox\">"
};
Result<Shape> shape_of(std::string_view pattern);                // invalid: ICU cannot read it, or a mark is not one of ours

// The pattern with its own text escaped and its marks as elements: <b> becomes <strong>, an address gets "/de" before it.
Result<std::string> html_pattern_of(std::string_view pattern, std::string_view tag);

// The text of a pattern without arguments: '' is an apostrophe.
std::string without_quotes(std::string_view pattern);

// The plural forms that a language has: "one", "few", "other".
std::set<std::string> plural_forms_of(std::string_view tag);

}  // namespace plumbline::language
