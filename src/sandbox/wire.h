// SPDX-License-Identifier: Apache-2.0
// What the three processes say to each other. Both ends are forks of one binary on one machine, so structs go as they are.
//
//     caller --ControlRequest--> zygote --ControlReply--> caller      (one at a time)
//     caller --CallHeader, parameters, small input--> worker --AnswerHeader, small answer--> caller
//
// Large input comes as a descriptor with the request; a large answer lies in the worker's answer file from
// answer_offset on. The first page of that file is the Report: what the worker could say before it died.
// Everything that comes from a worker is hostile: the caller checks each field and copies before it reads.
#pragma once
#include <cstddef>
#include <cstdint>

namespace plumbline::sandbox {

// Descriptor numbers in a worker; the seccomp filter knows them. 0, 1 and 2 are /dev/null.
inline constexpr int worker_socket = 3;
inline constexpr int worker_answer_file = 4;
inline constexpr int worker_input_file = 5;
inline constexpr int worker_descriptors_max = 6;

inline constexpr std::uint32_t call_magic = 0x504c4331;    // "PLC1"
inline constexpr std::uint32_t answer_magic = 0x504c4131;  // "PLA1"
inline constexpr std::size_t input_page_bytes = 64 * 1024;  // a multiple of every page size
inline constexpr std::size_t message_bytes_max = 64 * 1024;
inline constexpr std::size_t parameters_bytes_max = 32 * 1024;
inline constexpr std::size_t error_message_bytes_max = 1024;
inline constexpr std::uint64_t answer_offset = 4096;
// So much of the answer file stays mapped in the worker and keeps its memory from call to call; what is behind it is given
// back after each answer.
inline constexpr std::size_t answer_bytes_kept = 8 * 1024 * 1024;

enum class ControlVerb : std::uint32_t { spawn = 1, reap = 2, make_room = 3 };
struct ControlRequest {
    ControlVerb verb = ControlVerb::spawn;
    std::int32_t pid = 0;           // of reap and make_room
    std::uint64_t input_bytes = 0;  // of make_room: address space beside the worker's own memory
};
struct ControlReply {
    std::int32_t pid = 0;
    std::int32_t error = 0;          // errno of fork, 0 where it worked
    std::int32_t status = 0;         // of reap: as waitpid gives it
    std::uint32_t landlock_abi = 0;  // of the first reply: what the zygote could put on
    std::uint32_t has_namespaces = 0;
    std::uint64_t resident_bytes_max = 0;
};

struct CallHeader {
    std::uint32_t magic = call_magic;
    std::uint32_t task = 0;
    std::uint64_t call = 0;  // echoed in the answer: an answer to another call is garbage
    std::uint64_t input_bytes = 0;
    std::uint64_t input_at = 0;  // of a file: where its mapped bytes begin
    std::uint32_t parameters_bytes = 0;
    std::uint32_t input_is_inline = 0;
};

enum class Outcome : std::uint32_t { answer = 1, error = 2, out_of_memory = 3, threw = 4 };
struct AnswerHeader {
    std::uint32_t magic = answer_magic;
    Outcome outcome = Outcome::answer;
    std::uint64_t call = 0;
    std::uint64_t answer_bytes = 0;
    std::uint32_t error_kind = 0;
    std::uint32_t is_inline = 0;
};
inline constexpr std::size_t inline_answer_bytes_max = message_bytes_max - sizeof(AnswerHeader);

struct Report {
    std::uint32_t forbidden_call_plus_one = 0;  // number of the call that the filter refused
    std::uint32_t was_abort = 0;                // the refused call was abort()'s own signal
    std::uint32_t allocation_failed = 0;        // operator new found no memory
};

}  // namespace plumbline::sandbox
