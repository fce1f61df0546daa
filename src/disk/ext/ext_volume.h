// SPDX-License-Identifier: Apache-2.0
// As much of an ext2, ext3 or ext4 volume as it takes to find what was deleted there: where inodes and bitmaps stand, and
// which blocks an inode names. Offsets in blocks of the volume. (Linux: Documentation/filesystems/ext4.)
#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "disk/random_bytes.h"

namespace plumbline::disk {

struct ExtInode {
    std::uint16_t mode = 0;
    std::uint16_t links = 0;
    std::uint64_t size_bytes = 0;
    std::uint32_t accessed = 0;
    std::uint32_t changed = 0;
    std::uint32_t modified = 0;
    std::uint32_t deleted = 0;
    std::uint32_t flags = 0;
    std::uint32_t generation = 0;
    ByteArray<60> block{};
    bool is_regular() const { return (mode & 0xf000) == 0x8000; }
    bool is_directory() const { return (mode & 0xf000) == 0x4000; }
    bool has_extents() const { return (flags & 0x80000) != 0; }
    bool has_inline_data() const { return (flags & 0x10000000) != 0; }
};
ExtInode read_ext_inode(ByteView raw);

struct BlockRun {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    bool is_hole = false;
};
// Gives a block's bytes; empty where there are none.
using BlockSource = std::function<Bytes(std::uint64_t block)>;

class ExtVolume {
  public:
    // `volume` outlives it. unsupported: layouts that are not known (bigalloc, meta_bg); corrupt: numbers out of range.
    static Result<ExtVolume> open(RandomBytes& volume);
    std::uint32_t block_bytes() const { return block_bytes_; }
    std::uint64_t blocks() const { return blocks_; }
    std::uint32_t inodes() const { return inodes_; }
    std::uint32_t inode_bytes() const { return inode_bytes_; }
    std::uint32_t journal_inode() const { return journal_inode_; }
    bool is_block_free(std::uint64_t block) const;
    Bytes block(std::uint64_t number) const;
    std::optional<ExtInode> inode(std::uint32_t number) const;
    // The first inode in this block of an inode table; nothing where the block is no part of one.
    std::optional<std::uint32_t> first_inode_in(std::uint64_t block) const;
    // The blocks of a file of `blocks` blocks, holes too, in order. Blocks that hold pointers are taken from `source`, so that
    // an older state can be read. Stops early at what makes no sense.
    std::vector<BlockRun> runs_of(const ExtInode& inode, std::uint64_t blocks, const BlockSource& source) const;

  private:
    explicit ExtVolume(RandomBytes& volume) : volume_(&volume) {}
    Result<void> read_groups(ByteView super);
    void load_bitmaps(const std::vector<std::uint64_t>& places);

    RandomBytes* volume_;
    std::uint32_t block_bytes_ = 0;
    std::uint64_t blocks_ = 0;
    std::uint32_t inodes_ = 0;
    std::uint32_t inode_bytes_ = 128;
    std::uint32_t inodes_per_group_ = 0;
    std::uint32_t blocks_per_group_ = 0;
    std::uint64_t first_block_ = 0;
    std::uint32_t journal_inode_ = 0;
    std::vector<std::uint64_t> inode_tables_;
    std::vector<bool> is_used_;
};

}  // namespace plumbline::disk
