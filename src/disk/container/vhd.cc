// SPDX-License-Identifier: Apache-2.0
// VHD, fixed and dynamic (Microsoft: Virtual Hard Disk Image Format Specification; big-endian), and VDI (VirtualBox;
// little-endian): one flat table of blocks.
#include <algorithm>

#include "disk/container/mapped_bytes.h"

namespace plumbline::disk {
namespace {

constexpr std::uint64_t footer_bytes = 512;
constexpr std::uint32_t no_block = 0xffffffff;

// Of both: the entry is a number of units; VHD has a bitmap of sectors in front of each block.
struct FlatTable {
    std::uint64_t table = 0;
    std::uint64_t entries = 0;
    std::uint64_t unit = 0;
    std::uint64_t first = 0;       // place of unit zero
    std::uint64_t skipped = 0;     // in front of each block
    std::uint64_t block_bytes = 0;
    bool is_big = false;
};

class FlatMap final : public BlockMap {
  public:
    explicit FlatMap(const FlatTable& table) : table_(table) {}
    Result<BlockPlace> locate(Segments& segments, std::uint64_t block) override {
        if (block >= table_.entries) return fail(ErrorKind::corrupt, "the disk's table ends before the disk");
        const ByteView entry = TRY(reader_.entry(*segments[0], table_.table, block, 4));
        const std::uint32_t number = table_.is_big ? big32(entry, 0) : little32(entry, 0);
        // VDI has a second number for blocks that read as zero.
        if (number == no_block || (!table_.is_big && number == no_block - 1)) return BlockPlace{};
        return BlockPlace{Storage::plain, 0, table_.first + number * table_.unit + table_.skipped, table_.block_bytes};
    }

  private:
    FlatTable table_;
    TableReader reader_;
};

Result<Linear> open_flat(Segments segments, const FlatTable& table, std::uint64_t size, std::string name) {
    return Linear{TRY(mapped_bytes(std::move(segments), std::make_unique<FlatMap>(table), size, table.block_bytes)), std::move(name)};
}

// A disk that stands in the file as it is, without its footer.
class WholeFile final : public BlockMap {
  public:
    explicit WholeFile(std::uint64_t block_bytes) : block_bytes_(block_bytes) {}
    Result<BlockPlace> locate(Segments&, std::uint64_t block) override { return BlockPlace{Storage::plain, 0, block * block_bytes_, block_bytes_}; }

  private:
    std::uint64_t block_bytes_;
};

}  // namespace

Result<Linear> open_vhd(Segments segments) {
    RandomBytes& file = *segments[0];
    if (file.size_bytes() < footer_bytes) return fail(ErrorKind::corrupt, "VHD: too short");
    Bytes footer = TRY(file.bytes(file.size_bytes() - footer_bytes, footer_bytes));
    // A dynamic disk has a copy at its start.
    if (!has_at(footer, 0, "conectix")) footer = TRY(file.bytes(0, footer_bytes));
    const std::uint32_t type = big32(footer, 60);
    const std::uint64_t size = big64(footer, 48);
    if (type == 2) {
        constexpr std::uint64_t piece = 1024 * 1024;
        return Linear{TRY(mapped_bytes(std::move(segments), std::make_unique<WholeFile>(piece), std::min(size, file.size_bytes() - footer_bytes), piece)), "vhd"};
    }
    if (type == 4) return fail(ErrorKind::unsupported, "VHD that needs its parent (differencing)");
    if (type != 3) return fail(ErrorKind::unsupported, "VHD of type {}", type);
    const Bytes head = TRY(file.bytes(big64(footer, 16), 1024));
    if (!has_at(head, 0, "cxsparse")) return fail(ErrorKind::corrupt, "VHD: header");
    FlatTable table;
    table.is_big = true;
    table.table = big64(head, 16);
    table.entries = big32(head, 28);
    table.unit = 512;
    table.block_bytes = big32(head, 32);
    // One bit a sector, in whole sectors.
    table.skipped = (table.block_bytes / 512 / 8 + 511) / 512 * 512;
    return open_flat(std::move(segments), table, size, "vhd");
}

Result<Linear> open_vdi(Segments segments) {
    const Bytes head = TRY(segments[0]->bytes(0, 512));
    const std::uint32_t type = little32(head, 0x4c);
    if (type != 1 && type != 2) return fail(ErrorKind::unsupported, "VDI that needs its parent");
    FlatTable table;
    table.table = little32(head, 0x154);
    table.first = little32(head, 0x158);
    table.block_bytes = little32(head, 0x178);
    table.unit = table.block_bytes;
    table.entries = little32(head, 0x180);
    return open_flat(std::move(segments), table, little64(head, 0x170), "vdi");
}

}  // namespace plumbline::disk
