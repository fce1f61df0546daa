// SPDX-License-Identifier: Apache-2.0
// VMDK: sparse extents (monolithic and stream-optimized), and a descriptor whose extents are given as the segments after it.
// (VMware: Virtual Disk Format 5.0. Little-endian, in sectors of 512.)
#include <algorithm>
#include <charconv>

#include "disk/container/mapped_bytes.h"

namespace plumbline::disk {
namespace {

constexpr std::uint64_t sector = 512;
constexpr std::uint64_t footer_place = 1024;                 // from the end
constexpr std::uint64_t directory_at_end = UINT64_MAX;
constexpr std::uint32_t flag_compressed = 1U << 16U;
constexpr std::uint64_t descriptor_bytes_max = 64 * 1024;
constexpr std::uint64_t grain_header_bytes = 12;

struct Sparse {
    std::uint64_t capacity = 0;  // sectors
    std::uint64_t grain = 0;     // sectors
    std::uint32_t entries = 0;   // in one table
    std::uint64_t directory = 0; // sector
    bool is_compressed = false;
};

class VmdkMap final : public BlockMap {
  public:
    explicit VmdkMap(const Sparse& sparse) : sparse_(sparse) {}
    Result<BlockPlace> locate(Segments& segments, std::uint64_t block) override {
        RandomBytes& file = *segments[0];
        const std::uint32_t table = little32(TRY(directory_.entry(file, sparse_.directory * sector, block / sparse_.entries, 4)), 0);
        if (table == 0) return BlockPlace{};
        const std::uint64_t grain = little32(TRY(table_.entry(file, table * sector, block % sparse_.entries, 4)), 0);
        // 1 says that the grain reads as zero.
        if (grain <= 1) return BlockPlace{};
        if (!sparse_.is_compressed) return BlockPlace{Storage::plain, 0, grain * sector, sparse_.grain * sector};
        const Bytes head = TRY(file.bytes(grain * sector, grain_header_bytes));
        return BlockPlace{Storage::zlib, 0, grain * sector + grain_header_bytes, little32(head, 8)};
    }

  private:
    Sparse sparse_;
    TableReader directory_;
    TableReader table_;
};

Result<void> check_parent(std::string_view descriptor) {
    const std::size_t at = descriptor.find("parentCID=");
    if (at != std::string_view::npos && !descriptor.substr(at + 10).starts_with("ffffffff")) return fail(ErrorKind::unsupported, "VMDK that needs its parent (snapshot)");
    return {};
}

struct Extent {
    std::uint64_t sectors = 0;
    bool is_zero = false;
};

// Lines like: RW 4192256 SPARSE "disk-s001.vmdk"
std::vector<Extent> extents_of(std::string_view descriptor) {
    std::vector<Extent> extents;
    while (!descriptor.empty()) {
        const std::string_view line = descriptor.substr(0, descriptor.find('\n'));
        descriptor.remove_prefix(std::min(descriptor.size(), line.size() + 1));
        if (!line.starts_with("RW ") && !line.starts_with("RDONLY ")) continue;
        const std::string_view rest = line.substr(line.find(' ') + 1);
        Extent extent;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), extent.sectors);
        if (error != std::errc() || extent.sectors > UINT64_MAX / sector / 16) continue;
        extent.is_zero = rest.substr(static_cast<std::size_t>(end - rest.data())).starts_with(" ZERO");
        extents.push_back(extent);
        if (extents.size() >= 4096) break;
    }
    return extents;
}

class Zeros final : public BlockMap {
  public:
    Result<BlockPlace> locate(Segments&, std::uint64_t) override { return BlockPlace{}; }
};

// A part of a joined disk that owns what it is a stretch of.
class OwnedStretch final : public RandomBytes {
  public:
    OwnedStretch(std::unique_ptr<RandomBytes> whole, std::uint64_t size) : whole_(std::move(whole)), size_(std::min(size, whole_->size_bytes())) {}
    std::uint64_t size_bytes() const override { return size_; }

  protected:
    Result<void> read_inside(std::uint64_t offset, std::span<std::byte> out) override { return whole_->read(offset, out); }

  private:
    std::unique_ptr<RandomBytes> whole_;
    std::uint64_t size_;
};

}  // namespace

Result<Linear> open_vmdk(Segments segments) {
    RandomBytes& file = *segments[0];
    Bytes head = TRY(file.bytes(0, sector));
    if (little64(head, 56) == directory_at_end && file.size_bytes() > footer_place) head = TRY(file.bytes(file.size_bytes() - footer_place, sector));
    if (!has_at(head, 0, "KDMV")) return fail(ErrorKind::corrupt, "VMDK: footer");
    const Sparse sparse{little64(head, 12), little64(head, 20), little32(head, 44), little64(head, 56), (little32(head, 8) & flag_compressed) != 0};
    const std::uint64_t limit = UINT64_MAX / sector / 16;
    if (sparse.capacity > limit || sparse.grain == 0 || sparse.grain > unpacked_block_bytes_max / sector || sparse.entries == 0 || sparse.directory > limit) {
        return fail(ErrorKind::corrupt, "VMDK: header");
    }
    const std::uint64_t descriptor_bytes = std::min(little64(head, 36), descriptor_bytes_max / sector) * sector;
    if (little64(head, 28) > 0 && little64(head, 28) < limit && descriptor_bytes > 0) {
        const auto descriptor = file.bytes(little64(head, 28) * sector, descriptor_bytes);
        if (descriptor) TRY(check_parent(text_of(*descriptor)));
    }
    return Linear{TRY(mapped_bytes(std::move(segments), std::make_unique<VmdkMap>(sparse), sparse.capacity * sector, sparse.grain * sector)), "vmdk"};
}

Result<Linear> open_vmdk_descriptor(Segments segments) {
    const Bytes text = TRY(segments[0]->bytes(0, std::min(segments[0]->size_bytes(), descriptor_bytes_max)));
    TRY(check_parent(text_of(text)));
    Segments parts;
    std::size_t next = 1;
    for (const Extent& extent : extents_of(text_of(text))) {
        const std::uint64_t size = extent.sectors * sector;
        if (extent.is_zero) {
            parts.push_back(TRY(mapped_bytes({}, std::make_unique<Zeros>(), size, 65536)));
            continue;
        }
        if (next >= segments.size()) return fail(ErrorKind::unsupported, "VMDK descriptor: its extents are files of their own, to be given with it");
        const auto head = segments[next]->bytes(0, std::min<std::uint64_t>(4, segments[next]->size_bytes()));
        Segments one;
        one.push_back(std::move(segments[next++]));
        std::unique_ptr<RandomBytes> disk;
        if (head && has_at(*head, 0, "KDMV")) disk = TRY(open_vmdk(std::move(one))).bytes;
        else disk = std::move(one[0]);
        parts.push_back(std::make_unique<OwnedStretch>(std::move(disk), size));
    }
    if (parts.empty()) return fail(ErrorKind::corrupt, "VMDK descriptor: no extents");
    return Linear{joined(std::move(parts)), "vmdk"};
}

}  // namespace plumbline::disk
