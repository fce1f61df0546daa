// SPDX-License-Identifier: Apache-2.0
// VHDX, fixed and dynamic ([MS-VHDX]; little-endian): a region table names the table of blocks and the metadata.
#include <array>

#include "disk/container/mapped_bytes.h"

namespace plumbline::disk {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::uint64_t, 2> header_places{64 * 1024, 128 * 1024};
constexpr std::array<std::uint64_t, 2> region_places{192 * 1024, 256 * 1024};
constexpr std::uint64_t table_bytes = 64 * 1024;
constexpr std::uint64_t offset_mask = ~0xfffffULL;
constexpr unsigned state_present = 6;
constexpr std::size_t entries_max = 2047;
// GUIDs as they stand in the file.
constexpr auto blocks_region = "\x66\x77\xc2\x2d\x23\xf6\x00\x42\x9d\x64\x11\x5e\x9b\xfd\x4a\x08"sv;
constexpr auto metadata_region = "\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e"sv;
constexpr auto file_parameters = "\x37\x67\xa1\xca\x36\xfa\x43\x4d\xb3\xb6\x33\xf0\xaa\x44\xe7\x6b"sv;
constexpr auto disk_size = "\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8"sv;
constexpr auto sector_size = "\x1d\xbf\x41\x81\x6f\xa9\x09\x47\xba\x47\xf2\x33\xa8\xfa\xab\x5f"sv;

class VhdxMap final : public BlockMap {
  public:
    VhdxMap(std::uint64_t table, std::uint64_t per_bitmap, std::uint64_t block_bytes) : table_(table), per_bitmap_(per_bitmap), block_bytes_(block_bytes) {}
    Result<BlockPlace> locate(Segments& segments, std::uint64_t block) override {
        // After each run of blocks stands an entry for their bitmap of sectors, which only differencing disks use.
        const std::uint64_t entry = little64(TRY(reader_.entry(*segments[0], table_, block + block / per_bitmap_, 8)), 0);
        if ((entry & 7U) != state_present) return BlockPlace{};
        return BlockPlace{Storage::plain, 0, entry & offset_mask, block_bytes_};
    }

  private:
    std::uint64_t table_;
    std::uint64_t per_bitmap_;
    std::uint64_t block_bytes_;
    TableReader reader_;
};

// What was written last may only stand in the log; without it the disk is not as it was.
Result<void> check_log(RandomBytes& file) {
    std::uint64_t newest = 0;
    bool has_log = false;
    for (const std::uint64_t place : header_places) {
        const Bytes head = TRY(file.bytes(place, 4096));
        if (!has_at(head, 0, "head") || little64(head, 8) < newest) continue;
        newest = little64(head, 8);
        has_log = text_of(head).substr(48, 16).find_first_not_of('\0') != std::string_view::npos;
    }
    if (has_log) return fail(ErrorKind::unsupported, "not opened: VHDX whose log is to be replayed first");
    return {};
}

struct Regions {
    std::uint64_t blocks = 0;
    std::uint64_t metadata = 0;
};

Result<Regions> read_regions(RandomBytes& file) {
    for (const std::uint64_t place : region_places) {
        const Bytes table = TRY(file.bytes(place, table_bytes));
        if (!has_at(table, 0, "regi")) continue;
        Regions regions;
        for (std::size_t i = 0; i < little32(table, 8) && i < entries_max; ++i) {
            const std::size_t at = 16 + i * 32;
            if (has_at(table, at, blocks_region)) regions.blocks = little64(table, at + 16);
            if (has_at(table, at, metadata_region)) regions.metadata = little64(table, at + 16);
        }
        if (regions.blocks != 0 && regions.metadata != 0) return regions;
    }
    return fail(ErrorKind::corrupt, "VHDX: region table");
}

struct Metadata {
    std::uint64_t block_bytes = 0;
    std::uint64_t size_bytes = 0;
    std::uint64_t sector_bytes = 0;
    bool has_parent = false;
};

Result<Metadata> read_metadata(RandomBytes& file, std::uint64_t place) {
    const Bytes table = TRY(file.bytes(place, table_bytes));
    if (!has_at(table, 0, "metadata")) return fail(ErrorKind::corrupt, "VHDX: metadata table");
    Metadata metadata;
    for (std::size_t i = 0; i < little16(table, 10) && i < entries_max; ++i) {
        const std::size_t at = 32 + i * 32;
        const std::uint64_t value_at = place + little32(table, at + 16);
        const bool is_known = has_at(table, at, file_parameters) || has_at(table, at, disk_size) || has_at(table, at, sector_size);
        if (!is_known) continue;
        const Bytes value = TRY(file.bytes(value_at, 8));
        if (has_at(table, at, file_parameters)) {
            metadata.block_bytes = little32(value, 0);
            metadata.has_parent = (little32(value, 4) & 2U) != 0;
        } else if (has_at(table, at, disk_size)) {
            metadata.size_bytes = little64(value, 0);
        } else {
            metadata.sector_bytes = little32(value, 0);
        }
    }
    return metadata;
}

}  // namespace

Result<Linear> open_vhdx(Segments segments) {
    RandomBytes& file = *segments[0];
    TRY(check_log(file));
    const Regions regions = TRY(read_regions(file));
    const Metadata metadata = TRY(read_metadata(file, regions.metadata));
    if (metadata.has_parent) return fail(ErrorKind::unsupported, "not opened: VHDX that needs its parent");
    const bool is_sane = metadata.block_bytes >= 1024 * 1024 && metadata.block_bytes <= 256 * 1024 * 1024 && (metadata.sector_bytes == 512 || metadata.sector_bytes == 4096);
    if (!is_sane) return fail(ErrorKind::corrupt, "VHDX: metadata");
    const std::uint64_t per_bitmap = (metadata.sector_bytes << 23U) / metadata.block_bytes;
    auto map = std::make_unique<VhdxMap>(regions.blocks, per_bitmap, metadata.block_bytes);
    return Linear{TRY(mapped_bytes(std::move(segments), std::move(map), metadata.size_bytes, metadata.block_bytes)), "vhdx"};
}

}  // namespace plumbline::disk
