// SPDX-License-Identifier: Apache-2.0
// posix_spawn(3), pipe(7). The request goes by memfd and the answer by pipe, so neither side can block the other for ever.
#include "sandbox/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "sandbox/death.h"
#include "sandbox/descriptor.h"
#include "sandbox/lockdown.h"
#include "sandbox/worker.h"

namespace plumbline {
namespace {

using sandbox::Descriptor;
constexpr std::size_t piece_bytes = 256 * 1024;
constexpr int above_all_targets = 512;  // so that no target of a dup2 is a source that is still needed

Result<std::string> path_beside_us(const std::string& name) {
    if (name.empty() || name.find('/') != std::string::npos) return fail(ErrorKind::invalid, "program name {}", name);
    std::array<char, 4096> self{};
    const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
    if (size <= 0) return fail(ErrorKind::unavailable, "{}: /proc/self/exe cannot be read", name);
    const std::string_view path(self.data(), static_cast<std::size_t>(size));
    std::string found = fmt::format("{}/{}", path.substr(0, path.rfind('/')), name);
    if (::access(found.c_str(), X_OK) != 0) return fail(ErrorKind::unavailable, "{} is not installed beside this program", name);
    return found;
}

Result<Descriptor> file_of(ByteView bytes) {
    Descriptor file = TRY(sandbox::make_memory_file("plumbline-request", 0));
    while (!bytes.empty()) {
        const ssize_t done = ::write(file.number(), bytes.data(), bytes.size());
        if (done <= 0) return fail(ErrorKind::unavailable, "request: {}", std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    ::lseek(file.number(), 0, SEEK_SET);
    return file;
}

class FileActions {
  public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    // A copy above all targets is made first.
    Result<void> give(int file, int target) {
        Descriptor copy(::fcntl(file, F_DUPFD_CLOEXEC, above_all_targets));
        if (!copy.is_open()) return fail(ErrorKind::unavailable, "descriptor: {}", std::strerror(errno));
        ::posix_spawn_file_actions_adddup2(&actions_, copy.number(), target);
        copies_.push_back(std::move(copy));
        return {};
    }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
    std::vector<Descriptor> copies_;
};

class SpawnAttributes {
  public:
    SpawnAttributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigdelset(&all, SIGKILL);
        ::sigdelset(&all, SIGSTOP);
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

struct Running {
    pid_t pid = 0;
    Descriptor answer;
};

Result<Running> start(const ProgramCall& call) {
    const std::string path = TRY(path_beside_us(call.program));
    if (call.files.empty() || call.files.size() > program_files_max) return fail(ErrorKind::invalid, "{} files", call.files.size());
    if (call.request.size() > program_request_bytes_max) return fail(ErrorKind::too_large, "request of {} bytes", call.request.size());
    const Descriptor request = TRY(file_of(call.request));
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorKind::unavailable, "pipe: {}", std::strerror(errno));
    Running running{0, Descriptor(ends[0])};
    const Descriptor write_end(ends[1]);
    const Descriptor null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    FileActions actions;
    TRY(actions.give(request.number(), STDIN_FILENO));
    TRY(actions.give(write_end.number(), STDOUT_FILENO));
    // What a library says of hostile bytes may quote them; a sanitizer's report must be seen.
    if (null.is_open() && !sandbox::is_sanitizer_build()) TRY(actions.give(null.number(), STDERR_FILENO));
    for (std::size_t i = 0; i < call.files.size(); ++i) TRY(actions.give(call.files[i], program_first_file + static_cast<int>(i)));
    const SpawnAttributes attributes;
    std::string name = call.program;
    char* const arguments[] = {name.data(), nullptr};
    std::string options = fmt::format("ASAN_OPTIONS={}", sandbox::is_sanitizer_build() ? "detect_leaks=0:symbolize=0" : "");
    char* const environment[] = {sandbox::is_sanitizer_build() ? options.data() : nullptr, nullptr};
    const int error = ::posix_spawn(&running.pid, path.c_str(), actions.get(), attributes.get(), arguments, environment);
    if (error != 0) return fail(ErrorKind::unavailable, "{}: {}", call.program, std::strerror(error));
    return running;
}

Result<void> keep(const ProgramCall& call, ByteView piece, ProgramAnswer& answer) {
    if (piece.size() > call.answer_bytes_max - answer.bytes_total) {
        return fail(ErrorKind::too_large, "{}: the answer is over {} bytes", call.program, call.answer_bytes_max);
    }
    answer.bytes_total += piece.size();
    if (call.answer_file < 0) {
        append(answer.bytes, piece);
        return {};
    }
    while (!piece.empty()) {
        const ssize_t done = ::write(call.answer_file, piece.data(), piece.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return fail(ErrorKind::unavailable, "{}: answer: {}", call.program, std::strerror(errno));
        piece = piece.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

Result<void> read_all(const ProgramCall& call, int pipe, ProgramAnswer& answer) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(call.wall_seconds_max);
    Bytes piece(piece_bytes);
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
        if (left <= 0) return fail(ErrorKind::timeout, "{}: wall-clock limit of {} s", call.program, call.wall_seconds_max);
        pollfd waited{pipe, POLLIN, 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left, 1000)));
        if (ready <= 0) continue;
        const ssize_t got = ::read(pipe, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorKind::unavailable, "{}: {}", call.program, std::strerror(errno));
        if (got == 0) return {};
        TRY(keep(call, ByteView(piece).first(static_cast<std::size_t>(got)), answer));
    }
}

}  // namespace

ProgramAnswer run_program(const ProgramCall& call) {
    ProgramAnswer answer;
    auto running = start(call);
    if (!running) {
        answer.trouble = running.error();
        return answer;
    }
    const auto read = read_all(call, running->answer.number(), answer);
    running->answer.close();
    if (!read) {
        ::kill(running->pid, SIGKILL);
        answer.trouble = read.error();
    }
    sandbox::Death death;
    rusage used{};
    while (::wait4(running->pid, &death.status, 0, &used) < 0 && errno == EINTR) {
    }
    if (answer.trouble || (WIFEXITED(death.status) && WEXITSTATUS(death.status) == 0)) return answer;
    const bool is_cpu = WIFSIGNALED(death.status) && WTERMSIG(death.status) == SIGXCPU;
    answer.trouble = Error{ErrorKind::corrupt, fmt::format("{}: {}", call.program, is_cpu ? "CPU limit" : sandbox::reason_of(death, UINT64_MAX))};
    return answer;
}

Result<Bytes> take_request() {
    Bytes request;
    Bytes piece(64 * 1024);
    for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorKind::unavailable, "request: {}", std::strerror(errno));
        if (got == 0) return request;
        append(request, ByteView(piece).first(static_cast<std::size_t>(got)));
        if (request.size() > program_request_bytes_max) return fail(ErrorKind::too_large, "request");
    }
}

