// SPDX-License-Identifier: Apache-2.0
// Superblock at 64 KiB; it holds the chunks of the chunk tree, which holds all chunks, which place all else.
#include "disk/btrfs/btrfs_tree.h"

#include <algorithm>
#include <array>

namespace plumbline::disk {
namespace {

constexpr std::uint64_t super_place = 64 * 1024;
constexpr std::uint8_t chunk_item = 228;
constexpr std::uint64_t chunk_tree = 3;
constexpr std::uint64_t address_max = 1ULL << 60U;
constexpr std::uint64_t chunk_is_system_or_metadata = 2 | 4;
constexpr std::uint64_t chunk_is_striped = 8 | 64 | 128 | 256;  // RAID0, 10, 5, 6
constexpr std::size_t header_bytes = 101;
constexpr std::size_t item_bytes = 25;
constexpr std::size_t pointer_bytes = 33;
constexpr std::size_t nodes_max = 4'000'000;
constexpr std::size_t chunks_max = 1'000'000;
constexpr unsigned depth_max = 8;

BtrfsKey read_key(ByteView bytes, std::size_t at) {
    return {little64(bytes, at), at + 8 < bytes.size() ? std::to_integer<std::uint8_t>(bytes[at + 8]) : std::uint8_t{0}, little64(bytes, at + 9)};
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? 0x82f63b78U : 0U);
        table[i] = value;
    }
    return table;
}
constexpr auto crc_table = make_crc_table();

}  // namespace

std::uint32_t crc32c(ByteView bytes) {
    std::uint32_t value = 0xffffffff;
    for (const std::byte b : bytes) value = (value >> 8U) ^ crc_table[(value ^ std::to_integer<std::uint32_t>(b)) & 0xffU];
    return ~value;
}

Result<BtrfsTrees> BtrfsTrees::open(RandomBytes& volume) {
    const Bytes super = TRY(volume.bytes(super_place, 4096));
    if (!has_at(super, 64, "_BHRfS_M")) return fail(ErrorKind::invalid, "no btrfs superblock");
    BtrfsTrees trees(volume);
    const bool has_metadata_id = (little64(super, 0xbc) & 0x400) != 0;
    trees.identity_ = to_bytes(ByteView(super).subspan(has_metadata_id ? 0x23b : 32, 16));
    trees.root_tree_ = little64(super, 0x50);
    trees.sector_bytes_ = little32(super, 0x90);
    trees.node_bytes_ = little32(super, 0x94);
    trees.checksum_type_ = little16(super, 0xc4);
    trees.device_ = little64(super, 0xc9);
    const std::string_view label = text_of(ByteView(super).subspan(0x12b, 0x100));
    trees.label_ = std::string(label.substr(0, label.find('\0')));
    const auto is_power = [](std::uint32_t value) { return value >= 4096 && value <= 65536 && (value & (value - 1)) == 0; };
    if (!is_power(trees.node_bytes_) || !is_power(trees.sector_bytes_)) return fail(ErrorKind::corrupt, "btrfs: node or sector size");
    const std::uint32_t array_bytes = little32(super, 0xa0);
    if (array_bytes > 2048) return fail(ErrorKind::corrupt, "btrfs: system chunks");
    TRY(trees.read_system_chunks(ByteView(super).subspan(0x32b, array_bytes)));
    Result<void> added;
    trees.walk(little64(super, 0x58), [&](const BtrfsLeaf& leaf) {
        for (const BtrfsItem& item : leaf.items) {
            if (item.key.type == chunk_item && added) added = trees.add_chunk(item.key.offset, item.data);
        }
        return added.has_value();
    });
    TRY(std::move(added));
    trees.learn_old_chunks();
    return trees;
}

Result<void> BtrfsTrees::read_system_chunks(ByteView array) {
    std::size_t at = 0;
    while (at + 17 + 48 + 32 <= array.size()) {
        const BtrfsKey key = read_key(array, at);
        const std::size_t stripes = little16(array, at + 17 + 44);
        const std::size_t size = 48 + stripes * 32;
        if (key.type != chunk_item || stripes == 0 || size > array.size() - at - 17) return fail(ErrorKind::corrupt, "btrfs: system chunks");
        TRY(add_chunk(key.offset, array.subspan(at + 17, size)));
        at += 17 + size;
    }
    return {};
}

Result<void> BtrfsTrees::add_chunk(std::uint64_t logical, ByteView item) {
    Chunk chunk{logical, little64(item, 0), little64(item, 24), 0};
    const std::size_t stripes = little16(item, 44);
    if (item.size() < 48 || stripes == 0 || stripes > (item.size() - 48) / 32 || chunks_.size() >= chunks_max) return fail(ErrorKind::corrupt, "btrfs: a chunk");
    if ((chunk.type & chunk_is_striped) != 0) return fail(ErrorKind::unsupported, "btrfs over striped devices");
    for (const Chunk& known : chunks_) {
        if (known.logical == logical) return {};
    }
    // Copies are equal; any that lies on this device will do.
    for (std::size_t i = 0; i < stripes; ++i) {
        if (little64(item, 48 + i * 32) != device_) continue;
        chunk.place = little64(item, 48 + i * 32 + 8);
        if (std::max({chunk.logical, chunk.length, chunk.place}) > address_max) return fail(ErrorKind::corrupt, "btrfs: a chunk's place");
        chunks_.push_back(chunk);
        break;
    }
    return {};
}

