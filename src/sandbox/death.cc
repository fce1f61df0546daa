// SPDX-License-Identifier: Apache-2.0
// The kernel's word (the wait status) decides the kind of death; the worker's own note only adds the name of a call or
// that memory ran out, so a lying worker can at most misname its own end.
#include "sandbox/death.h"

#include <fmt/format.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <cstdlib>

namespace plumbline::sandbox {
namespace {

std::string signal_words(int number) {
    const char* name = ::sigabbrev_np(number);
    return name == nullptr ? fmt::format("signal {}", number) : fmt::format("signal {} (SIG{})", number, name);
}

std::string forbidden_call_words(const Report& report) {
    if (report.was_abort != 0) return "aborted (signal 6, SIGABRT)";
    if (report.forbidden_call_plus_one == 0) return "forbidden call";
    const int number = static_cast<int>(report.forbidden_call_plus_one - 1);
    char* name = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
    std::string words = name == nullptr ? fmt::format("forbidden call number {}", number) : fmt::format("forbidden call {}", name);
    std::free(name);
    return words;
}

// C libraries do not throw when malloc fails: they abort, trap or use the null. Near its limit that is what happened.
bool ran_out_of_memory(const Death& death, std::uint64_t memory_bytes_max) {
    return death.report.allocation_failed != 0 || death.resident_bytes_max / 9 >= memory_bytes_max / 10;
}

}  // namespace

std::string reason_of(const Death& death, std::uint64_t memory_bytes_max) {
    if (WIFEXITED(death.status)) return fmt::format("exited with status {} before it answered", WEXITSTATUS(death.status));
    const int number = WTERMSIG(death.status);
    const bool is_forbidden_call = number == SIGSYS && death.report.was_abort == 0;
    if (!is_forbidden_call && ran_out_of_memory(death, memory_bytes_max)) return "memory limit";
    return number == SIGSYS ? forbidden_call_words(death.report) : signal_words(number);
}

}  // namespace plumbline::sandbox
