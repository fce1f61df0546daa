// SPDX-License-Identifier: Apache-2.0
// How Plumbline says that the world failed: a Result<T> holds a value or an Error.
//
//     Result<Tip> read_tip(ByteView bytes) {
//         const Header header = TRY(read_header(bytes));       // returns the Error to our caller
//         if (header.version != 1) return fail(ErrorKind::unsupported, "tip version {}", header.version);
//         return Tip{...};
//     }
//
// Bad input, a missing row and a full disk are Errors. Our own mistakes are CHECKs (base/check.h). We throw nothing.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace plumbline {

// Maps once to an HTTP status (face/) and once to a retry policy (dispatch/).
enum class ErrorKind {
    not_found,    // no such thing
    invalid,      // the input breaks a rule; the message names the field and the rule
    conflict,     // it is there already, or somebody else holds it
    corrupt,      // stored or received bytes do not check
    too_large,    // over a limit; the message names the limit
    denied,       // not allowed
    busy,         // a queue is full: try again
    unavailable,  // the disk is full, a peer is gone: try again later
    timeout,      // a deadline passed
    unsupported,  // a format or version that this program does not know
};
std::string_view name_of(ErrorKind kind);

struct Error {
    ErrorKind kind = ErrorKind::invalid;
    std::string message;  // for the operator and the caller: what and where. Never holds tip contents or secrets.
};

template <class T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
  public:
    using tl::expected<T, Error>::expected;
    // What TRY ends in: moves the value out; nothing for Result<void>.
    T take() && {
        if constexpr (!std::is_void_v<T>) return std::move(**this);
    }
};

template <class... Args>
tl::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> text, Args&&... args) {
    return tl::unexpected<Error>(Error{kind, fmt::format(text, std::forward<Args>(args)...)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
// The same error with where it happened put before it: "tile/0/001: not enough bytes".
tl::unexpected<Error> fail_in(std::string_view where, Error error);

}  // namespace plumbline

// Unwraps a Result or returns its Error from the function that stands around it. May be nested.
#define TRY(expression) PLUMBLINE_TRY_NAMED(PLUMBLINE_TRY_JOIN(try_result_, __COUNTER__), expression)
#define PLUMBLINE_TRY_JOIN(a, b) PLUMBLINE_TRY_JOIN_(a, b)
#define PLUMBLINE_TRY_JOIN_(a, b) a##b
#define PLUMBLINE_TRY_NAMED(name, expression)                               \
    (__extension__({                                                        \
        auto name = (expression);                                           \
        if (!name) return ::plumbline::fail(std::move(name).error());       \
        std::move(name).take();                                             \
    }))
