// SPDX-License-Identifier: Apache-2.0
#include "http/handler_pool.h"

namespace plumbline {

HandlerPool::HandlerPool(unsigned threads, std::size_t waiting_max) : waiting_max_(waiting_max) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

HandlerPool::~HandlerPool() { stop(); }

bool HandlerPool::try_post(Work work) {
    {
        const std::lock_guard lock(mutex_);
        if (is_stopping_ || waiting_.size() >= waiting_max_) return false;
        waiting_.push_back(std::move(work));
    }
    changed_.notify_one();
    return true;
}

void HandlerPool::post(Work work) {
    {
        const std::lock_guard lock(mutex_);
        if (is_stopping_) return;
        waiting_.push_back(std::move(work));
    }
    changed_.notify_one();
}

void HandlerPool::stop() {
    std::deque<Work> dropped;  // destroyed outside the lock: what it holds may post
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        dropped.swap(waiting_);
    }
    changed_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

void HandlerPool::run() {
    while (true) {
        Work work;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
            if (is_stopping_) return;
            work = std::move(waiting_.front());
            waiting_.pop_front();
        }
        work();
    }
}

}  // namespace plumbline
