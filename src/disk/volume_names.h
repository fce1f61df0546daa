// SPDX-License-Identifier: Apache-2.0
// Names what stands at the start of a volume by its magic: file systems that are read by no library here, encrypted ones.
#pragma once
#include <string>

#include "disk/random_bytes.h"

namespace plumbline::disk {

inline constexpr std::size_t volume_head_bytes = 68 * 1024 + 512;  // what name_of_volume looks at

// "LUKS", "BitLocker", "APFS", "XFS", "swap", "LVM2", ...; empty where it is none of these. Never "btrfs" or a file system
// that is opened.
std::string name_of_volume(ByteView head);
// The btrfs superblock's magic stands at 65,600 (btrfs on-disk format, superblock).
bool is_btrfs(ByteView head);

}  // namespace plumbline::disk
