// SPDX-License-Identifier: Apache-2.0
// The one table of commands: each name with the function that runs it.
#pragma once
#include "app/command_line.h"
#include "base/result.h"

namespace plumbline::app {

// The exit code; an Error of kind `invalid` is usage (2), every other one the world's (3).
Result<int> run_command(const Command& command);

}  // namespace plumbline::app
