// SPDX-License-Identifier: Apache-2.0
// How far a long scan has come: for the eye on a terminal, and in a small file from which it goes on after a stop.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/result.h"

namespace plumbline::app {

// "1.2 of 40.0 GB, 210 MB/s, 3 min left": the rate is that of the last half minute, and nothing is said of the time left
// before there is one. One thread.
class ScanMeter {
  public:
    using Clock = std::chrono::steady_clock;
    explicit ScanMeter(std::uint64_t bytes_all) : all_(bytes_all) {}
    void add(std::uint64_t bytes, Clock::time_point now);
    std::string line() const;

  private:
    struct Mark {
        Clock::time_point time;
        std::uint64_t done;
    };
    std::uint64_t all_;
    std::uint64_t done_ = 0;
    std::deque<Mark> marks_;
};

// What OUTPUT.state holds while a scan into OUTPUT is under way. Written aside and renamed, after the output itself is on
// the disk, so it never says more than what is there.
struct ScanState {
    std::string digest;             // SHA-256, hex, of the files' names, sizes and times and of the options
    std::uint64_t pieces = 0;       // done and in the output
    std::uint64_t output_bytes = 0;
    std::uint64_t unread_bytes = 0; // of OUTPUT.unread
    bool has_problem = false;
};
Result<void> write_scan_state(const std::string& path, const ScanState& state);
// Nothing where there is no such file. corrupt: it is not one of ours.
Result<std::optional<ScanState>> read_scan_state(const std::string& path);

}  // namespace plumbline::app
