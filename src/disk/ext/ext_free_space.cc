// SPDX-License-Identifier: Apache-2.0
// When a file is deleted, Linux clears the pointers in its inode but leaves the blocks of pointers as they were. A chain is
// put together again from the single indirect block, which covers the file from its 13th block on: the twelve before it
// stand in front of the first that it names; the double indirect block is the nearest after it.
#include "disk/ext/ext_free_space.h"

#include <algorithm>
#include <set>

#include "disk/content_end.h"

namespace plumbline::disk {
namespace {

constexpr std::size_t direct_blocks = 12;
constexpr std::size_t pointer_blocks_max = 1'000'000;
constexpr std::size_t heads_max = 100'000;
constexpr std::uint64_t chained_blocks_max = 16'000'000;

struct PointerBlock {
    std::vector<std::uint32_t> pointers;
    unsigned level = 0;      // 0: names data
    bool is_named = false;   // by another pointer block
    bool is_full = false;
};
using PointerBlocks = std::map<std::uint64_t, PointerBlock>;

// Numbers of free blocks, all different, most one after the other, then zeros.
std::optional<PointerBlock> read_pointers(const ExtVolume& volume, ByteView bytes) {
    PointerBlock block;
    const std::size_t count = bytes.size() / 4;
    std::size_t in_a_row = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t pointer = little32(bytes, i * 4);
        if (pointer == 0) break;
        if (pointer >= volume.blocks() || !volume.is_block_free(pointer)) return std::nullopt;
        if (!block.pointers.empty() && pointer == block.pointers.back() + 1) ++in_a_row;
        block.pointers.push_back(pointer);
    }
    const std::size_t used = block.pointers.size();
    if (used == 0 || (used > 1 && in_a_row * 2 < used - 1)) return std::nullopt;
    const bool ends_in_zeros = std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(used * 4), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
    if (!ends_in_zeros) return std::nullopt;
    auto sorted = block.pointers;
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
    block.is_full = used == count;
    return block;
}

// A block whose pointers all lead to pointer blocks is one level above them.
void find_levels(PointerBlocks& blocks) {
    for (unsigned level = 1; level <= 2; ++level) {
        for (auto& entry : blocks) {
            const std::uint64_t number = entry.first;
            PointerBlock& block = entry.second;
            if (block.level != level - 1) continue;
            const bool is_above = std::all_of(block.pointers.begin(), block.pointers.end(), [&](std::uint32_t pointer) {
                const auto child = blocks.find(pointer);
                return child != blocks.end() && pointer != number && child->second.level == level - 1;
            });
            if (is_above) block.level = level;
        }
    }
    for (const auto& [number, block] : blocks) {
        if (block.level == 0) continue;
        for (const std::uint32_t pointer : block.pointers) blocks.at(pointer).is_named = true;
    }
}

// `left` bounds all chains together: hostile pointer blocks may name the same children again and again.
void append_leaves(const PointerBlocks& blocks, const PointerBlock& block, std::vector<std::uint64_t>& out, std::uint64_t& left) {
    for (const std::uint32_t pointer : block.pointers) {
        if (left == 0) return;
        --left;
        const auto child = block.level > 0 ? blocks.find(pointer) : blocks.end();
        if (block.level > 0 && child != blocks.end() && child->second.level < block.level) append_leaves(blocks, child->second, out, left);
        else if (block.level == 0) out.push_back(pointer);
    }
}

const PointerBlock* nearest_after(const PointerBlocks& blocks, std::uint64_t number, unsigned level, std::set<std::uint64_t>& taken) {
    for (auto next = blocks.upper_bound(number); next != blocks.end(); ++next) {
        if (next->second.level != level || next->second.is_named || taken.contains(next->first)) continue;
        taken.insert(next->first);
        return &next->second;
    }
    return nullptr;
}

// The twelve blocks in front; where the pointer block itself stands in between (older systems), those before it.
bool add_direct_blocks(const ExtVolume& volume, const PointerBlocks& blocks, std::uint64_t number, std::uint64_t first, std::vector<std::uint64_t>& out) {
    const std::uint64_t end = number + 1 == first ? number : first;
    if (end < direct_blocks) return false;
    for (std::uint64_t block = end - direct_blocks; block < end; ++block) {
        if (!volume.is_block_free(block) || blocks.contains(block)) return false;
        out.push_back(block);
    }
    return true;
}

std::vector<Chain> build_chains(const ExtVolume& volume, const PointerBlocks& blocks) {
    std::vector<Chain> chains;
    std::set<std::uint64_t> taken;
    std::uint64_t left = chained_blocks_max;
    for (const auto& [number, block] : blocks) {
        if (block.level != 0 || block.is_named) continue;
        if (left == 0) break;
        Chain chain;
        if (!add_direct_blocks(volume, blocks, number, block.pointers.front(), chain.blocks)) continue;
        append_leaves(blocks, block, chain.blocks, left);
        if (block.is_full) {
            const PointerBlock* above = nearest_after(blocks, number, 1, taken);
            if (above != nullptr) append_leaves(blocks, *above, chain.blocks, left);
            if (above != nullptr && above->is_full) {
                const PointerBlock* top = nearest_after(blocks, number, 2, taken);
                if (top != nullptr) append_leaves(blocks, *top, chain.blocks, left);
            }
        }
        chains.push_back(std::move(chain));
    }
    return chains;
}

bool starts_like_a_file(ByteView block) {
    return !extension_of(block.first(std::min<std::size_t>(block.size(), 64))).empty() || length_by_format(block).has_value();
}

}  // namespace

