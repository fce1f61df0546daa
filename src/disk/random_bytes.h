// SPDX-License-Identifier: Apache-2.0
// Bytes that are read at any place: an open file, memory, a stretch of either, or several in a row. Image containers
// (linear.h) read from these and are one themselves.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace plumbline::disk {

// One thread at a time. `read` gives all of `out` or an Error: invalid past the end, corrupt where the container is
// damaged there, unavailable where the file cannot be read. It never gives a part.
class RandomBytes {
  public:
    virtual ~RandomBytes() = default;
    virtual std::uint64_t size_bytes() const = 0;
    Result<void> read(std::uint64_t offset, std::span<std::byte> out);
    // A new buffer; too_large over 64 MiB.
    Result<Bytes> bytes(std::uint64_t offset, std::uint64_t count);

  protected:
    virtual Result<void> read_inside(std::uint64_t offset, std::span<std::byte> out) = 0;
};

// Of an open file (not owned), by pread; the size is taken once.
Result<std::unique_ptr<RandomBytes>> bytes_of_file(int file);
// Of memory that outlives it.
std::unique_ptr<RandomBytes> bytes_of_memory(ByteView memory);
// A stretch of another, which outlives it. Cut where the other ends.
std::unique_ptr<RandomBytes> stretch_of(RandomBytes& whole, std::uint64_t offset, std::uint64_t size_bytes);
// One after the other.
std::unique_ptr<RandomBytes> joined(std::vector<std::unique_ptr<RandomBytes>> parts);

// Little-endian fields of a header, as disks have them; zero past the end, so check the size first.
std::uint16_t little16(ByteView bytes, std::size_t at);
std::uint32_t little32(ByteView bytes, std::size_t at);
std::uint64_t little64(ByteView bytes, std::size_t at);
std::uint16_t big16(ByteView bytes, std::size_t at);
std::uint32_t big32(ByteView bytes, std::size_t at);
std::uint64_t big64(ByteView bytes, std::size_t at);
// Whether `text` stands at `at`.
bool has_at(ByteView bytes, std::size_t at, std::string_view text);

}  // namespace plumbline::disk
