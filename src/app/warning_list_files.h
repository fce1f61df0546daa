// SPDX-License-Identifier: Apache-2.0
// Warning lists out of files.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "evidence/warning_lists.h"

namespace plumbline::app {

// Files of MISP's form, or "built-in" for what RFCs reserve, which is there with any other too; nothing where none is named. unavailable: a file
// cannot be read; invalid, unsupported, too_large: it is no such list.
Result<std::optional<evidence::WarningLists>> warning_lists_of(const std::vector<std::string>& paths);
// The same of a setting: paths with colons between them.
Result<std::optional<evidence::WarningLists>> warning_lists_of_setting(std::string_view paths);

}  // namespace plumbline::app
