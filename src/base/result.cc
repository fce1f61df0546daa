// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <cstdio>
#include <cstdlib>

#include "base/check.h"

namespace plumbline {

std::string_view name_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::not_found: return "not_found";
        case ErrorKind::invalid: return "invalid";
        case ErrorKind::conflict: return "conflict";
        case ErrorKind::corrupt: return "corrupt";
        case ErrorKind::too_large: return "too_large";
        case ErrorKind::denied: return "denied";
        case ErrorKind::busy: return "busy";
        case ErrorKind::unavailable: return "unavailable";
        case ErrorKind::timeout: return "timeout";
        case ErrorKind::unsupported: return "unsupported";
    }
    return "unknown";
}

tl::unexpected<Error> fail_in(std::string_view where, Error error) {
    error.message = fmt::format("{}: {}", where, error.message);
    return tl::unexpected<Error>(std::move(error));
}

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: CHECK(%s) failed\n", file, line, condition);
    std::abort();
}

}  // namespace plumbline
