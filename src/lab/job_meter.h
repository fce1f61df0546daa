// SPDX-License-Identifier: Apache-2.0
// How far a long job is and how long it takes still, from what the last half minute brought.
#pragma once
#include <algorithm>
#include <chrono>
#include <deque>

#include "model/job.h"

namespace plumbline::lab {

// One thread.
class JobMeter {
  public:
    using Time = std::chrono::steady_clock::time_point;
    explicit JobMeter(std::uint64_t all_bytes) { progress_.all_bytes = all_bytes; }
    // What was done before this worker began is no part of its rate.
    void add(std::uint64_t bytes, Time now) {
        progress_.done_bytes = std::min(progress_.all_bytes, progress_.done_bytes + bytes);
        marks_.push_back({now, progress_.done_bytes});
        while (marks_.size() > 2 && now - marks_.front().time > window) marks_.pop_front();
        const double seconds = std::chrono::duration<double>(marks_.back().time - marks_.front().time).count();
        const auto came = static_cast<double>(marks_.back().done - marks_.front().done);
        if (seconds < 0.5 || came <= 0) return;
        progress_.bytes_per_second = static_cast<std::uint64_t>(came / seconds);
        progress_.seconds_left = static_cast<std::uint64_t>(static_cast<double>(progress_.all_bytes - progress_.done_bytes) * seconds / came + 0.5);
    }
    const JobProgress& progress() const { return progress_; }

  private:
    static constexpr auto window = std::chrono::seconds(30);
    struct Mark {
        Time time;
        std::uint64_t done = 0;
    };
    JobProgress progress_;
    std::deque<Mark> marks_;
};

}  // namespace plumbline::lab