Result<void> confine_this_process(const ProgramLimits& limits) {
    const auto descriptors = static_cast<unsigned>(program_first_file) + static_cast<unsigned>(limits.files);
    sandbox::close_from(static_cast<int>(descriptors));
    // With the zone known, no library's look at a date opens a file.
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    const std::uint64_t base = sandbox::address_space_now();
    if (base == 0) return fail(ErrorKind::unavailable, "/proc/self/statm cannot be read");
    sandbox::confine_zygote();
    const rlimit cpu{limits.cpu_seconds_max, limits.cpu_seconds_max + 1};
    const rlimit space{base + limits.memory_bytes_max, base + limits.memory_bytes_max};
    if (::setrlimit(RLIMIT_CPU, &cpu) != 0) return fail(ErrorKind::unavailable, "CPU limit: {}", std::strerror(errno));
    if (!sandbox::is_sanitizer_build() && ::setrlimit(RLIMIT_AS, &space) != 0) {
        return fail(ErrorKind::unavailable, "memory limit: {}", std::strerror(errno));
    }
    return sandbox::put_on(TRY(sandbox::compile_program_filter()), descriptors + (sandbox::is_sanitizer_build() ? 2U : 0U));
}

Result<void> write_answer(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return fail(ErrorKind::unavailable, "answer: {}", std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

}  // namespace plumbline
