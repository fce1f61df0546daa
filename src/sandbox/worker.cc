// SPDX-License-Identifier: Apache-2.0
// One call: receive it, map or point at its input, run the task, send the answer. Library exceptions end here. A worker
// that ran out of memory or whose task threw says so and leaves: its heap is not to be trusted with the next part.
#include "sandbox/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "sandbox/descriptor.h"

namespace plumbline::sandbox {
namespace {

Report* own_report = nullptr;
std::byte* kept_answer = nullptr;  // answer_bytes_kept bytes of the answer file from answer_offset on

void note_failed_allocation() {
    own_report->allocation_failed = 1;
    std::set_new_handler(nullptr);  // ours only takes a note; without a handler operator new throws, as ever
}

class Input {
  public:
    // Mappings begin at a page; what stands before `at` in its page is not shown.
    Input(int file, std::uint64_t at, std::size_t size) : before_(static_cast<std::size_t>(at % input_page_bytes)), size_(size) {
        if (size > 0) memory_ = ::mmap(nullptr, before_ + size, PROT_READ, MAP_PRIVATE, file, static_cast<off_t>(at - before_));
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    ~Input() {
        if (is_mapped() && size_ > 0) ::munmap(memory_, before_ + size_);
    }
    bool is_mapped() const { return memory_ != MAP_FAILED; }
    ByteView bytes() const { return {static_cast<const std::byte*>(memory_) + (size_ > 0 ? before_ : 0), size_}; }

  private:
    void* memory_ = nullptr;
    std::size_t before_;
    std::size_t size_;
};

bool send_answer(AnswerHeader header, ByteView body) {
    header.answer_bytes = body.size();
    header.is_inline = body.size() <= inline_answer_bytes_max ? 1 : 0;
    if (header.is_inline == 0 && body.size() <= answer_bytes_kept && kept_answer != nullptr) {
        std::memcpy(kept_answer, body.data(), body.size());
        body = {};
    } else if (header.is_inline == 0) {
        void* window = ::mmap(nullptr, body.size(), PROT_READ | PROT_WRITE, MAP_SHARED, worker_answer_file, answer_offset);
        if (window == MAP_FAILED) {
            header.outcome = Outcome::out_of_memory;
            header.answer_bytes = 0;
            header.is_inline = 1;
        } else {
            std::memcpy(window, body.data(), body.size());
            ::munmap(window, body.size());
        }
        body = {};
    }
    const std::array<ByteView, 2> pieces{bytes_of(header), body};
    return send_message(worker_socket, pieces, {}).has_value() && header.outcome < Outcome::out_of_memory;
}

bool send_error(AnswerHeader header, const Error& error) {
    header.outcome = Outcome::error;
    header.error_kind = static_cast<std::uint32_t>(error.kind);
    return send_answer(header, view(std::string_view(error.message).substr(0, error_message_bytes_max)));
}

// True where the worker may take the next call.
bool run_task(const WorkerSetup& setup, const CallHeader& call, ByteView input, ByteView parameters) {
    AnswerHeader header;
    header.call = call.call;
    own_report->allocation_failed = 0;
    std::set_new_handler(note_failed_allocation);
    try {
        const Result<Bytes> answer = setup.tasks[call.task].function(input, parameters);
        if (!answer) return send_error(header, answer.error());
        if (answer->size() > setup.options.answer_bytes_max) {
            return send_error(header, {ErrorKind::too_large, fmt::format("the answer has {} bytes; answer_bytes_max is {}",
                                                                         answer->size(), setup.options.answer_bytes_max)});
        }
        return send_answer(header, *answer);
    } catch (const std::bad_alloc&) {
        header.outcome = Outcome::out_of_memory;
    } catch (...) {
        header.outcome = Outcome::threw;  // its text may quote the evidence, so it stays here
    }
    return send_answer(header, {});
}

bool serve_call(const WorkerSetup& setup, std::span<std::byte> message) {
    std::array<Descriptor, 1> input_file;
    const auto size = receive_message(worker_socket, message, input_file);
    CallHeader call;
    if (!size || *size < sizeof call) return false;
    std::memcpy(&call, message.data(), sizeof call);
    ByteView rest = ByteView(message).subspan(sizeof call, *size - sizeof call);
    if (call.magic != call_magic || call.task >= setup.tasks.size() || call.parameters_bytes > rest.size()) return false;
    const ByteView parameters = rest.first(call.parameters_bytes);
    rest = rest.subspan(call.parameters_bytes);
    if (call.input_is_inline != 0) {
        if (!is_sanitizer_build()) return run_task(setup, call, rest, parameters);
        const Bytes exact = to_bytes(rest);  // so that reading past the end is seen
        return run_task(setup, call, exact, parameters);
    }
    const Input input(input_file[0].number(), call.input_at, static_cast<std::size_t>(call.input_bytes));
    input_file[0].close();
    if (!input.is_mapped()) {
        AnswerHeader header;
        header.call = call.call;
        header.outcome = Outcome::out_of_memory;
        return send_answer(header, {});
    }
    return run_task(setup, call, input.bytes(), parameters);
}

void take_descriptors(int socket, int answer_file) {
    const int socket_above = ::fcntl(socket, F_DUPFD_CLOEXEC, 16);
    const int answer_above = ::fcntl(answer_file, F_DUPFD_CLOEXEC, 16);
    ::dup2(socket_above, worker_socket);
    ::dup2(answer_above, worker_answer_file);
    close_from(worker_input_file);
}

}  // namespace

void close_from(int first) {
    if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const int end = static_cast<int>(std::min<rlim_t>(files.rlim_cur, 1U << 16U));
    for (int number = first; number < end; ++number) ::close(number);
}

void run_worker(const WorkerSetup& setup, int socket, int answer_file) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != setup.zygote) ::_exit(0);  // it died between the fork and the line above
    ::prctl(PR_SET_NAME, "plumbline-box");
    take_descriptors(socket, answer_file);
    void* page = ::mmap(nullptr, answer_offset, PROT_READ | PROT_WRITE, MAP_SHARED, worker_answer_file, 0);
    if (page == MAP_FAILED) ::_exit(3);
    own_report = static_cast<Report*>(page);
    if (setup.options.answer_bytes_max >= answer_bytes_kept) {
        void* kept = ::mmap(nullptr, answer_bytes_kept, PROT_READ | PROT_WRITE, MAP_SHARED, worker_answer_file, answer_offset);
        if (kept != MAP_FAILED) kept_answer = static_cast<std::byte*>(kept);
    }
    Bytes message(message_bytes_max);
    if (!confine_worker(setup.filter, own_report)) ::_exit(4);
    while (serve_call(setup, message)) {
    }
    ::_exit(0);
}

}  // namespace plumbline::sandbox