std::optional<std::uint64_t> BtrfsTrees::place_of(std::uint64_t logical, std::uint64_t length) const {
    for (const Chunk& chunk : chunks_) {
        if (logical < chunk.logical || logical - chunk.logical >= chunk.length) continue;
        const std::uint64_t inside = logical - chunk.logical;
        if (length > chunk.length - inside || chunk.place > UINT64_MAX / 2) return std::nullopt;
        return chunk.place + inside;
    }
    return std::nullopt;
}

bool BtrfsTrees::is_node(ByteView bytes, std::uint64_t logical) const {
    if (bytes.size() < header_bytes || text_of(bytes.subspan(32, 16)) != text_of(identity_) || little64(bytes, 48) != logical) return false;
    return checksum_type_ != 0 || crc32c(bytes.subspan(32)) == little32(bytes, 0);
}

std::optional<Bytes> BtrfsTrees::node(std::uint64_t logical) const {
    const auto place = place_of(logical, node_bytes_);
    if (!place) return std::nullopt;
    auto bytes = volume_->bytes(*place, node_bytes_);
    if (!bytes || !is_node(*bytes, logical)) return std::nullopt;
    return std::move(*bytes);
}

BtrfsLeaf BtrfsTrees::leaf(ByteView bytes, std::uint64_t logical) const {
    BtrfsLeaf leaf{logical, little64(bytes, 80), little64(bytes, 88), {}};
    const std::uint64_t place = place_of(logical, node_bytes_).value_or(0);
    const std::size_t count = std::min<std::size_t>(little32(bytes, 96), (bytes.size() - header_bytes) / item_bytes);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = header_bytes + i * item_bytes;
        const std::size_t offset = header_bytes + static_cast<std::size_t>(little32(bytes, at + 17));
        const std::size_t size = little32(bytes, at + 21);
        if (offset > bytes.size() || size > bytes.size() - offset) continue;
        leaf.items.push_back({read_key(bytes, at), bytes.subspan(offset, size), place + offset});
    }
    return leaf;
}

bool BtrfsTrees::walk_node(std::uint64_t logical, unsigned depth_left, const std::function<bool(const BtrfsLeaf&)>& visit) {
    // Bounded by depth: each step down leaves at most as many levels as the node says, so a loop ends.
    const auto bytes = node(logical);
    if (!bytes || depth_left == 0 || visited_.size() >= nodes_max) {
        ++damaged_;
        return true;
    }
    visited_.insert(logical);
    const unsigned level = std::to_integer<unsigned>((*bytes)[100]);
    if (level == 0) return visit(leaf(*bytes, logical));
    const std::size_t count = std::min<std::size_t>(little32(*bytes, 96), (bytes->size() - header_bytes) / pointer_bytes);
    for (std::size_t i = 0; i < count; ++i) {
        if (!walk_node(little64(*bytes, header_bytes + i * pointer_bytes + 17), std::min(depth_left - 1, level), visit)) return false;
    }
    return true;
}

void BtrfsTrees::walk(std::uint64_t root, const std::function<bool(const BtrfsLeaf&)>& visit) { walk_node(root, depth_max, visit); }

void BtrfsTrees::learn_old_chunks() {
    std::vector<std::pair<std::uint64_t, Bytes>> old;
    walk_left_behind([&](const BtrfsLeaf& leaf) {
        for (const BtrfsItem& item : leaf.items) {
            if (leaf.owner == chunk_tree && item.key.type == chunk_item) old.emplace_back(item.key.offset, to_bytes(item.data));
        }
        return old.size() < chunks_max;
    });
    const std::size_t known = chunks_.size();
    for (const auto& entry : old) {
        const std::uint64_t logical = entry.first;
        const Bytes& item = entry.second;
        const std::uint64_t end = logical + little64(item, 0);
        const bool is_beside = end > logical && std::none_of(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(known), [&](const Chunk& chunk) {
            return logical < chunk.logical + chunk.length && chunk.logical < end;
        });
        // One that makes no sense is left out.
        if (is_beside) static_cast<void>(add_chunk(logical, item));
    }
}

void BtrfsTrees::walk_left_behind(const std::function<bool(const BtrfsLeaf&)>& visit) const {
    for (const Chunk& chunk : chunks_) {
        if ((chunk.type & chunk_is_system_or_metadata) == 0) continue;
        for (std::uint64_t at = 0; at + node_bytes_ <= chunk.length; at += node_bytes_) {
            const std::uint64_t logical = chunk.logical + at;
            if (chunk.place + at + node_bytes_ > volume_->size_bytes()) break;
            if (visited_.contains(logical)) continue;
            const auto bytes = node(logical);
            if (bytes && (*bytes)[100] == std::byte{0} && !visit(leaf(*bytes, logical))) return;
        }
    }
}

}  // namespace plumbline::disk
