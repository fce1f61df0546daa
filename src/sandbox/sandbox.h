// SPDX-License-Identifier: Apache-2.0
// Runs a function over hostile bytes in a child process that can do nothing but compute: no file, socket or new program
// (seccomp kills it), no new privileges, bounded memory and CPU time. Workers are forked from a small zygote that is
// started before any thread; a worker is replaced after a crash, an overrun or `jobs_per_worker_max` calls.
//
//     // first thing in main(), before threads and before large allocations or secrets:
//     auto sandbox = TRY(Sandbox::start({{"scan", scan_task}}, options));
//     // later, from any thread:
//     const Bytes answer = TRY(sandbox->run("scan", bytes, parameters));
//
// A worker that dies is an Error of the one call: kind `corrupt`, message "decoder killed: ..." with one of
//     forbidden call NAME | memory limit | CPU limit of N s | signal 11 (SIGSEGV) | aborted (signal 6, SIGABRT) |
//     exited with status N before it answered | garbage for an answer | an exception
// `timeout` where the wall-clock bound passed, `busy` where the queue is full, `unavailable` where the zygote is gone or
// cannot fork, `invalid` for a task that is not there, `too_large` for parameters over 32 KiB or an answer over its bound.
// An Error that the task itself returns comes back as it is (its message cut at 1 KiB, its control characters blanked).
//
// What it does not promise: a task that hostile bytes took over can lie in its own answer, and in those of later calls
// that the same worker serves; jobs_per_worker_max = 1 gives every call a worker of its own. docs/steps/sandbox.md.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace plumbline {

// Runs inside the worker, single-threaded. `input` is mapped read-only or lies in a buffer; what it returns goes back
// whole (bounded by answer_bytes_max). It may throw: that costs the worker.
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
    // Forks the zygote and the first workers. Call while the process has one thread. `before_lockdown` runs once, in the
    // zygote, still unconfined: it loads what a decoder needs (tables, converters, lazily bound libraries), and every
    // worker has it. Files that it leaves open are closed in the workers. It must not start a thread.
    static Result<std::unique_ptr<Sandbox>> start(std::vector<SandboxTask> tasks, const SandboxOptions& options,
                                                  std::function<void()> before_lockdown = {});
    // No call may be under way. Kills and reaps every worker and the zygote.
    virtual ~Sandbox() = default;
    // Any thread; blocks until the answer is there, at most wall_seconds_max for a worker and as long again for the work.
    // The bytes go by message or memfd, never by path.
    virtual Result<Bytes> run(std::string_view task, ByteView input, ByteView parameters) = 0;
    // The same over a file that the caller opened (a memfd or a regular file), mapped read-only in the worker. The file
    // must not shrink meanwhile. The worker cannot write to it, whatever the descriptor would allow.
    Result<Bytes> run_on_file(std::string_view task, int input_fd, ByteView parameters) { return run_on_range(task, input_fd, 0, UINT64_MAX, parameters); }
    // The same over a stretch of the file: `bytes_max` bytes from `begin` on, or what there is of them.
    virtual Result<Bytes> run_on_range(std::string_view task, int input_fd, std::uint64_t begin, std::uint64_t bytes_max, ByteView parameters) = 0;
    virtual unsigned workers_alive() const = 0;
    // What this system let us put on, for the operator: "seccomp, limits, landlock 7, namespaces".
    virtual std::string confinement() const = 0;
};

}  // namespace plumbline
