// SPDX-License-Identifier: Apache-2.0
// A call costs one send, one poll and one receive here, and one receive and one send in the worker. The worker's CPU time
// is read from outside, by its process clock, so nothing that runs in the worker can stop or reset it.
#include "sandbox/pool.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace plumbline::sandbox {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

milliseconds cpu_time(clockid_t clock) {
    timespec value{};
    if (::clock_gettime(clock, &value) != 0) return milliseconds(0);
    return milliseconds(value.tv_sec * 1000 + value.tv_nsec / 1'000'000);
}

Result<Descriptor> input_in_memory(ByteView input) {
    Descriptor file = TRY(make_memory_file("plumbline-input", 0));
    for (ByteView rest = input; !rest.empty();) {
        const ssize_t written = ::write(file.number(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return fail(ErrorKind::unavailable, "sandbox: no memory for the input: {}", std::strerror(errno));
        rest = rest.subspan(static_cast<std::size_t>(written));
    }
    ::fcntl(file.number(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    return file;
}

std::string printable(std::string_view text) {
    std::string out(text.substr(0, error_message_bytes_max));
    for (char& letter : out) {
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) letter = ' ';
    }
    return out;
}

}  // namespace

Result<ControlReply> Control::ask(const ControlRequest& request, std::span<const int> descriptors) {
    const std::lock_guard lock(mutex_);
    const ByteView piece = bytes_of(request);
    TRY(send_message(socket_.number(), std::span(&piece, 1), descriptors));
    ControlReply reply;
    const std::size_t size = TRY(receive_message(socket_.number(), std::as_writable_bytes(std::span(&reply, 1)), {}));
    if (size != sizeof reply) return fail(ErrorKind::unavailable, "sandbox: the zygote is gone");
    if (reply.error != 0) return fail(ErrorKind::unavailable, "sandbox: the zygote failed: {}", std::strerror(reply.error));
    return reply;
}

Result<ControlReply> Control::first_reply() {
    const std::lock_guard lock(mutex_);
    ControlReply reply;
    const std::size_t size = TRY(receive_message(socket_.number(), std::as_writable_bytes(std::span(&reply, 1)), {}));
    if (size != sizeof reply) return fail(ErrorKind::unavailable, "sandbox: the zygote could not start");
    return reply;
}

Result<ControlReply> Control::spawn(int worker_end, int answer_file) {
    const std::array<int, 2> given{worker_end, answer_file};
    return ask({ControlVerb::spawn, 0, 0}, given);
}

Result<ControlReply> Control::reap(pid_t pid) { return ask({ControlVerb::reap, pid, 0}, {}); }

Result<ControlReply> Control::make_room(pid_t pid, std::uint64_t input_bytes) {
    return ask({ControlVerb::make_room, pid, input_bytes}, {});
}

Result<void> WorkerSeat::spawn() {
    SocketPair pair = TRY(make_socket_pair());
    if (!answer_file_.is_open()) {
        // Sparse: it takes memory only where a worker writes, and never more than this.
        answer_file_ = TRY(make_memory_file("plumbline-answer", answer_offset + options_.answer_bytes_max));
        ::fcntl(answer_file_.number(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
    }
    const Report empty;
    if (::pwrite(answer_file_.number(), &empty, sizeof empty, 0) != sizeof empty) {
        return fail(ErrorKind::unavailable, "sandbox: no memory for a worker: {}", std::strerror(errno));
    }
    const ControlReply reply = TRY(control_.spawn(pair.theirs.number(), answer_file_.number()));
    pid_ = reply.pid;
    if (::clock_getcpuclockid(pid_, &cpu_clock_) != 0) cpu_clock_ = CLOCK_MONOTONIC;  // then the wall bound is the bound
    socket_ = std::move(pair.ours);
    message_.resize(message_bytes_max);
    calls_ = 0;
    room_for_input_bytes_ = 0;
    largest_input_bytes_ = 0;
    return {};
}

Death WorkerSeat::bury() {
    Death death;
    if (!is_alive()) return death;
    if (const auto reply = control_.reap(pid_)) {
        death.status = reply->status;
        death.resident_bytes_max = reply->resident_bytes_max;
    }
    pid_ = 0;
    socket_.close();
    if (::pread(answer_file_.number(), &death.report, sizeof death.report, 0) != static_cast<ssize_t>(sizeof death.report)) death.report = {};
    ::fallocate(answer_file_.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                static_cast<off_t>(answer_offset + options_.answer_bytes_max));
    return death;
}

tl::unexpected<Error> WorkerSeat::killed(std::string_view reason) {
    bury();
    return fail(ErrorKind::corrupt, "decoder killed: {}", reason);
}

// A large input is mapped, which takes address space that the limit on memory would count. The zygote, which has the
// worker's own user, lifts the limit from outside by the input's size; the next small call sets it back.
Result<void> WorkerSeat::make_room_for_input(std::uint64_t bytes) {
    if (bytes == room_for_input_bytes_) return {};
    TRY(control_.make_room(pid_, bytes));
    room_for_input_bytes_ = bytes;
    largest_input_bytes_ = std::max(largest_input_bytes_, bytes);
    return {};
}

Result<void> WorkerSeat::send(const Call& call) {
    CallHeader header;
    header.task = call.task;
    header.call = call.number;
    header.parameters_bytes = static_cast<std::uint32_t>(call.parameters.size());
    header.input_is_inline =
        call.input_file < 0 && sizeof header + call.parameters.size() + call.input.size() <= message_bytes_max ? 1 : 0;
    header.input_bytes = call.input_file < 0 ? call.input.size() : call.input_file_bytes;
    header.input_at = call.input_file_at;
    std::array<ByteView, 3> pieces{bytes_of(header), call.parameters, call.input};
    TRY(make_room_for_input(header.input_is_inline != 0 ? 0 : header.input_bytes));
    if (header.input_is_inline != 0) return send_message(socket_.number(), pieces, {});
    Descriptor made;
    if (call.input_file < 0) made = TRY(input_in_memory(call.input));
    const int file = call.input_file < 0 ? made.number() : call.input_file;
    return send_message(socket_.number(), std::span(pieces).first(2), std::span(&file, 1));
}

Result<void> WorkerSeat::wait_for_answer() {
    const milliseconds cpu_max = std::chrono::seconds(options_.cpu_seconds_max);
    const milliseconds wall_max = std::chrono::seconds(options_.wall_seconds_max);
    const milliseconds cpu_start = cpu_time(cpu_clock_);
    const Steady::time_point start = Steady::now();
    milliseconds cpu{0};
    milliseconds wall{0};
    for (;;) {
        // A worker has one thread, so it cannot use up its CPU time sooner than this much time passes.
        const milliseconds patience = std::min(cpu_max - cpu, wall_max - wall);
        pollfd socket{socket_.number(), POLLIN, 0};
        const int ready = ::poll(&socket, 1, static_cast<int>(std::clamp<std::int64_t>(patience.count(), 1, 3'600'000)));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return fail(ErrorKind::unavailable, "sandbox: poll: {}", std::strerror(errno));
        cpu = cpu_time(cpu_clock_) - cpu_start;
        wall = std::chrono::duration_cast<milliseconds>(Steady::now() - start);
        if (cpu >= cpu_max) return killed(fmt::format("CPU limit of {} s", options_.cpu_seconds_max));
        if (wall >= wall_max) {
            bury();
            return fail(ErrorKind::timeout, "decoder killed: no answer within {} s", options_.wall_seconds_max);
        }
    }
}

Result<Bytes> WorkerSeat::read_body(const AnswerHeader& header, ByteView inline_body) {
    if (header.is_inline != 0) {
        if (header.answer_bytes != inline_body.size()) return killed("garbage for an answer");
        return to_bytes(inline_body);
    }
    if (header.answer_bytes > options_.answer_bytes_max || !inline_body.empty()) return killed("garbage for an answer");
    Bytes body(static_cast<std::size_t>(header.answer_bytes));
    // Copied once and only then looked at: the worker can still write to its side.
    for (std::size_t done = 0; done < body.size();) {
        const ssize_t count = ::pread(answer_file_.number(), body.data() + done, body.size() - done,
                                      static_cast<off_t>(answer_offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail(ErrorKind::unavailable, "sandbox: reading the answer: {}", std::strerror(errno));
        done += static_cast<std::size_t>(count);
    }
    if (header.answer_bytes > answer_bytes_kept) {
        ::fallocate(answer_file_.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, answer_offset + answer_bytes_kept,
                    static_cast<off_t>(header.answer_bytes - answer_bytes_kept));
    }
    return body;
}

Result<Bytes> WorkerSeat::read_answer(const Call& call) {
    const auto size = receive_message(socket_.number(), message_, {});
    if (!size) return killed("garbage for an answer");
    if (*size == 0) {
        const Death death = bury();
        return fail(ErrorKind::corrupt, "decoder killed: {}", reason_of(death, options_.memory_bytes_max + largest_input_bytes_));
    }
    AnswerHeader header;
    if (*size < sizeof header) return killed("garbage for an answer");
    std::memcpy(&header, message_.data(), sizeof header);
    const ByteView inline_body = ByteView(message_).subspan(sizeof header, *size - sizeof header);
    if (header.magic != answer_magic || header.call != call.number) return killed("garbage for an answer");
    switch (header.outcome) {
        case Outcome::answer: return read_body(header, inline_body);
        case Outcome::error:
            if (header.error_kind > static_cast<std::uint32_t>(ErrorKind::unsupported) || header.is_inline == 0) break;
            return fail(Error{static_cast<ErrorKind>(header.error_kind), printable(text_of(inline_body))});
        case Outcome::out_of_memory: return killed("memory limit");
        case Outcome::threw: return killed("an exception");
    }
    return killed("garbage for an answer");
}

Result<Bytes> WorkerSeat::call(const Call& call, bool& never_started) {
    never_started = false;
    if (auto sent = send(call); !sent) {
        // The socket refuses where the worker died while it was idle.
        never_started = true;
        bury();
        return fail(std::move(sent).error());
    }
    ++calls_;
    TRY(wait_for_answer());
    return read_answer(call);
}

}  // namespace plumbline::sandbox
