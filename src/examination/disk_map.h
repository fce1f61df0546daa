// SPDX-License-Identifier: Apache-2.0
// What there is to read on a disk image: its files, and the stretches that no file holds (free space, slack, the file
// systems' own structures), so that every byte is read once. Made from the answer of plumbline-disk (disk/ask.h).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "disk/ask.h"
#include "evidence/stretch.h"
#include "model/indicator.h"

namespace plumbline::examination {

struct DiskFile {
    disk::FileEntry entry;
    std::uint64_t volume_at = 0;     // its volume's first byte in the linear image
    std::string token;               // its step in a forensic path: "fs:57.0/Users/jo/a.txt"
    bool is_deleted() const { return entry.is(disk::file_is_deleted); }
};
// Pieces of the image in the order of their places: a stretch that no file holds, or some files of one volume.
struct DiskPart {
    bool is_files = false;
    std::uint64_t begin = 0;         // of a stretch, in the linear image: before safe cuts
    std::uint64_t end = 0;
    evidence::Range whole;           // the whole stretch that it is a part of
    std::size_t first_file = 0;      // of files
    std::size_t files = 0;
    std::uint64_t bytes = 0;
};
struct DiskMap {
    std::string container;           // "raw", "ewf", "qcow2" ...
    std::uint64_t image_bytes = 0;
    std::vector<disk::Volume> volumes;
    std::vector<DiskFile> files;     // by volume, then by token
    std::vector<DiskPart> parts;
    std::vector<Unread> unread;      // volumes and files that were not opened, and why
};
// Of the places on the disk that a container holds: "0-ewf-"; empty for a raw image.
std::string disk_path_prefix(std::string_view container);

// One part with all that it takes to read it.
struct DiskWork {
    std::string container;
    DiskPart part;
    std::vector<DiskFile> files;
    std::vector<Unread> unread;      // of the whole image, with its first part
};
// Moves the part's files out of the map; each part can be taken once.
DiskWork take_part(DiskMap& map, std::size_t part);

struct DiskMapOptions {
    std::uint64_t files_max = 1'000'000;
    std::uint64_t file_bytes_max = 64ULL * 1024 * 1024;  // a larger file is read as a part of the image, and named
    std::size_t files_of_part_max = 64;
    std::uint64_t part_bytes_max = 8ULL * 1024 * 1024;
    std::uint64_t stretch_bytes = 4ULL * 1024 * 1024;
};
// `files`: the image's open file, or its segments in order. Errors are those of disk::ask_list.
Result<DiskMap> map_disk(const std::vector<int>& files, const DiskMapOptions& options);

// The step's token, read back: metadata address and stream. Nothing where it is none.
struct DiskFileId {
    std::uint64_t meta = 0;
    std::uint32_t stream = 0;
};
std::optional<DiskFileId> disk_file_of(std::string_view argument);

}  // namespace plumbline::examination
