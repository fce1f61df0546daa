// SPDX-License-Identifier: Apache-2.0
// Where a scan's JSON lines go: standard output, or a file that can be gone on with after a stop. One thread.
#pragma once
#include <chrono>

#include "app/scan_progress.h"

namespace plumbline::app {

class ScanOutput {
  public:
    // Standard output.
    ScanOutput() = default;
    ~ScanOutput();
    ScanOutput(const ScanOutput&) = delete;
    ScanOutput& operator=(const ScanOutput&) = delete;
    // The file at `path`, PATH.unread for what could not be read, PATH.state while it is under way. conflict: the file is
    // there and not to be gone on with, or its state is of another scan (another digest).
    Result<void> open(const std::string& path, const std::string& digest, bool resumes);
    const ScanState& state() const { return state_; }

    // Lines of a piece, which end_piece() ends: a scan that is gone on with drops what was written behind the last one's end.
    Result<void> write(std::string_view lines);
    Result<void> end_piece(std::string_view unread, bool has_problem);
    // All that was written is on the disk; the state file is gone.
    Result<void> finish();

  private:
    Result<void> save();
    Result<int> open_at(const std::string& path, std::uint64_t bytes, bool resumes) const;

    std::string path_;
    int file_ = 1;
    int unread_ = -1;
    ScanState state_;
    std::chrono::steady_clock::time_point saved_{};
};

}  // namespace plumbline::app
