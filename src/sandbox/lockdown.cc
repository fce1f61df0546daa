// SPDX-License-Identifier: Apache-2.0
// seccomp(2), landlock(7), namespaces(7), capabilities(7). Landlock and close_range go by raw call: the C library of
// Debian 12 does not wrap the first.
#include "sandbox/lockdown.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sandbox/descriptor.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PLUMBLINE_SANITIZER_BUILD 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PLUMBLINE_SANITIZER_BUILD 1
#endif
#endif
#ifndef PLUMBLINE_SANITIZER_BUILD
#define PLUMBLINE_SANITIZER_BUILD 0
#endif

namespace plumbline::sandbox {
namespace {

constexpr unsigned nobody = 65534;
constexpr rlim_t stack_bytes_max = 8 * 1024 * 1024;
// The call that ends a worker whose forbidden call was trapped. Any that nothing here needs would do.
constexpr int deadly_call = SCMP_SYS(kexec_load);

Report* the_report = nullptr;

void on_forbidden_call(int, siginfo_t* info, void* context) {
    const auto* state = static_cast<const ucontext_t*>(context);
    if (the_report != nullptr && the_report->forbidden_call_plus_one == 0) {
        the_report->forbidden_call_plus_one = static_cast<std::uint32_t>(info->si_syscall) + 1;
#if defined(__x86_64__)
        // abort() raises by tgkill(pid, tid, SIGABRT), which no filter made before the fork can allow for one's own pid alone.
        if (info->si_syscall == SYS_tgkill && state->uc_mcontext.gregs[REG_RDX] == SIGABRT) the_report->was_abort = 1;
#elif defined(__aarch64__)
        if (info->si_syscall == SYS_tgkill && state->uc_mcontext.regs[2] == SIGABRT) the_report->was_abort = 1;
#endif
    }
    static_cast<void>(state);
    ::syscall(deadly_call, 0, 0, nullptr, 0);
    for (;;) {  // never reached: the filter kills. Not returning is what keeps it so.
    }
}

// Calls that are harmless whatever their arguments are.
constexpr int plain_calls[] = {
    SCMP_SYS(munmap),        SCMP_SYS(mremap),      SCMP_SYS(brk),          SCMP_SYS(madvise),    SCMP_SYS(futex),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),  SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(fstat),         SCMP_SYS(lseek),       SCMP_SYS(read),         SCMP_SYS(getrandom),  SCMP_SYS(sched_yield),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(rt_sigprocmask), SCMP_SYS(getpid),    SCMP_SYS(gettid),     SCMP_SYS(restart_syscall),
};
// What AddressSanitizer and ThreadSanitizer call beside these. None opens, connects, starts or signals anything.
constexpr int sanitizer_calls[] = {
    SCMP_SYS(sigaltstack),   SCMP_SYS(rt_sigaction),    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(getrusage),
    SCMP_SYS(getuid),        SCMP_SYS(geteuid),         SCMP_SYS(getrlimit),       SCMP_SYS(sched_getaffinity),
    SCMP_SYS(mincore),       SCMP_SYS(set_robust_list), SCMP_SYS(rseq),            SCMP_SYS(uname),
};

struct Context {
    scmp_filter_ctx filter = nullptr;
    int error = 0;
    void add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> arguments) {
        if (error != 0) return;
        error = ::seccomp_rule_add_array(filter, action, call, static_cast<unsigned>(arguments.size()), arguments.begin());
    }
};

scmp_arg_cmp equals(unsigned argument, std::uint64_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void add_rules(Context& context) {
    for (const int call : plain_calls) context.add(SCMP_ACT_ALLOW, call, {});
    // Memory is never executable, and a shared mapping is of the answer file alone: the input cannot be written to even
    // where the caller's descriptor would allow it.
    constexpr std::uint64_t map_type = 0x0f;
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), {masked(2, PROT_EXEC, 0), masked(3, map_type, MAP_PRIVATE)});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), {masked(2, PROT_EXEC, 0), equals(4, worker_answer_file)});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), {masked(2, PROT_EXEC, 0)});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(recvmsg), {equals(0, worker_socket)});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), {equals(0, worker_socket)});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(close), {equals(0, worker_input_file)});
    // To /dev/null: what libraries say when they complain.
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(write), {equals(0, STDOUT_FILENO)});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(write), {equals(0, STDERR_FILENO)});
    context.add(SCMP_ACT_KILL_PROCESS, deadly_call, {});
    if (!is_sanitizer_build()) return;
    for (const int call : sanitizer_calls) context.add(SCMP_ACT_ALLOW, call, {});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(prctl), {equals(0, 0x53564d41)});  // PR_SET_VMA: names of mappings
}

