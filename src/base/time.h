// SPDX-License-Identifier: Apache-2.0
// Instants (UTC, microseconds) and days, their RFC 3339 text, and the clock that services are given.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumbline {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Day = std::chrono::sys_days;

std::string to_text(Instant instant);                  // 2026-11-23T15:04:05Z, with a fraction only where there is one
Result<Instant> instant_from(std::string_view text);   // RFC 3339 with any offset
std::string to_text(Day day);                          // 2026-11-23
Result<Day> day_from(std::string_view text);
inline Day day_of(Instant instant) { return std::chrono::floor<std::chrono::days>(instant); }
inline Instant hour_of(Instant instant) { return std::chrono::floor<std::chrono::hours>(instant); }
inline std::int64_t micros_of(Instant instant) { return instant.time_since_epoch().count(); }
inline Instant instant_of(std::int64_t micros) { return Instant(std::chrono::microseconds(micros)); }

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() = 0;  // may be called from any thread
};

// A clock that a test or a story sets by hand. One thread, or the caller's own lock.
class FakeClock final : public Clock {
  public:
    explicit FakeClock(Instant start) : now_(start) {}
    Instant now() override { return now_; }
    void advance(std::chrono::microseconds by) { now_ += by; }

  private:
    Instant now_;
};

}  // namespace plumbline
