// SPDX-License-Identifier: Apache-2.0
// The files of one volume as The Sleuth Kit finds them: named, deleted, and orphaned ones, each content with its runs.
#pragma once
#include <map>

#include "disk/file_map.h"
#include "disk_program/answer.h"
#include "disk_program/tsk_image.h"

namespace plumbline::disk_program {

struct TskVolume {
    TSK_FS_INFO& files;
    disk::RandomBytes& image;
    std::uint32_t number;   // in the answer
};
// "ntfs", "ext4", "fat32", ...
std::string file_system_name(const TSK_FS_INFO& files);
// To the answer until it is full; what the library could not read becomes a trouble. Gives the directories that it met, by
// their metadata address.
std::map<std::uint64_t, std::string> list_files(const TskVolume& volume, Answer& answer);
bool has_file(TSK_FS_INFO& files, const disk::ReadItem& item);
// The content that `item` names, in stretches; a trouble where it cannot be read.
void read_file(TSK_FS_INFO& files, const disk::ReadItem& item, std::uint32_t number, Answer& answer);

}  // namespace plumbline::disk_program
