// SPDX-License-Identifier: Apache-2.0
// The real clock. Any thread.
#pragma once
#include "base/time.h"

namespace plumbline::app {

class SystemClock final : public Clock {
  public:
    Instant now() override { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }
};

}  // namespace plumbline::app