std::optional<DirectoryBlock> read_directory_block(ByteView bytes, std::uint32_t inodes) {
    DirectoryBlock block;
    std::size_t at = 0;
    // Entries of inode, record length, name length, type, name; padded to four bytes. A deleted one lies in the record before it.
    std::size_t record_end = 0;
    while (at + 8 <= bytes.size()) {
        const std::uint32_t inode = little32(bytes, at);
        const std::size_t record = little16(bytes, at + 4);
        const std::size_t name = std::to_integer<std::size_t>(bytes[at + 6]);
        const unsigned type = std::to_integer<unsigned>(bytes[at + 7]);
        const std::size_t needed = (8 + name + 3) / 4 * 4;
        const bool is_live = at == record_end;
        const bool is_sane = record >= needed && record % 4 == 0 && at + record <= bytes.size() && inode <= inodes;
        if (is_live && !is_sane) {
            if (block.itself == 0) return std::nullopt;
            break;
        }
        if (is_live) record_end = at + record;
        if (is_sane && name > 0 && inode > 0 && type <= 7) {
            std::string text(text_of(bytes.subspan(at + 8, name)));
            const bool is_clean = text.find('\0') == std::string::npos && text.find('/') == std::string::npos;
            if (text == ".") block.itself = inode;
            else if (text == "..") block.parent = inode;
            else if (is_clean) block.names.push_back({inode, std::move(text), type == 2});
            at += needed;
        } else {
            at = is_live && name > 0 ? at + needed : is_live ? record_end : at + 4;
        }
        if (at >= bytes.size()) break;
    }
    const bool is_first = block.itself != 0 && block.parent != 0 && little16(bytes, 4) == 12;
    if (!is_first) return std::nullopt;
    return block;
}

FreeSpace look_at_free_space(const ExtVolume& volume, std::uint64_t scan_bytes_max) {
    FreeSpace found;
    PointerBlocks pointers;
    std::vector<std::uint64_t> heads;
    std::uint64_t looked_at = 0;
    for (std::uint64_t number = 1; number < volume.blocks(); ++number) {
        if (!volume.is_block_free(number)) continue;
        looked_at += volume.block_bytes();
        if (looked_at > scan_bytes_max) {
            found.is_cut = true;
            break;
        }
        const Bytes bytes = volume.block(number);
        if (bytes.empty()) break;
        if (auto directory = read_directory_block(bytes, volume.inodes())) found.directories.push_back(std::move(*directory));
        else if (auto block = pointers.size() < pointer_blocks_max ? read_pointers(volume, bytes) : std::nullopt) pointers.emplace(number, std::move(*block));
        else if (heads.size() < heads_max && starts_like_a_file(bytes)) heads.push_back(number);
    }
    find_levels(pointers);
    found.chains = build_chains(volume, pointers);
    std::vector<bool> in_chain(static_cast<std::size_t>(volume.blocks()));
    for (const Chain& chain : found.chains) {
        for (const std::uint64_t block : chain.blocks) in_chain[static_cast<std::size_t>(block)] = true;
    }
    for (const std::uint64_t head : heads) {
        if (!in_chain[static_cast<std::size_t>(head)]) found.heads.push_back(head);
    }
    return found;
}

}  // namespace plumbline::disk
