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
    // For a window of a file: its size is set once, bytes are written at their places and given back to the system behind them.
    Result<void> resize(std::uint64_t bytes);
    Result<void> write_at(std::uint64_t offset, ByteView bytes);
    void forget(std::uint64_t begin, std::uint64_t end);                        // whole memory pages of them; they read as zeros then
    std::uint64_t size_bytes() const;
    Result<void> each_piece(const std::function<Result<void>(ByteView)>& take) const;

  private:
    explicit MemoryFile(int number) : number_(number) {}
    int number_ = -1;
};

}  // namespace plumbline::lab
