// SPDX-License-Identifier: Apache-2.0
// What takes a process's rights away. The zygote gives up files and network once (Landlock, namespaces, capabilities), so
// its forks have them already; each worker adds limits and the seccomp filter, which the zygote compiled.
#pragma once
#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "sandbox/wire.h"

namespace plumbline::sandbox {

using Filter = std::vector<sock_filter>;
// The allow-list of docs/steps/sandbox.md as a BPF program. Everything else is refused: see enter_worker().
Result<Filter> compile_filter();
// The same for a program of its own that answers on descriptor 1: reading at any place of what it was given, writing to 1
// and 2, its own abort(). Every other call kills the process. Call it in the process that will be confined.
Result<Filter> compile_program_filter();

struct Confinement {
    std::uint32_t landlock_abi = 0;  // 0: this kernel has none
    bool has_namespaces = false;     // network at least
};
// For the zygote, single-threaded: each measure is taken where the system permits it and skipped where not. seccomp, which
// is never skipped, comes with each worker. After it no file can be opened by path.
Confinement confine_zygote();

// For a worker: limits (memory apart, which the zygote sets from outside), then the filter. A refused call is trapped: the handler notes its number in `report` and then
// makes a call that the filter answers with SECCOMP_RET_KILL_PROCESS. The refused call itself never runs.
Result<void> confine_worker(const Filter& filter, Report* report);

// Limits (not memory) and the filter on this process and its threads; also what confine_worker() puts on last.
Result<void> put_on(const Filter& filter, unsigned descriptors_max);

// Whether this build carries a sanitizer, which needs some more calls and all of the address space.
bool is_sanitizer_build();
// Bytes of address space that this process has now; 0 where /proc does not say.
std::uint64_t address_space_now();

}  // namespace plumbline::sandbox
