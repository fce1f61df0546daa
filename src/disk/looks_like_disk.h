// SPDX-License-Identifier: Apache-2.0
// Whether a file is a disk image, from its first bytes, its last and its size: container magics, partition tables, boot
// sectors and superblocks, each checked as far as its fields allow, so that a text or a program is not taken for a disk.
#pragma once
#include <string_view>

#include "base/bytes.h"

namespace plumbline::disk {

inline constexpr std::size_t disk_head_bytes = 68 * 1024;  // of the file's start, or all where it is shorter
inline constexpr std::size_t disk_tail_bytes = 512;        // of its end

// "ewf", "aff", "qcow2", "vmdk", "vhd", "vhdx", "vdi", "udif" (which is named, not read); "gpt", "mbr", "apm", "bsd"; "ntfs",
// "exfat", "fat", "ext", "btrfs", "hfs", "ufs", and "bitlocker", "luks", "apfs", "xfs" (named, not read); empty where it is
// no disk image. ISO 9660 is none here: it is read as an archive.
std::string_view looks_like_disk(ByteView head, ByteView tail, std::uint64_t size_bytes);

}  // namespace plumbline::disk
