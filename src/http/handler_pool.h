// SPDX-License-Identifier: Apache-2.0
// The threads that run handlers, and their bounded queue: what does not fit is refused, never left waiting unseen.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace plumbline {

class HandlerPool {
  public:
    using Work = std::function<void()>;  // throws nothing
    HandlerPool(unsigned threads, std::size_t waiting_max);
    ~HandlerPool();  // ends what runs, drops what waits

    bool try_post(Work work);  // false: the queue is full. Any thread.
    // For the next step of a request that was let in already; the number of those has its own limit.
    void post(Work work);
    void stop();  // drops what waits and waits for what runs; once

  private:
    void run();
    const std::size_t waiting_max_;
    std::mutex mutex_;  // guards the two below
    std::deque<Work> waiting_;
    bool is_stopping_ = false;
    std::condition_variable changed_;
    std::vector<std::thread> threads_;
};

}  // namespace plumbline
