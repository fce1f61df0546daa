// SPDX-License-Identifier: Apache-2.0
// `plumbline verify`: rechecks everything under a data folder, or a copy of somebody's public log with its key alone.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"

namespace plumbline::app {

// 0: all is well; 1: something is wrong, each problem in a line that says what and where.
Result<int> run_verify(const Command& command, Entropy& entropy);

}  // namespace plumbline::app
