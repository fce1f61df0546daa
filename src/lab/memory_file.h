// SPDX-License-Identifier: Apache-2.0
// A file that lies in memory only (memfd), for evidence: nothing of it ever reaches a disk but by swapping.
#pragma once
#include <functional>

#include "base/bytes.h"

namespace plumbline::lab {

// One thread.
class MemoryFile {
  public:
    static Result<MemoryFile> make();
    MemoryFile(MemoryFile&& other) noexcept;
    MemoryFile& operator=(MemoryFile&&) = delete;
    ~MemoryFile();
    int number() const { return number_; }
    Result<void> write(ByteView bytes);                                         // at the end; unavailable: no memory
    std::uint64_t size_bytes() const;
    Result<void> each_piece(const std::function<Result<void>(ByteView)>& take) const;

  private:
    explicit MemoryFile(int number) : number_(number) {}
    int number_ = -1;
};

}  // namespace plumbline::lab
