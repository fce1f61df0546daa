// SPDX-License-Identifier: Apache-2.0
// The small process that workers are forked from, and the worker's loop. Neither function returns.
#pragma once
#include <functional>
#include <vector>

#include "sandbox/sandbox.h"

namespace plumbline::sandbox {

// In the child of start()'s fork: keeps `control` alone of all open files, runs `before_lockdown`, gives up its rights,
// then forks and reaps workers on request until the caller's end of `control` is closed.
[[noreturn]] void run_zygote(int control, const std::vector<SandboxTask>& tasks, const SandboxOptions& options,
                             const std::function<void()>& before_lockdown);

}  // namespace plumbline::sandbox
