// SPDX-License-Identifier: Apache-2.0
// What all containers have in common: a disk cut into blocks of one size, each a hole, or standing somewhere in a segment,
// plain or compressed. A container is the function that says where.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include "disk/linear.h"

namespace plumbline::disk {

enum class Storage : std::uint8_t { hole, plain, zlib, deflate, zstd };
struct BlockPlace {
    Storage storage = Storage::hole;
    std::size_t segment = 0;
    std::uint64_t offset = 0;
    std::uint64_t stored = 0;  // bytes there, where compressed: at most
};
using Segments = std::vector<std::unique_ptr<RandomBytes>>;

class BlockMap {
  public:
    virtual ~BlockMap() = default;
    virtual Result<BlockPlace> locate(Segments& segments, std::uint64_t block) = 0;
};

inline constexpr std::uint64_t container_block_bytes_max = 256ULL * 1024 * 1024;
inline constexpr std::uint64_t unpacked_block_bytes_max = 32ULL * 1024 * 1024;  // where blocks may be compressed
// corrupt where the block size is zero or over container_block_bytes_max. A map that gives compressed blocks sees to it that
// they are at most unpacked_block_bytes_max.
Result<std::unique_ptr<RandomBytes>> mapped_bytes(Segments segments, std::unique_ptr<BlockMap> map, std::uint64_t size_bytes, std::uint64_t block_bytes);

// Entries of a table in a segment, read a stretch at a time and kept until another stretch is needed.
class TableReader {
  public:
    // Entry `index` of a table of `entry_bytes` (4 or 8) each at `offset`, as bytes.
    Result<ByteView> entry(RandomBytes& segment, std::uint64_t offset, std::uint64_t index, std::size_t entry_bytes);

  private:
    struct Stretch {
        const RandomBytes* segment = nullptr;
        std::uint64_t at = 0;
        Bytes bytes;
    };
    std::array<Stretch, 8> stretches_;
};

// Each takes the segments where it knows the first by its magic; the tests of the magic are in linear.cc.
Result<Linear> open_ewf(Segments segments);
Result<Linear> open_qcow(Segments segments);
Result<Linear> open_vhd(Segments segments);
Result<Linear> open_vdi(Segments segments);
Result<Linear> open_aff(Segments segments);
Result<Linear> open_vhdx(Segments segments);
Result<Linear> open_vmdk(Segments segments);
Result<Linear> open_vmdk_descriptor(Segments segments);

}  // namespace plumbline::disk
