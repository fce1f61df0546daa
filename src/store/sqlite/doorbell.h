// SPDX-License-Identifier: Apache-2.0
// Wakes those who wait for a job. Inside the process a commit with a new job rings at once; what another process commits
// is seen by one of the waiters, who looks at the newest job's number a few times a second for all of them.
#pragma once
#include <condition_variable>
#include <mutex>

#include "store/sqlite/connection.h"

namespace plumbline::sqlite {

// Any thread.
class Doorbell {
  public:
    explicit Doorbell(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
    void ring();
    void wait(std::chrono::milliseconds at_most);

  private:
    // True where another connection has added a job since the last look. An error is silence: callers come again anyway.
    bool sees_new_job();

    std::mutex mutex_;
    std::condition_variable rings_;
    std::uint64_t rung_ = 0;

    std::mutex look_mutex_;  // held by the one who looks
    std::unique_ptr<Connection> connection_;
    std::chrono::steady_clock::time_point looked_at_{};
    std::int64_t newest_job_ = -1;
};

}  // namespace plumbline::sqlite
