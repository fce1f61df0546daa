// SPDX-License-Identifier: Apache-2.0
// A file of the list while it is read, and bytes that lie in memory as a file.
#pragma once
#include <sys/stat.h>

#include "base/bytes.h"
#include "examination/file_list.h"

namespace plumbline::examination {

// Closed when the scope ends, unless it is the caller's. One thread.
class OpenFile {
  public:
    explicit OpenFile(const FileEntry& file);
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int fd() const { return fd_; }
    std::uint64_t size() const { return static_cast<std::uint64_t>(info_.st_size); }
    const std::string& problem() const { return problem_; }   // empty, or why it cannot be read
    // Appends `count` bytes from `offset` on, or what there is of them; empty, or what is wrong (and nothing is appended).
    std::string append(std::uint64_t offset, std::uint64_t count, Bytes& out) const;

  private:
    bool is_own_;
    int fd_;
    struct stat info_ {};
    std::string problem_;
};

// Bytes as a file that lies in memory only (memfd); -1 where there is no memory. The caller closes it.
int memory_file_of(ByteView bytes);

}  // namespace plumbline::examination
