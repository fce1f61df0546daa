// SPDX-License-Identifier: Apache-2.0
// `plumbline figures` and `plumbline recount`: counts for a period, and the same counts again from the public log alone.
#pragma once
#include "app/command_line.h"
#include "base/result.h"
#include "base/time.h"

namespace plumbline::app {

Result<int> run_figures(const Command& command, Clock& clock);
// Reads the log's files and its public key, nothing else. With --figures: 0 where every cell is the same, 1 where one differs.
Result<int> run_recount(const Command& command, Clock& clock);

}  // namespace plumbline::app
