// SPDX-License-Identifier: Apache-2.0
// Runs a function over hostile bytes in a child process that can do nothing but compute: no file, socket or new program
// (seccomp kills it), no new privileges, bounded memory and CPU time. Workers are forked from a small zygote that is
// started before any thread; a worker is replaced after a crash, an overrun or `jobs_per_worker_max` jobs.
//
//     // first thing in main(), before threads and before large allocations:
//     auto sandbox = TRY(Sandbox::start({{"scan", scan_task}}, options));
//     // later, from any thread:
//     const Bytes answer = TRY(sandbox->run("scan", input_fd_or_bytes, parameters));
//
// A worker that dies is an Error of the one call: kind `corrupt`, message "decoder killed: ..." saying by what
// (forbidden call, memory limit, CPU limit, signal 11). `timeout` where the wall-clock bound passed, `busy` where the
// queue is full.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace plumbline {

// Runs inside the worker. `input` is mapped read-only. What it returns goes back whole (bounded by answer_bytes_max).
using SandboxFunction = std::function<Result<Bytes>(ByteView input, ByteView parameters)>;
struct SandboxTask {
    std::string name;
    SandboxFunction function;
};

struct SandboxOptions {
    unsigned workers = 2;
    unsigned queue_max = 256;                 // calls waiting for a worker
    unsigned cpu_seconds_max = 60;            // of one call
    unsigned wall_seconds_max = 120;          // of one call
    std::uint64_t memory_bytes_max = 2ULL * 1024 * 1024 * 1024;  // address space above what the zygote has
    std::uint64_t answer_bytes_max = 256ULL * 1024 * 1024;
    unsigned jobs_per_worker_max = 1000;
};

class Sandbox {
  public:
    // Forks the zygote. Call while the process has one thread. `before_lockdown` of every worker runs once, still
    // unconfined, to load what a decoder needs (tables, converters).
    static Result<std::unique_ptr<Sandbox>> start(std::vector<SandboxTask> tasks, const SandboxOptions& options,
                                                  std::function<void()> before_lockdown = {});
    virtual ~Sandbox() = default;
    // Any thread; blocks until the answer is there. The bytes go by memfd, never by path.
    virtual Result<Bytes> run(std::string_view task, ByteView input, ByteView parameters) = 0;
    // The same over a file that the caller opened (a memfd or a regular file), mapped read-only in the worker.
    virtual Result<Bytes> run_on_file(std::string_view task, int input_fd, ByteView parameters) = 0;
    virtual unsigned workers_alive() const = 0;
};

}  // namespace plumbline
