// SPDX-License-Identifier: Apache-2.0
// CHECK(condition) is for our own mistakes: on in every build, prints what failed and aborts. An acknowledgement means
// durable and the supervisor restarts, so stopping is safer than going on with a broken invariant.
#pragma once

namespace plumbline {
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}

#define CHECK(condition) \
    (static_cast<bool>(condition) ? static_cast<void>(0) : ::plumbline::check_failed(#condition, __FILE__, __LINE__))
