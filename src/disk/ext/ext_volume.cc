// SPDX-License-Identifier: Apache-2.0
// Superblock at byte 1024, group descriptors in the block after it, one block bitmap and one inode table a group.
#include "disk/ext/ext_volume.h"

#include <algorithm>

namespace plumbline::disk {
namespace {

constexpr std::uint64_t blocks_max = 1ULL << 31U;  // a bitmap of 256 MiB in memory
constexpr unsigned depth_max = 5;
constexpr std::size_t runs_of_file_max = 1'000'000;
constexpr std::uint16_t extent_magic = 0xf30a;

void add_run(std::vector<BlockRun>& runs, const BlockRun& run) {
    if (run.count == 0) return;
    if (!runs.empty() && runs.back().is_hole == run.is_hole && (run.is_hole || runs.back().first + runs.back().count == run.first)) {
        runs.back().count += run.count;
    } else if (runs.size() < runs_of_file_max) {
        runs.push_back(run);
    }
}

struct Mapping {
    const ExtVolume& volume;
    const BlockSource& source;
    std::uint64_t wanted;          // blocks
    std::uint64_t at = 0;          // next logical block
    std::uint64_t steps_left = 4'000'000;
    std::vector<BlockRun> runs{};
    bool is_done() const { return at >= wanted || steps_left == 0 || runs.size() >= runs_of_file_max; }
    void add(std::uint64_t first, std::uint64_t count, bool is_hole) {
        count = std::min(count, wanted - std::min(wanted, at));
        add_run(runs, {first, count, is_hole});
        at += count;
    }
};

// ext4: header (magic, entries, max, depth), then entries of 12 bytes.
void map_extents(Mapping& map, ByteView node, unsigned depth_left) {
    if (node.size() < 12 || little16(node, 0) != extent_magic) return;
    const std::size_t entries = std::min<std::size_t>(little16(node, 2), (node.size() - 12) / 12);
    const unsigned depth = little16(node, 6);
    for (std::size_t i = 0; i < entries && !map.is_done(); ++i) {
        --map.steps_left;
        const ByteView entry = node.subspan(12 + i * 12, 12);
        const std::uint64_t logical = little32(entry, 0);
        if (depth > 0) {
            if (depth_left == 0) return;
            const std::uint64_t child = static_cast<std::uint64_t>(little16(entry, 8)) << 32U | little32(entry, 4);
            if (child < map.volume.blocks()) map_extents(map, map.source(child), depth_left - 1);
            continue;
        }
        const std::uint64_t first = static_cast<std::uint64_t>(little16(entry, 6)) << 32U | little32(entry, 8);
        const std::uint32_t length = little16(entry, 4);
        // Over 32768: written later, so it reads as zero.
        const bool is_unwritten = length > 32768;
        const std::uint64_t count = is_unwritten ? length - 32768 : length;
        if (logical < map.at || first + count > map.volume.blocks()) return;
        map.add(0, logical - map.at, true);
        map.add(first, count, is_unwritten);
    }
}

void map_pointers(Mapping& map, ByteView pointers, unsigned level) {
    const std::uint64_t per_block = map.volume.block_bytes() / 4;
    std::uint64_t covered = 1;
    for (unsigned i = 0; i < level; ++i) covered *= per_block;
    for (std::size_t i = 0; i + 4 <= pointers.size() && !map.is_done(); i += 4) {
        --map.steps_left;
        const std::uint32_t pointer = little32(pointers, i);
        if (pointer == 0 || pointer >= map.volume.blocks()) map.add(0, covered, true);
        else if (level == 0) map.add(pointer, 1, false);
        else map_pointers(map, map.source(pointer), level - 1);
    }
}

}  // namespace

ExtInode read_ext_inode(ByteView raw) {
    ExtInode inode;
    inode.mode = little16(raw, 0);
    inode.size_bytes = static_cast<std::uint64_t>(little32(raw, 108)) << 32U | little32(raw, 4);
    inode.accessed = little32(raw, 8);
    inode.changed = little32(raw, 12);
    inode.modified = little32(raw, 16);
    inode.deleted = little32(raw, 20);
    inode.links = little16(raw, 26);
    inode.flags = little32(raw, 32);
    inode.generation = little32(raw, 100);
    if (raw.size() >= 100) std::copy_n(raw.begin() + 40, 60, inode.block.begin());
    // Of a directory the upper half is another field in old versions.
    if (!inode.is_regular()) inode.size_bytes &= 0xffffffff;
    return inode;
}

Result<ExtVolume> ExtVolume::open(RandomBytes& volume) {
    const Bytes super = TRY(volume.bytes(1024, 1024));
    if (little16(super, 56) != 0xef53) return fail(ErrorKind::invalid, "no ext superblock");
    ExtVolume ext(volume);
    const std::uint32_t shift = little32(super, 24);
    const std::uint32_t incompatible = little32(super, 96);
    const bool is_64bit = (incompatible & 0x80) != 0;
    if (shift > 6) return fail(ErrorKind::corrupt, "ext: block size");
    if ((incompatible & 0x10) != 0 || (little32(super, 100) & 0x200) != 0) return fail(ErrorKind::unsupported, "ext: deleted files of this layout (meta_bg, bigalloc)");
    ext.block_bytes_ = 1024U << shift;
    ext.blocks_ = little32(super, 4) | (is_64bit ? static_cast<std::uint64_t>(little32(super, 0x150)) << 32U : 0);
    ext.blocks_ = std::min(ext.blocks_, volume.size_bytes() / ext.block_bytes_);
    ext.inodes_ = little32(super, 0);
    ext.first_block_ = little32(super, 20);
    ext.blocks_per_group_ = little32(super, 32);
    ext.inodes_per_group_ = little32(super, 40);
    if (little32(super, 76) > 0) ext.inode_bytes_ = little16(super, 88);
    ext.journal_inode_ = (little32(super, 92) & 4) != 0 ? little32(super, 0xe0) : 0;
    const bool is_sane = ext.blocks_ > 1 && ext.blocks_ <= blocks_max && ext.first_block_ <= 1 && ext.blocks_per_group_ > 0 &&
                         ext.blocks_per_group_ <= ext.block_bytes_ * 8 && ext.inodes_per_group_ > 0 && ext.inode_bytes_ >= 128 &&
                         ext.inode_bytes_ <= ext.block_bytes_ && ext.inodes_per_group_ <= ext.block_bytes_ * 8;
    if (!is_sane) return fail(ErrorKind::corrupt, "ext: superblock");
    TRY(ext.read_groups(super));
    return ext;
}

Result<void> ExtVolume::read_groups(ByteView super) {
    const bool is_64bit = (little32(super, 96) & 0x80) != 0;
    const std::uint32_t described = is_64bit ? std::max<std::uint32_t>(little16(super, 254), 64) : 32;
    if (described > 1024) return fail(ErrorKind::corrupt, "ext: group descriptors");
    const std::uint64_t groups = (blocks_ - first_block_ + blocks_per_group_ - 1) / blocks_per_group_;
    const Bytes table = TRY(volume_->bytes((first_block_ + 1) * block_bytes_, groups * described));
    std::vector<std::uint64_t> bitmaps;
    for (std::uint64_t group = 0; group < groups; ++group) {
        const ByteView descriptor = ByteView(table).subspan(static_cast<std::size_t>(group * described), described);
        const auto place = [&](std::size_t low, std::size_t high) {
            return little32(descriptor, low) | (is_64bit ? static_cast<std::uint64_t>(little32(descriptor, high)) << 32U : 0);
        };
        bitmaps.push_back(place(0, 0x20));
        inode_tables_.push_back(place(8, 0x28));
    }
    load_bitmaps(bitmaps);
    return {};
}

void ExtVolume::load_bitmaps(const std::vector<std::uint64_t>& places) {
    is_used_.assign(static_cast<std::size_t>(blocks_), true);
    for (std::size_t group = 0; group < places.size(); ++group) {
        const Bytes bits = block(places[group]);
        const std::uint64_t first = first_block_ + group * static_cast<std::uint64_t>(blocks_per_group_);
        for (std::uint64_t i = 0; i < blocks_per_group_ && first + i < blocks_ && i / 8 < bits.size(); ++i) {
            const bool is_used = (std::to_integer<unsigned>(bits[static_cast<std::size_t>(i / 8)]) >> (i % 8) & 1U) != 0;
            is_used_[static_cast<std::size_t>(first + i)] = is_used;
        }
    }
}

bool ExtVolume::is_block_free(std::uint64_t block) const { return block < is_used_.size() && !is_used_[static_cast<std::size_t>(block)]; }

Bytes ExtVolume::block(std::uint64_t number) const {
    if (number >= blocks_) return {};
    auto bytes = volume_->bytes(number * block_bytes_, block_bytes_);
    return bytes ? std::move(*bytes) : Bytes();
}

std::optional<ExtInode> ExtVolume::inode(std::uint32_t number) const {
    if (number == 0 || number > inodes_) return std::nullopt;
    const std::size_t group = (number - 1) / inodes_per_group_;
    if (group >= inode_tables_.size()) return std::nullopt;
    const std::uint64_t at = inode_tables_[group] * block_bytes_ + static_cast<std::uint64_t>((number - 1) % inodes_per_group_) * inode_bytes_;
    const auto raw = volume_->bytes(at, inode_bytes_);
    if (!raw) return std::nullopt;
    return read_ext_inode(*raw);
}

std::optional<std::uint32_t> ExtVolume::first_inode_in(std::uint64_t block) const {
    const std::uint64_t per_block = block_bytes_ / inode_bytes_;
    const std::uint64_t table_blocks = (inodes_per_group_ + per_block - 1) / per_block;
    for (std::size_t group = 0; group < inode_tables_.size(); ++group) {
        if (block < inode_tables_[group] || block - inode_tables_[group] >= table_blocks) continue;
        return static_cast<std::uint32_t>(group * inodes_per_group_ + (block - inode_tables_[group]) * per_block + 1);
    }
    return std::nullopt;
}

std::vector<BlockRun> ExtVolume::runs_of(const ExtInode& inode, std::uint64_t blocks, const BlockSource& source) const {
    Mapping map{*this, source, blocks};
    if (inode.has_inline_data()) return {};
    if (inode.has_extents()) {
        map_extents(map, inode.block, depth_max);
        // What lies after the last extent is a hole.
        if (!map.runs.empty()) map.add(0, blocks - std::min(blocks, map.at), true);
        return std::move(map.runs);
    }
    const ByteView pointers(inode.block);
    map_pointers(map, pointers.first(48), 0);
    for (unsigned level = 1; level <= 3; ++level) map_pointers(map, pointers.subspan(44 + level * 4, 4), level);
    return std::move(map.runs);
}

}  // namespace plumbline::disk