void add_program_rules(Context& context) {
    for (const int call : plain_calls) context.add(SCMP_ACT_ALLOW, call, {});
    constexpr std::uint64_t map_type = 0x0f;
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), {masked(2, PROT_EXEC, 0), masked(3, map_type, MAP_PRIVATE)});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), {masked(2, PROT_EXEC, 0)});
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(pread64), {});
    if (!is_sanitizer_build()) {
        context.add(SCMP_ACT_ALLOW, SCMP_SYS(write), {equals(0, STDOUT_FILENO)});
        context.add(SCMP_ACT_ALLOW, SCMP_SYS(write), {equals(0, STDERR_FILENO)});
    }
    // So that an abort shows as what it is.
    context.add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), {equals(0, static_cast<std::uint64_t>(::getpid())), equals(2, SIGABRT)});
    if (!is_sanitizer_build()) return;
    for (const int call : sanitizer_calls) context.add(SCMP_ACT_ALLOW, call, {});
    // A sanitizer's report says who it is, and UBSan asks by a pipe of its own whether memory can be read.
    for (const int call : {SCMP_SYS(prctl), SCMP_SYS(pipe2), SCMP_SYS(write), SCMP_SYS(close), SCMP_SYS(readlink)}) context.add(SCMP_ACT_ALLOW, call, {});
    context.add(SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), {});
}

std::uint32_t put_on_landlock() {
    const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi <= 0) return 0;
    // Version 1 knows the first 13 rights on files, 2 adds renaming across folders, 3 truncation (landlock(7)). Naming a
    // right without a rule that grants it denies it everywhere.
    struct {
        std::uint64_t handled_access_fs;
        std::uint64_t handled_access_net;  // from version 4 on: bind and connect
    } rights{};
    const unsigned fs_rights = abi >= 3 ? 15 : abi == 2 ? 14 : 13;
    rights.handled_access_fs = (1ULL << fs_rights) - 1;
    rights.handled_access_net = abi >= 4 ? 3 : 0;
    const std::size_t size = abi >= 4 ? sizeof rights : sizeof rights.handled_access_fs;
    const Descriptor rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rights, size, 0)));
    if (!rules.is_open()) return 0;
    if (::syscall(SYS_landlock_restrict_self, rules.number(), 0) != 0) return 0;
    return static_cast<std::uint32_t>(abi);
}

void drop_capabilities() {
    for (unsigned long capability = 0; capability <= 63; ++capability) {
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno == EINVAL) break;
    }
    __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    ::syscall(SYS_capset, &head, none);
}

void limit(__rlimit_resource resource, rlim_t value) {
    rlimit current{};
    if (::getrlimit(resource, &current) != 0) return;
    const rlim_t bound = std::min(value, current.rlim_max);
    const rlimit wanted{bound, bound};
    ::setrlimit(resource, &wanted);
}

}  // namespace

bool is_sanitizer_build() { return PLUMBLINE_SANITIZER_BUILD != 0; }

std::uint64_t address_space_now() {
    const Descriptor file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
    std::array<char, 64> text{};
    if (!file.is_open() || ::read(file.number(), text.data(), text.size() - 1) <= 0) return 0;
    return std::strtoull(text.data(), nullptr, 10) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

namespace {

Result<Filter> compile(std::uint32_t action_for_the_rest, void (*add)(Context&)) {
    Context context;
    context.filter = ::seccomp_init(action_for_the_rest);
    if (context.filter == nullptr) return fail(ErrorKind::unavailable, "sandbox: seccomp_init failed");
    add(context);
    Filter program;
    const Descriptor file(::memfd_create("plumbline-filter", MFD_CLOEXEC));
    if (context.error == 0) context.error = ::seccomp_export_bpf(context.filter, file.number());
    ::seccomp_release(context.filter);
    if (context.error != 0) {
        return fail(ErrorKind::unavailable, "sandbox: the seccomp filter cannot be made: {}", std::strerror(-context.error));
    }
    const off_t size = ::lseek(file.number(), 0, SEEK_END);
    program.resize(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (size <= 0 || ::pread(file.number(), program.data(), static_cast<std::size_t>(size), 0) != size) {
        return fail(ErrorKind::unavailable, "sandbox: the seccomp filter cannot be read back");
    }
    return program;
}

}  // namespace

Result<Filter> compile_filter() { return compile(SCMP_ACT_TRAP, add_rules); }

Result<Filter> compile_program_filter() { return compile(SCMP_ACT_KILL_PROCESS, add_program_rules); }

Confinement confine_zygote() {
    Confinement done;
    if (::geteuid() == 0) {
        // As root first become nobody, where that user exists. A place that forbids it is no reason to stop.
        static_cast<void>(::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
                          ::setresuid(nobody, nobody, nobody) == 0);
    }
    constexpr int spaces = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWUTS;
    done.has_namespaces = ::unshare(CLONE_NEWUSER | spaces) == 0 || ::unshare(spaces) == 0;
    drop_capabilities();
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    done.landlock_abi = put_on_landlock();
    return done;
}

Result<void> confine_worker(const Filter& filter, Report* report) {
    the_report = report;
    struct sigaction action {};
    action.sa_sigaction = on_forbidden_call;
    action.sa_flags = SA_SIGINFO;
    if (::sigaction(SIGSYS, &action, nullptr) != 0) return fail(ErrorKind::unavailable, "sandbox: sigaction");
    return put_on(filter, worker_descriptors_max);
}

Result<void> put_on(const Filter& filter, unsigned descriptors_max) {
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, descriptors_max);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_MEMLOCK, 0);
    if (!is_sanitizer_build()) limit(RLIMIT_STACK, stack_bytes_max);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(ErrorKind::unavailable, "sandbox: no_new_privs");
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
    // TSYNC: a sanitizer may have a thread of its own.
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0) {
        return fail(ErrorKind::unavailable, "sandbox: seccomp: {}", std::strerror(errno));
    }
    return {};
}

}  // namespace plumbline::sandbox
