// SPDX-License-Identifier: Apache-2.0
// What is compiled into the program: pages, styles, the built-in rulebook, the categories.
#pragma once
#include <string_view>

#include "base/result.h"
#include "model/category.h"
#include "rulebook/reference_rates.h"
#include "rulebook/rulebook.h"

namespace plumbline::app {

Result<std::string_view> asset(std::string_view name);   // "rules/plumbline.dmn"; not_found
Result<Categories> built_in_categories();
Result<rulebook::ReferenceRates> built_in_rates();
// The rulebook in `path`, or the built-in one where it is empty.
Result<rulebook::Rulebook> load_rulebook(const std::string& path, const Categories& categories);

}  // namespace plumbline::app
