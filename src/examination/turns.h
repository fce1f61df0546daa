// SPDX-License-Identifier: Apache-2.0
// Pieces are worked by many threads and taken by one, in order. Workers run at most `ahead_max` pieces ahead of the taker,
// so memory does not grow with their number. Any thread.
#pragma once
#include <condition_variable>
#include <mutex>

#include "examination/examination.h"

namespace plumbline::examination {

class Turns {
  public:
    Turns(Plan plan, std::size_t ahead_max, std::uint64_t first_piece) : plan_(std::move(plan)), slots_(ahead_max), next_(first_piece), taken_(first_piece) {
        for (std::uint64_t i = 0; i < first_piece && plan_.next(); ++i) {
        }
    }

    // For workers: the next piece, or nothing when there is none left. The plan may look into a file, so it has its own lock.
    std::optional<Work> next() {
        const std::lock_guard plan_lock(plan_mutex_);
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return is_stopped_ || next_ < taken_ + slots_.size(); });
        if (is_stopped_) return std::nullopt;
        lock.unlock();
        std::optional<Work> work = plan_.next();
        lock.lock();
        if (work) {
            ++next_;
        } else {
            is_planned_ = true;
            changed_.notify_all();
        }
        return work;
    }
    void give(const Work& work, Rendered rendered) {
        const std::lock_guard lock(mutex_);
        slots_[work.number % slots_.size()] = Slot{work, std::move(rendered), true};
        changed_.notify_all();
    }
    struct Slot {
        Work work;
        Rendered rendered;
        bool is_ready = false;
    };
    // For the taker: the next piece in order, or nothing after the last.
    std::optional<Slot> take() {
        std::unique_lock lock(mutex_);
        Slot& slot = slots_[taken_ % slots_.size()];
        changed_.wait(lock, [&] { return slot.is_ready || (is_planned_ && taken_ == next_); });
        if (!slot.is_ready) return std::nullopt;
        Slot out = std::exchange(slot, Slot{});
        ++taken_;
        changed_.notify_all();
        return out;
    }
    void stop() {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
        changed_.notify_all();
    }

  private:
    std::mutex plan_mutex_;
    Plan plan_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Slot> slots_;
    std::uint64_t next_;     // pieces given to workers
    std::uint64_t taken_;    // pieces taken by the taker
    bool is_planned_ = false;
    bool is_stopped_ = false;
};

}  // namespace plumbline::examination
