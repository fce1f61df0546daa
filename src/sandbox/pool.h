// SPDX-License-Identifier: Apache-2.0
// The caller's side of one worker: its socket, its answer file and its bounds.
#pragma once
#include <sys/types.h>
#include <time.h>

#include <mutex>

#include "sandbox/death.h"
#include "sandbox/descriptor.h"
#include "sandbox/sandbox.h"

namespace plumbline::sandbox {

// The talk with the zygote: one request at a time. Any thread.
class Control {
  public:
    explicit Control(Descriptor socket) : socket_(std::move(socket)) {}
    Result<ControlReply> first_reply();
    Result<ControlReply> spawn(int worker_end, int answer_file);
    Result<ControlReply> reap(pid_t pid);
    Result<ControlReply> make_room(pid_t pid, std::uint64_t input_bytes);
    void close() { socket_.close(); }

  private:
    Result<ControlReply> ask(const ControlRequest& request, std::span<const int> descriptors);
    std::mutex mutex_;
    Descriptor socket_;
};

struct Call {
    std::uint32_t task = 0;
    std::uint64_t number = 0;
    ByteView input;            // inline or copied to a memfd; not used where input_file is given
    int input_file = -1;
    std::uint64_t input_file_at = 0;
    std::uint64_t input_file_bytes = 0;
    ByteView parameters;
};

// One worker process. One thread at a time.
class WorkerSeat {
  public:
    WorkerSeat(Control& control, const SandboxOptions& options) : control_(control), options_(options) {}
    bool is_alive() const { return pid_ > 0; }
    bool is_worn() const { return calls_ >= options_.jobs_per_worker_max; }
    Result<void> spawn();
    // Kills and reaps. The Death is empty where the zygote is gone.
    Death bury();
    // `never_started` is set where the worker was found dead before it could take the call.
    Result<Bytes> call(const Call& call, bool& never_started);

  private:
    Result<void> send(const Call& call);
    Result<void> wait_for_answer();
    Result<Bytes> read_answer(const Call& call);
    Result<Bytes> read_body(const AnswerHeader& header, ByteView inline_body);
    Result<void> make_room_for_input(std::uint64_t bytes);
    tl::unexpected<Error> killed(std::string_view reason);

    Control& control_;
    const SandboxOptions& options_;
    pid_t pid_ = 0;
    clockid_t cpu_clock_ = 0;
    Descriptor socket_;
    Descriptor answer_file_;
    Bytes message_;
    std::uint64_t room_for_input_bytes_ = 0;
    std::uint64_t largest_input_bytes_ = 0;  // mapped pages count as resident
    unsigned calls_ = 0;
};

}  // namespace plumbline::sandbox
