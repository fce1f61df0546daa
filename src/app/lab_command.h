// SPDX-License-Identifier: Apache-2.0
// `plumbline lab`: works jobs for a desk elsewhere. It dials out over HTTPS, listens on nothing and keeps no files. On SIGTERM
// or SIGINT the jobs under way are finished and handed in; a second signal ends it at once (the jobs are leased again).
#pragma once
#include "app/command_line.h"
#include "base/entropy.h"
#include "base/result.h"

namespace plumbline::app {

// Call while the process has one thread: it starts the sandbox. With --once it ends when no work is left.
Result<int> run_lab(const Command& command, Entropy& entropy);

}  // namespace plumbline::app
