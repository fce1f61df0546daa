// SPDX-License-Identifier: Apache-2.0
// Why a worker died, in words: from what the kernel says of it and what it could note itself.
#pragma once
#include <cstdint>
#include <string>

#include "sandbox/wire.h"

namespace plumbline::sandbox {

struct Death {
    int status = 0;                        // as waitpid gives it
    std::uint64_t resident_bytes_max = 0;  // the most memory it held
    Report report;                         // hostile: a worker could have written anything here
};

// "forbidden call openat", "memory limit", "aborted (signal 6, SIGABRT)", "signal 11 (SIGSEGV)", "exited with status 0
// before it answered".
std::string reason_of(const Death& death, std::uint64_t memory_bytes_max);

}  // namespace plumbline::sandbox
