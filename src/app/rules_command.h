// SPDX-License-Identifier: Apache-2.0
// `plumbline rules check|show [FILE]`: proves or prints a rulebook, the built-in one where no file is named. Exit codes: 0 done,
// 1 the rulebook is refused (each reason on a line of its own on standard output), 3 the file could not be read.
#pragma once
#include "app/command_line.h"
#include "base/result.h"

namespace plumbline::app {

Result<int> run_rules_check(const Command& command);
// --format json prints the tables as one JSON value, text what a person reads.
Result<int> run_rules_show(const Command& command);

}  // namespace plumbline::app
