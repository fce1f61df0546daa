// SPDX-License-Identifier: Apache-2.0
// For tests: a strict look at a page of ours. Every element is closed in order, ids are unique, what refers to an id finds
// it, every control has a label, every picture a text or is hidden, nothing comes from elsewhere, and there is no script.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::face {

std::vector<std::string> html_faults(std::string_view html);   // empty where it is good

}  // namespace plumbline::face
