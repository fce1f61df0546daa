// SPDX-License-Identifier: Apache-2.0
// Saboteurs: tasks that exist in this test alone and try what a decoder that was taken over would try. Each must cost its
// one call, with its reason by name, and the next call must work.
#include "sandbox/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

#include "sandbox/descriptor.h"
#include "sandbox/lockdown.h"
#include "sandbox/wire.h"

namespace plumbline {
namespace {

using sandbox::is_sanitizer_build;

Result<Bytes> echo(ByteView input, ByteView parameters) {
    Bytes out = to_bytes(parameters);
    append(out, input);
    return out;
}
Result<Bytes> count(ByteView input, ByteView) {
    std::uint64_t sum = 0;  // of every byte, or of one in each page where there are many
    const std::size_t step = input.size() > 1'000'000 ? 4096 : 1;
    for (std::size_t i = 0; i < input.size(); i += step) sum += static_cast<std::uint64_t>(input[i]);
    return to_bytes(fmt::format("{} {}", input.size(), sum));
}
Result<Bytes> grow(ByteView, ByteView parameters) {
    return Bytes(static_cast<std::size_t>(std::stoull(std::string(text_of(parameters)))), std::byte{'x'});
}
Result<Bytes> refuse(ByteView, ByteView) { return fail(ErrorKind::unsupported, "zip: method\n99"); }

volatile int sink = 0;
int recurse(int depth) {  // NOLINT(misc-no-recursion): that is its purpose
    std::array<volatile char, 4096> frame{};
    frame[static_cast<std::size_t>(depth) % frame.size()] = static_cast<char>(depth);
    const int below = sink == -1 ? 0 : recurse(depth + 1);
    return below + frame[0];
}

struct Forged {
    std::uint64_t number[8] = {0x6a756e6b, 1, 2, 3, 4, 5, 6, 7};
};

// What the saboteur does is named by its parameters.
Result<Bytes> sabotage(ByteView, ByteView parameters) {
    const std::string act(text_of(parameters));
    if (act == "open") sink = ::open("/etc/passwd", O_RDONLY);
    if (act == "create") sink = ::open("/tmp/plumbline-sandbox-was-here", O_WRONLY | O_CREAT, 0600);
    if (act == "stat") { struct stat state {}; sink = ::stat("/etc/passwd", &state); }
    if (act == "socket") sink = ::socket(AF_INET, SOCK_STREAM, 0);
    if (act == "exec") sink = ::execl("/bin/true", "true", nullptr);
    if (act == "fork") sink = ::fork();
    if (act == "thread") std::thread([] { sink = 1; }).join();
    if (act == "ptrace") sink = static_cast<int>(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
    if (act == "kill") sink = ::kill(::getppid(), SIGKILL);
    if (act == "tgkill") sink = static_cast<int>(::syscall(SYS_tgkill, 1, 1, SIGTERM));
    if (act == "prctl") sink = ::prctl(PR_SET_DUMPABLE, 1);
    if (act == "setrlimit") sink = static_cast<int>(::syscall(SYS_prlimit64, 0, 9, nullptr, nullptr));
    if (act == "mmap exec") sink = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != nullptr;
    if (act == "mprotect exec") {
        void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        sink = ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
    }
    if (act == "write input") sink = ::mmap(nullptr, 4096, PROT_WRITE, MAP_SHARED, sandbox::worker_input_file, 0) != nullptr;
    if (act == "write input validated") {
        sink = ::mmap(nullptr, 4096, PROT_WRITE, MAP_SHARED_VALIDATE, sandbox::worker_input_file, 0) != nullptr;
    }
    if (act == "io_uring") sink = static_cast<int>(::syscall(SYS_io_uring_setup, 8, nullptr));
    if (act == "unshare") sink = static_cast<int>(::syscall(SYS_unshare, 0x10000000));
    if (act == "spin") for (;;) sink = sink + 1;
    if (act == "wait") { char byte; while (::read(sandbox::worker_socket, &byte, 1) >= 0) {} }
    if (act == "recurse") sink = recurse(0);
    if (act == "null") *reinterpret_cast<volatile int*>(static_cast<std::uintptr_t>(sink)) = 1;
    if (act == "abort") std::abort();
    if (act == "throw") static_cast<void>(std::stoi("the evidence says so"));
    if (act == "exit") ::_exit(0);
    if (act == "beyond answer") {
        auto* window = static_cast<volatile char*>(
            ::mmap(nullptr, 1 << 21, PROT_READ | PROT_WRITE, MAP_SHARED, sandbox::worker_answer_file, 0));
        window[(1 << 20) + 8192] = 1;
    }
    if (act == "garbage") {
        const Forged forged;
        const ByteView piece = sandbox::bytes_of(forged);
        static_cast<void>(sandbox::send_message(sandbox::worker_socket, std::span(&piece, 1), {}).has_value());
    }
    if (act == "huge claim") {
        sandbox::AnswerHeader header;
        header.call = 1;
        header.answer_bytes = 1ULL << 40;
        for (; header.call < 200; ++header.call) {  // one of these is the number of this call
            const ByteView piece = sandbox::bytes_of(header);
            static_cast<void>(sandbox::send_message(sandbox::worker_socket, std::span(&piece, 1), {}).has_value());
        }
    }
    if (act == "send file") {
        const ByteView piece = view("x");
        const int file = sandbox::worker_answer_file;
        static_cast<void>(
            sandbox::send_message(sandbox::worker_socket, std::span(&piece, 1), std::span(&file, 1)).has_value());
    }
    return to_bytes("survived");
}

Result<Bytes> eat(ByteView, ByteView parameters) {
    std::vector<std::unique_ptr<Bytes>> eaten;
    if (text_of(parameters) == "malloc") {
        for (;;) {
            auto* piece = static_cast<volatile char*>(std::malloc(1 << 20));
            piece[0] = 1;  // as a C library does that never looks
            for (std::size_t i = 0; i < 1 << 20; i += 4096) piece[i] = 1;
        }
    }
    for (;;) eaten.push_back(std::make_unique<Bytes>(1 << 20));
}

int loaded_table = 0;
Result<Bytes> read_table(ByteView, ByteView) { return to_bytes(fmt::format("{}", loaded_table)); }

// A forged answer to a later call, sent beside the true one of this call.
Result<Bytes> answer_ahead(ByteView, ByteView) {
    sandbox::AnswerHeader header;
    header.call = 0xffff;
    header.is_inline = 1;
    const ByteView piece = sandbox::bytes_of(header);
    TRY(sandbox::send_message(sandbox::worker_socket, std::span(&piece, 1), {}));
    return to_bytes("late");
}

SandboxOptions small_options() {
    SandboxOptions options;
    options.workers = 1;
    options.cpu_seconds_max = 1;
    options.wall_seconds_max = 60;  // a loaded machine gives a spinning worker its second of CPU slowly
    options.memory_bytes_max = 128ULL << 20;
    options.answer_bytes_max = 1 << 20;
    return options;
}

std::unique_ptr<Sandbox> start(const SandboxOptions& options) {
    auto sandbox = Sandbox::start({{"echo", echo},
                                   {"count", count},
                                   {"grow", grow},
                                   {"refuse", refuse},
                                   {"sabotage", sabotage},
                                   {"eat", eat},
                                   {"table", read_table},
                                   {"ahead", answer_ahead}},
                                  options, [] { loaded_table = 42; });
    EXPECT_TRUE(sandbox) << sandbox.error().message;
    return sandbox ? std::move(*sandbox) : nullptr;
}

std::string text_or_error(const Result<Bytes>& answer) {
    if (answer) return std::string(text_of(*answer));
    return fmt::format("{}: {}", name_of(answer.error().kind), answer.error().message);
}

std::size_t open_files() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}
std::vector<int> children_of(int pid) {
    std::ifstream file(fmt::format("/proc/{}/task/{}/children", pid, pid));
    return {std::istream_iterator<int>(file), {}};
}
std::size_t resident_kib(int pid) {
    std::ifstream file(fmt::format("/proc/{}/statm", pid));
    std::size_t total = 0, resident = 0;
    file >> total >> resident;
    return resident * 4;
}

TEST(Sandbox, AnswersSmallAndLarge) {
    const auto box = start(small_options());
    EXPECT_EQ(text_or_error(box->run("echo", view("body"), view("head "))), "head body");
    EXPECT_EQ(text_or_error(box->run("echo", {}, {})), "");
    for (const std::size_t size : {1UL, 65'000UL, 65'472UL, 65'536UL, 70'000UL, 1'000'000UL}) {
        const Bytes input(size, std::byte{3});
        EXPECT_EQ(text_or_error(box->run("count", input, {})), fmt::format("{} {}", size, 3 * size));
        const auto answer = box->run("grow", {}, view(fmt::format("{}", size)));
        ASSERT_TRUE(answer) << size;
        EXPECT_EQ(answer->size(), size);
        EXPECT_EQ(answer->back(), std::byte{'x'});
    }
    EXPECT_EQ(text_or_error(box->run("table", {}, {})), "42");
    EXPECT_EQ(box->workers_alive(), 1U);
    EXPECT_TRUE(box->confinement().starts_with("seccomp")) << box->confinement();
}

TEST(Sandbox, ReadsAFileThatTheCallerOpened) {
    const auto box = start(small_options());
    auto file = sandbox::make_memory_file("test", 0);
    ASSERT_TRUE(file);
    EXPECT_EQ(text_or_error(box->run_on_file("count", file->number(), {})), "0 0");
    // Larger than the worker's memory: the input does not count against it.
    ASSERT_EQ(::ftruncate(file->number(), 200 << 20), 0);
    EXPECT_EQ(text_or_error(box->run_on_file("count", file->number(), {})), fmt::format("{} 0", 200 << 20));
    EXPECT_EQ(text_or_error(box->run_on_file("sabotage", file->number(), view("write input"))),
              "corrupt: decoder killed: forbidden call mmap");
    EXPECT_EQ(text_or_error(box->run_on_file("sabotage", file->number(), view("write input validated"))),
              "corrupt: decoder killed: forbidden call mmap");
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    EXPECT_EQ(box->run_on_file("count", pipe_ends[0], {}).error().kind, ErrorKind::invalid);
    EXPECT_EQ(box->run_on_file("count", -1, {}).error().kind, ErrorKind::invalid);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
}

TEST(Sandbox, ReadsAStretchOfAFile) {
    const auto box = start(small_options());
    auto file = sandbox::make_memory_file("test", 0);
    ASSERT_TRUE(file);
    ASSERT_EQ(::ftruncate(file->number(), 300 << 20), 0);
    for (const off_t at : {off_t{0}, off_t{65535}, off_t{65536}, off_t{(200 << 20) + 77}, off_t{(300 << 20) - 5}}) {
        ASSERT_EQ(::pwrite(file->number(), "plumb", 5, at), 5);
        EXPECT_EQ(text_or_error(box->run_on_range("echo", file->number(), static_cast<std::uint64_t>(at), 5, {})), "plumb") << at;
    }
    EXPECT_EQ(text_or_error(box->run_on_range("echo", file->number(), (300 << 20) - 5, 1000, {})), "plumb");
    EXPECT_EQ(text_or_error(box->run_on_range("count", file->number(), 300 << 20, 1000, {})), "0 0");
    EXPECT_EQ(box->run_on_range("count", file->number(), (300 << 20) + 1, 1000, {}).error().kind, ErrorKind::invalid);
}

TEST(Sandbox, PassesOnErrorsAndRefusals) {
    const auto box = start(small_options());
    EXPECT_EQ(text_or_error(box->run("refuse", {}, {})), "unsupported: zip: method 99");
    EXPECT_EQ(box->run("no such", {}, {}).error().kind, ErrorKind::invalid);
    EXPECT_EQ(box->run("echo", {}, Bytes(32 * 1024 + 1)).error().kind, ErrorKind::too_large);
    EXPECT_EQ(box->run("grow", {}, view("1048577")).error().kind, ErrorKind::too_large);
    EXPECT_TRUE(box->run("grow", {}, view("1048576")));
}

struct Saboteur {
    const char* act;
    const char* outcome;
};
class Sabotage : public testing::TestWithParam<Saboteur> {};

TEST_P(Sabotage, CostsItsOneCallAndSaysWhy) {
    if (is_sanitizer_build() && GetParam().act == std::string_view("null")) GTEST_SKIP() << "the sanitizer reports it first";
    const auto box = start(small_options());
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(text_or_error(box->run("sabotage", view("input"), view(GetParam().act))), GetParam().outcome);
        EXPECT_EQ(text_or_error(box->run("echo", view("next"), {})), "next");
        EXPECT_EQ(box->workers_alive(), 1U);
    }
    EXPECT_FALSE(std::filesystem::exists("/tmp/plumbline-sandbox-was-here"));
}

INSTANTIATE_TEST_SUITE_P(
    All, Sabotage,
    testing::Values(Saboteur{"open", "corrupt: decoder killed: forbidden call openat"},
                    Saboteur{"create", "corrupt: decoder killed: forbidden call openat"},
                    Saboteur{"stat", "corrupt: decoder killed: forbidden call newfstatat"},
                    Saboteur{"socket", "corrupt: decoder killed: forbidden call socket"},
                    Saboteur{"exec", "corrupt: decoder killed: forbidden call execve"},
                    Saboteur{"fork", "corrupt: decoder killed: forbidden call clone"},
                    Saboteur{"ptrace", "corrupt: decoder killed: forbidden call ptrace"},
                    Saboteur{"tgkill", "corrupt: decoder killed: forbidden call tgkill"},
                    Saboteur{"prctl", "corrupt: decoder killed: forbidden call prctl"},
                    Saboteur{"setrlimit", "corrupt: decoder killed: forbidden call prlimit64"},
                    Saboteur{"mmap exec", "corrupt: decoder killed: forbidden call mmap"},
                    Saboteur{"mprotect exec", "corrupt: decoder killed: forbidden call mprotect"},
                    Saboteur{"io_uring", "corrupt: decoder killed: forbidden call io_uring_setup"},
                    Saboteur{"unshare", "corrupt: decoder killed: forbidden call unshare"},
                    Saboteur{"spin", "corrupt: decoder killed: CPU limit of 1 s"},
                    Saboteur{"recurse", "corrupt: decoder killed: signal 11 (SIGSEGV)"},
                    Saboteur{"null", "corrupt: decoder killed: signal 11 (SIGSEGV)"},
                    Saboteur{"abort", "corrupt: decoder killed: aborted (signal 6, SIGABRT)"},
                    Saboteur{"throw", "corrupt: decoder killed: an exception"},
                    Saboteur{"exit", "corrupt: decoder killed: exited with status 0 before it answered"},
                    Saboteur{"beyond answer", "corrupt: decoder killed: signal 7 (SIGBUS)"},
                    Saboteur{"garbage", "corrupt: decoder killed: garbage for an answer"},
                    Saboteur{"huge claim", "corrupt: decoder killed: garbage for an answer"},
                    Saboteur{"send file", "corrupt: decoder killed: garbage for an answer"}),
    [](const auto& instance) {
        std::string name = instance.param.act;
        std::replace(name.begin(), name.end(), ' ', '_');
        return name;
    });

TEST(Sandbox, KillsWhereTheKernelOrTheLibraryChoosesTheCall) {
    const auto box = start(small_options());
    for (const char* act : {"kill", "thread"}) {
        const std::string outcome = text_or_error(box->run("sabotage", {}, view(act)));
        // A library that starts a thread blocks every signal around the call: then the kernel kills at once, and no handler
        // is left to note the call's number.
        EXPECT_TRUE(outcome.starts_with("corrupt: decoder killed: forbidden call")) << act << ": " << outcome;
        EXPECT_EQ(text_or_error(box->run("echo", view("next"), {})), "next");
    }
}

TEST(Sandbox, BoundsTime) {
    SandboxOptions options = small_options();
    options.wall_seconds_max = 1;
    const auto box = start(options);
    EXPECT_EQ(text_or_error(box->run("sabotage", {}, view("wait"))), "timeout: decoder killed: no answer within 1 s");
    EXPECT_EQ(text_or_error(box->run("echo", view("next"), {})), "next");
}

TEST(Sandbox, BoundsMemory) {
    if (is_sanitizer_build()) GTEST_SKIP() << "a sanitizer needs all of the address space";
    const auto box = start(small_options());
    for (const char* way : {"new", "malloc"}) {
        EXPECT_EQ(text_or_error(box->run("eat", {}, view(way))), "corrupt: decoder killed: memory limit");
        EXPECT_EQ(text_or_error(box->run("echo", view("next"), {})), "next");
    }
}

TEST(Sandbox, AnAnswerAheadDoesNotPassForTheNextCallsAnswer) {
    const auto box = start(small_options());
    EXPECT_EQ(text_or_error(box->run("ahead", {}, {})), "corrupt: decoder killed: garbage for an answer");
    EXPECT_EQ(text_or_error(box->run("echo", view("next"), {})), "next");
}

// A dying process gives up its memory before its files: only as a zombie, or gone, has it closed its socket.
bool has_ended(int pid) {
    std::ifstream in(fmt::format("/proc/{}/stat", pid));
    std::string line;
    if (!std::getline(in, line)) return true;
    const std::size_t name_end = line.rfind(')');
    return name_end == std::string::npos || line.substr(name_end + 2, 1) == "Z";
}

TEST(Sandbox, AWorkerThatDiedIdleCostsNothing) {
    const auto box = start(small_options());
    const std::vector<int> zygotes = children_of(::getpid());
    ASSERT_FALSE(zygotes.empty());
    const std::vector<int> workers = children_of(zygotes.back());
    ASSERT_EQ(workers.size(), 1U);
    ASSERT_EQ(::kill(workers[0], SIGKILL), 0);
    for (int i = 0; i < 200 && !has_ended(workers[0]); ++i) ::usleep(10'000);
    EXPECT_EQ(text_or_error(box->run("echo", view("next"), {})), "next");
}

TEST(Sandbox, ReplacesAWornWorker) {
    SandboxOptions options = small_options();
    options.jobs_per_worker_max = 3;
    const auto box = start(options);
    const int zygote = children_of(::getpid()).back();
    const std::vector<int> before = children_of(zygote);
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(box->run("echo", view("x"), {}));
    EXPECT_EQ(children_of(zygote), before);
    EXPECT_TRUE(box->run("echo", view("x"), {}));
    EXPECT_NE(children_of(zygote), before);
    EXPECT_EQ(children_of(zygote).size(), 1U);
}

TEST(Sandbox, RefusesMoreCallsThanItsQueueHolds) {
    SandboxOptions options = small_options();
    options.queue_max = 2;
    const auto box = start(options);
    std::atomic<int> busy = 0, killed = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < 6; ++i) {
        callers.emplace_back([&] {
            const auto answer = box->run("sabotage", {}, view("spin"));
            if (answer.error().kind == ErrorKind::busy) ++busy;
            if (answer.error().kind == ErrorKind::corrupt) ++killed;
        });
    }
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(busy + killed, 6);
    EXPECT_GE(busy, 1);
    EXPECT_GE(killed, 3);
    EXPECT_EQ(text_or_error(box->run("echo", view("next"), {})), "next");
}

TEST(Sandbox, ServesManyThreadsAtOnce) {
    SandboxOptions options = small_options();
    options.workers = 3;
    const auto box = start(options);
    std::vector<std::thread> callers;
    std::atomic<int> wrong = 0;
    for (int caller = 0; caller < 8; ++caller) {
        callers.emplace_back([&, caller] {
            for (int i = 0; i < 100; ++i) {
                const std::string text = fmt::format("{} {}", caller, i);
                if (text_or_error(box->run("echo", view(text), {})) != text) ++wrong;
                if (i % 20 == 19 && box->run("sabotage", {}, view("exit"))) ++wrong;
            }
        });
    }
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(box->workers_alive(), 3U);
}

TEST(Sandbox, OutlivesTenThousandDeaths) {
    const int deaths = is_sanitizer_build() ? 500 : 10'000;
    SandboxOptions options = small_options();
    options.workers = 2;
    const auto box = start(options);
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(box->run("sabotage", {}, view("exit")));
    const int zygote = children_of(::getpid()).back();
    const std::size_t files = open_files(), ours = resident_kib(::getpid()), its = resident_kib(zygote);
    for (int i = 0; i < deaths; ++i) {
        const auto answer = box->run("sabotage", {}, view(i % 100 == 0 ? "open" : "exit"));
        ASSERT_FALSE(answer);
        ASSERT_EQ(answer.error().kind, ErrorKind::corrupt) << answer.error().message;
    }
    EXPECT_EQ(text_or_error(box->run("echo", view("next"), {})), "next");
    EXPECT_EQ(open_files(), files);
    EXPECT_EQ(children_of(zygote).size(), 2U);  // a zombie would be counted
    if (!is_sanitizer_build()) {
        EXPECT_LT(resident_kib(::getpid()), ours + 4096);
        EXPECT_LT(resident_kib(zygote), its + 4096);
    }
}

TEST(Sandbox, LeavesNothingBehind) {
    const std::size_t files = open_files();
    const std::size_t children = children_of(::getpid()).size();
    start(small_options()).reset();
    EXPECT_EQ(open_files(), files);
    EXPECT_EQ(children_of(::getpid()).size(), children);
}

// Whoever dies first, the workers do not stay.
TEST(Sandbox, DiesWithItsCaller) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t caller = ::fork();
    if (caller == 0) {
        const auto box = start(small_options());
        const int zygote = children_of(::getpid()).back();
        std::vector<int> pids = children_of(zygote);
        pids.insert(pids.begin(), zygote);
        if (pids.size() != 2 || ::write(pipe_ends[1], pids.data(), 2 * sizeof(int)) < 0) ::_exit(1);
        static_cast<void>(box->run("sabotage", {}, view("spin")).has_value());
        ::_exit(0);
    }
    std::array<int, 2> pids{};
    ASSERT_EQ(::read(pipe_ends[0], pids.data(), sizeof pids), static_cast<ssize_t>(sizeof pids));
    ::kill(caller, SIGKILL);
    ::waitpid(caller, nullptr, 0);
    for (const int pid : pids) {
        for (int i = 0; i < 300 && resident_kib(pid) > 0; ++i) ::usleep(10'000);
        EXPECT_EQ(resident_kib(pid), 0U) << pid;
    }
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
}

}  // namespace
}  // namespace plumbline
