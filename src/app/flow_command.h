// SPDX-License-Identifier: Apache-2.0
// `plumbline flow FILE --print STEP`: what each step of the line makes of a file, as JSON, with nothing stored.
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"
#include "base/time.h"

namespace plumbline::app {

// A .json file is a tip as POST /api/v1/tips takes it; any other file is a tip with that one file, as `import` makes it.
Result<int> run_flow(const Command& command, Clock& clock, Entropy& entropy);

}  // namespace plumbline::app
