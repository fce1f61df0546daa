// SPDX-License-Identifier: Apache-2.0
// A worker: takes rights away from itself, then answers calls until its socket closes.
#pragma once
#include <sys/types.h>

#include <vector>

#include "sandbox/lockdown.h"
#include "sandbox/sandbox.h"

namespace plumbline::sandbox {

struct WorkerSetup {
    const std::vector<SandboxTask>& tasks;
    const SandboxOptions& options;
    const Filter& filter;
    pid_t zygote;
};
// In the zygote's fork. `socket` and `answer_file` are moved to the numbers that wire.h names; all else is closed.
[[noreturn]] void run_worker(const WorkerSetup& setup, int socket, int answer_file);

void close_from(int first);

}  // namespace plumbline::sandbox
