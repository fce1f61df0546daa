// SPDX-License-Identifier: Apache-2.0
// What deleted files leave in the free blocks of an ext volume: blocks of pointers (ext2, ext3), blocks of directory entries,
// and small files that need no pointer block.
#pragma once
#include <map>
#include <string>

#include "disk/ext/ext_volume.h"

namespace plumbline::disk {

struct DirectoryName {
    std::uint32_t inode = 0;
    std::string name;
    bool is_directory = false;
};
struct DirectoryBlock {
    std::uint32_t itself = 0;    // the inode of the directory, from its "." entry; 0 in a later block of a directory
    std::uint32_t parent = 0;
    std::vector<DirectoryName> names;
};
// Nothing where the bytes are no block of directory entries. Entries that are skipped over (deleted ones) count too.
std::optional<DirectoryBlock> read_directory_block(ByteView bytes, std::uint32_t inodes);

struct Chain {
    std::vector<std::uint64_t> blocks;  // of the file, in order
};
struct FreeSpace {
    std::vector<DirectoryBlock> directories;
    std::vector<Chain> chains;               // with pointer blocks
    std::vector<std::uint64_t> heads;        // blocks that start like a file, or end in zeros after text, and are in no chain
    bool is_cut = false;                     // more free blocks than scan_bytes_max
};
FreeSpace look_at_free_space(const ExtVolume& volume, std::uint64_t scan_bytes_max);

}  // namespace plumbline::disk
