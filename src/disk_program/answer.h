// SPDX-License-Identifier: Apache-2.0
// What this program says, on its way out: records gathered to larger writes, counted against the request's bounds.
#pragma once
#include <string>

#include "disk/file_map.h"

namespace plumbline::disk_program {

class Answer {
  public:
    explicit Answer(std::uint64_t files_max) : files_left_(files_max) {}
    // False where the bound on files is reached (the answer is then cut) or the caller is gone: stop.
    bool add(const disk::FileEntry& file);
    void add(const disk::Volume& volume) { put(disk::record_of(volume)); }
    void add(const disk::Content& content) { put(disk::record_of(content)); }
    void trouble(std::uint32_t volume, std::string text);
    void start(const disk::Start& start) { put(disk::answer_head(start)); }
    void end();
    // So that what was found stands even where the next step dies.
    void flush();
    bool is_full() const { return is_cut_ || is_broken_; }

  private:
    void put(const Bytes& record);
    Bytes waiting_;
    std::uint64_t files_left_;
    bool is_cut_ = false;
    bool is_broken_ = false;
};

}  // namespace plumbline::disk_program
