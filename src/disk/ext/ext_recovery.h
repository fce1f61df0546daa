// SPDX-License-Identifier: Apache-2.0
// Deleted files of ext2, ext3 and ext4. Linux empties an inode when its file is deleted, so that nothing leads from it to
// the blocks; three things do that it leaves behind, and they are asked in this order:
// 1. the journal (ext3, ext4), which may hold the inode as it was: the file's size and blocks, exactly;
// 2. blocks of pointers in free space (ext2, ext3): all blocks, and the size as its format says it;
// 3. for small files without either, a known first block in free space, and the end as its format says it.
// What 2 and 3 give has the flag `guessed`. Names come from directory blocks in the journal and in free space; a name whose
// content was not found is listed without runs.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "disk/file_map.h"
#include "disk/random_bytes.h"

namespace plumbline::disk {

struct ExtRecovery {
    std::uint64_t volume_offset = 0;
    std::uint64_t volume_bytes = 0;
    std::uint32_t volume_number = 0;
    std::map<std::uint64_t, std::string> directories{};           // inode to path, of directories that are known already
    std::uint64_t scan_bytes_max = 64ULL * 1024 * 1024 * 1024;    // of free space
};
// False from `found` stops it. What could not be looked at is returned in words.
Result<std::vector<std::string>> recover_ext(RandomBytes& image, const ExtRecovery& how, const std::function<bool(const FileEntry&)>& found);

}  // namespace plumbline::disk
