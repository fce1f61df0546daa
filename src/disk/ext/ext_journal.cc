// SPDX-License-Identifier: Apache-2.0
// Every block of the log is looked at: a descriptor block names the blocks whose copies follow it. (Linux:
// Documentation/filesystems/ext4/journal.rst; include/linux/jbd2.h. Big-endian.)
#include "disk/ext/ext_journal.h"

#include <algorithm>

namespace plumbline::disk {
namespace {

constexpr std::uint32_t journal_magic = 0xc03b3998;
constexpr std::uint32_t descriptor_block = 1;
constexpr std::uint64_t journal_blocks_max = 4ULL * 1024 * 1024;
enum TagFlag : std::uint32_t { tag_escaped = 1, tag_same_uuid = 2, tag_last = 8 };

struct TagLayout {
    bool is_64bit = false;
    bool has_checksum_v3 = false;
    std::size_t tag_bytes = 8;
};

TagLayout layout_of(ByteView super) {
    const std::uint32_t incompatible = big32(super, 0x28);
    TagLayout layout;
    layout.is_64bit = (incompatible & 2) != 0;
    layout.has_checksum_v3 = (incompatible & 16) != 0;
    if (layout.has_checksum_v3) layout.tag_bytes = 16;
    else layout.tag_bytes = 8 + (layout.is_64bit ? 4U : 0U) + ((incompatible & 8) != 0 ? 2U : 0U);
    return layout;
}

struct Tag {
    std::uint64_t block = 0;
    std::uint32_t flags = 0;
};

Tag read_tag(ByteView bytes, const TagLayout& layout) {
    Tag tag;
    tag.block = big32(bytes, 0);
    // Version 3 has the flags as 32 bits; before, a 16-bit checksum stands in front of 16 bits of flags.
    tag.flags = layout.has_checksum_v3 ? big32(bytes, 4) : big16(bytes, 6);
    if (layout.is_64bit) tag.block |= static_cast<std::uint64_t>(big32(bytes, 8)) << 32U;
    return tag;
}

}  // namespace

ExtJournal ExtJournal::read(const ExtVolume& volume) {
    ExtJournal journal;
    const auto inode = volume.journal_inode() == 0 ? std::nullopt : volume.inode(volume.journal_inode());
    if (!inode) return journal;
    const std::uint64_t count = std::min(inode->size_bytes / volume.block_bytes(), journal_blocks_max);
    std::vector<std::uint64_t> blocks;
    for (const BlockRun& run : volume.runs_of(*inode, count, [&](std::uint64_t block) { return volume.block(block); })) {
        if (run.is_hole) return journal;
        for (std::uint64_t i = 0; i < run.count; ++i) blocks.push_back(run.first + i);
    }
    if (blocks.size() < 2) return journal;
    const Bytes super = volume.block(blocks[0]);
    if (big32(super, 0) != journal_magic) return journal;
    const TagLayout layout = layout_of(super);
    const std::size_t first = std::max<std::size_t>(1, big32(super, 20));
    for (std::size_t i = first; i < blocks.size(); ++i) {
        const Bytes descriptor = volume.block(blocks[i]);
        if (big32(descriptor, 0) != journal_magic || big32(descriptor, 4) != descriptor_block) continue;
        std::size_t at = 12;
        std::size_t copy = i;
        while (at + layout.tag_bytes <= descriptor.size()) {
            const Tag tag = read_tag(ByteView(descriptor).subspan(at), layout);
            at += layout.tag_bytes + ((tag.flags & tag_same_uuid) != 0 ? 0U : 16U);
            // The log is a ring.
            copy = copy + 1 < blocks.size() ? copy + 1 : first;
            if (tag.block < volume.blocks()) {
                journal.copies_[tag.block].push_back({big32(descriptor, 8), blocks[copy], (tag.flags & tag_escaped) != 0});
            }
            if ((tag.flags & tag_last) != 0) break;
        }
    }
    for (auto& [block, copies] : journal.copies_) {
        std::stable_sort(copies.begin(), copies.end(), [](const JournalCopy& a, const JournalCopy& b) { return a.sequence < b.sequence; });
    }
    return journal;
}

Bytes ExtJournal::bytes_of(const ExtVolume& volume, const JournalCopy& copy) const {
    Bytes bytes = volume.block(copy.place);
    if (copy.is_escaped && bytes.size() >= 4) {
        const Bytes magic{std::byte{0xc0}, std::byte{0x3b}, std::byte{0x39}, std::byte{0x98}};
        std::copy(magic.begin(), magic.end(), bytes.begin());
    }
    return bytes;
}

}  // namespace plumbline::disk
