// SPDX-License-Identifier: Apache-2.0
// Runs a program of our own over hostile files: for libraries whose licence keeps them out of our own process. The
// program lies beside the one that runs, gets a request and open files, takes its rights away, and answers on a pipe.
//
//     // the caller, any thread, not confined itself
//     const ProgramAnswer answer = run_program({.program = "plumbline-disk", .request = request, .files = {image_fd}});
//     // the program, first thing in main()
//     const Bytes request = TRY(take_request());
//     TRY(confine_this_process({.cpu_seconds_max = 60, .memory_bytes_max = 1 << 30, .files = 1}));
//     // now read descriptor program_first_file, and write_answer()
//
// What it cannot do once confined: open, connect, start, signal, write to anything but its pipe. Memory, CPU and
// wall-clock time, and the size of the answer are bounded; whatever ends it early is named, and what it said until then
// is kept. docs/steps/sandbox.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace plumbline {

inline constexpr int program_first_file = 3;  // the files stand here, 4, 5, ...
inline constexpr std::size_t program_files_max = 256;
inline constexpr std::size_t program_request_bytes_max = 16 * 1024 * 1024;

struct ProgramCall {
    std::string program;               // a name without a path; found beside /proc/self/exe
    Bytes request;
    std::vector<int> files;            // open for reading; read by pread, so their position does not matter
    unsigned wall_seconds_max = 120;
    std::uint64_t answer_bytes_max = 256ULL * 1024 * 1024;
    int answer_file = -1;              // where given, the answer is written here and `bytes` stays empty
};
struct ProgramAnswer {
    Bytes bytes;
    std::uint64_t bytes_total = 0;
    // Why the answer may not be whole. corrupt: "plumbline-disk: signal 11 (SIGSEGV)" and the like; timeout; too_large;
    // unavailable where it could not be started.
    std::optional<Error> trouble;
};
ProgramAnswer run_program(const ProgramCall& call);

struct ProgramLimits {
    unsigned cpu_seconds_max = 60;
    std::uint64_t memory_bytes_max = 1024ULL * 1024 * 1024;  // address space above what the program has at its start
    std::size_t files = 1;
};
// All of descriptor 0.
Result<Bytes> take_request();
// Once, before the first hostile byte, single-threaded. After an Error the program must leave.
Result<void> confine_this_process(const ProgramLimits& limits);
// To descriptor 1. unavailable where the caller is gone.
Result<void> write_answer(ByteView bytes);

}  // namespace plumbline
