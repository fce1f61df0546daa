// SPDX-License-Identifier: Apache-2.0
// Pieces are worked by many threads and taken in order, one at a time, by whichever thread finds the next one ready: N
// workers are N threads and no more. A worker runs at most `ahead_max` pieces ahead of the last one taken, so memory does
// not grow with their number. Any thread.
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
        if (work) ++next_;
        return work;
    }
    bool is_next(const Work& work) {
        const std::lock_guard lock(mutex_);
        return work.number == taken_ && !is_stopped_;
    }
    // Hands a finished piece over, then takes all that are ready and in order, unless another thread does so now: it will
    // find this piece, too. The first error of `take` stops the whole.
    void give(const Work& work, Rendered rendered, PieceSink& sink) {
        std::unique_lock lock(mutex_);
        slots_[work.number % slots_.size()] = Slot{work, std::move(rendered), true};
        while (!is_taking_ && !is_stopped_ && slots_[taken_ % slots_.size()].is_ready) {
            Slot slot = std::exchange(slots_[taken_ % slots_.size()], Slot{});
            is_taking_ = true;
            lock.unlock();
            Result<void> taken = sink.take(slot.work, std::move(slot.rendered));
            lock.lock();
            is_taking_ = false;
            ++taken_;
            if (!taken) {
                result_ = std::move(taken);
                is_stopped_ = true;
            }
            changed_.notify_all();
        }
    }
    // After the last worker has ended.
    Result<void> result() {
        const std::lock_guard lock(mutex_);
        return result_;
    }

  private:
    struct Slot {
        Work work;
        Rendered rendered;
        bool is_ready = false;
    };
    std::mutex plan_mutex_;
    Plan plan_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Slot> slots_;
    std::uint64_t next_;     // pieces given to workers
    std::uint64_t taken_;
    bool is_taking_ = false; // a thread is in PieceSink::take
    bool is_stopped_ = false;
    Result<void> result_;
};

}  // namespace plumbline::examination
