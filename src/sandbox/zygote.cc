// SPDX-License-Identifier: Apache-2.0
// The zygote never sees hostile bytes: it reads two verbs from our own process and forks. Workers are its children, so it
// alone can kill and reap them without a race on the process number.
#include "sandbox/zygote.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <new>

#include "sandbox/descriptor.h"
#include "sandbox/heap.h"
#include "sandbox/lockdown.h"
#include "sandbox/worker.h"

namespace plumbline::sandbox {
namespace {

constexpr int control_number = 3;
constexpr int heap_block_bytes_max = 32 * 1024 * 1024;             // the most that glibc takes
constexpr std::uint64_t heap_bytes_kept_max = 64 * 1024 * 1024;     // what a text needs that is one short find after the other

// One of a zygote's exits, so that a failed start can be told apart in a process list.
[[noreturn]] void give_up(int code) { ::_exit(code); }

// Signals that the terminal or a supervisor sends to the whole group are the caller's to handle: it closes our socket.
void reset_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2}) ::signal(number, SIG_IGN);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void keep_only_control(int control) {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const int sink = null >= 0 ? null : ::memfd_create("plumbline-null", MFD_CLOEXEC);
    ::dup2(sink, STDIN_FILENO);
    ::dup2(sink, STDOUT_FILENO);
    // A sanitizer's report must be seen; otherwise nothing that a decoder prints may reach a log.
    if (!is_sanitizer_build()) ::dup2(sink, STDERR_FILENO);
    if (control != control_number) ::dup2(control, control_number);
    close_from(control_number + 1);
}

struct Zygote {
    const std::vector<SandboxTask>& tasks;
    const SandboxOptions& options;
    Filter filter;
    std::uint64_t address_space_bytes = 0;
    std::vector<pid_t> workers;
};

// Sets a worker's memory limit, with room for a mapped input beside it. From here and not in the worker, which has no
// right to change it; the zygote has the worker's own user, and no more is asked of it.
int limit_address_space(const Zygote& zygote, pid_t pid, std::uint64_t input_bytes) {
    if (zygote.address_space_bytes == 0 || is_sanitizer_build()) return 0;
    rlimit space{};
    if (::prlimit(pid, RLIMIT_AS, nullptr, &space) != 0) return errno;
    space.rlim_cur = std::min<rlim_t>(zygote.address_space_bytes + input_bytes, space.rlim_max);
    return ::prlimit(pid, RLIMIT_AS, &space, nullptr) == 0 ? 0 : errno;
}

ControlReply reap(Zygote& zygote, pid_t pid);

ControlReply spawn(Zygote& zygote, std::span<Descriptor> given) {
    ControlReply reply;
    const pid_t self = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
        const WorkerSetup setup{zygote.tasks, zygote.options, zygote.filter, self};
        run_worker(setup, given[0].release(), given[1].release());
    }
    if (pid < 0) {
        reply.error = errno;
        return reply;
    }
    zygote.workers.push_back(pid);
    // The first call can only come after our reply, so the limit stands before any hostile byte.
    const int error = limit_address_space(zygote, pid, 0);
    if (error != 0) reap(zygote, pid);
    reply.error = error;
    reply.pid = pid;
    return reply;
}

ControlReply reap(Zygote& zygote, pid_t pid) {
    ControlReply reply;
    reply.pid = pid;
    const auto place = std::find(zygote.workers.begin(), zygote.workers.end(), pid);
    if (place == zygote.workers.end()) {
        reply.error = ESRCH;
        return reply;
    }
    zygote.workers.erase(place);
    // A worker that is dying already keeps the status it is dying with.
    ::kill(pid, SIGKILL);
    rusage used{};
    int status = 0;
    while (::wait4(pid, &status, 0, &used) < 0 && errno == EINTR) {
    }
    reply.status = status;
    reply.resident_bytes_max = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
    return reply;
}

ControlReply make_room(const Zygote& zygote, pid_t pid, std::uint64_t input_bytes) {
    ControlReply reply;
    reply.pid = pid;
    const bool is_ours = std::find(zygote.workers.begin(), zygote.workers.end(), pid) != zygote.workers.end();
    reply.error = is_ours ? limit_address_space(zygote, pid, input_bytes) : ESRCH;
    return reply;
}

ControlReply serve(Zygote& zygote, const ControlRequest& request, std::span<Descriptor> given) {
    switch (request.verb) {
        case ControlVerb::spawn: return spawn(zygote, given);
        case ControlVerb::reap: return reap(zygote, request.pid);
        case ControlVerb::make_room: return make_room(zygote, request.pid, request.input_bytes);
    }
    give_up(5);
}

void reply_or_leave(const ControlReply& reply) {
    const ByteView piece = bytes_of(reply);
    if (!send_message(control_number, std::span(&piece, 1), {})) give_up(4);
}

}  // namespace

void run_zygote(int control, const std::vector<SandboxTask>& tasks, const SandboxOptions& options,
                const std::function<void()>& before_lockdown) {
    reset_signals();
    ::prctl(PR_SET_NAME, "plumbline-zygot");
    keep_only_control(control);
    // With the zone given here, no decoder's look at a date opens /etc/localtime.
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    const std::uint64_t kept = std::min(heap_bytes_kept_max, options.memory_bytes_max / 4);
    keep_heap(static_cast<std::size_t>(kept), heap_block_bytes_max);  // the workers inherit it, with what is made ready in it
    if (before_lockdown) before_lockdown();
    Zygote zygote{tasks, options, {}, 0, {}};
    auto filter = compile_filter();
    if (!filter) give_up(3);
    zygote.filter = std::move(*filter);
    const std::uint64_t base = address_space_now();  // of which the heap's room counts against the limit
    if (base > 0 && options.memory_bytes_max < UINT64_MAX - base) zygote.address_space_bytes = base - std::min(base, kept) + options.memory_bytes_max;
    const Confinement confinement = confine_zygote();
    ControlReply ready;
    ready.landlock_abi = confinement.landlock_abi;
    ready.has_namespaces = confinement.has_namespaces ? 1 : 0;
    reply_or_leave(ready);
    for (;;) {
        ControlRequest request;
        std::array<Descriptor, 2> given;
        const auto size = receive_message(control_number, std::as_writable_bytes(std::span(&request, 1)), given);
        if (!size || *size != sizeof request) break;
        reply_or_leave(serve(zygote, request, given));
    }
    // The caller is gone: nothing of ours stays, not even a zombie for a process 1 that does not reap.
    for (const pid_t pid : zygote.workers) ::kill(pid, SIGKILL);
    for (const pid_t pid : zygote.workers) ::waitpid(pid, nullptr, 0);
    give_up(0);
}

}  // namespace plumbline::sandbox
