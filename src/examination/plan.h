// SPDX-License-Identifier: Apache-2.0
// Cuts a list of files into pieces of work: small files go together, a large file of text, mails or unknown bytes goes in
// stretches, any other file whole. The cut depends on the files alone, never on the number of threads or on time, so that
// the same files give the same pieces in the same order; an examination that was stopped goes on at a piece's number.
// One thread at a time.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "examination/disk_map.h"
#include "examination/file_list.h"

namespace plumbline::examination {

enum class WorkKind : std::uint8_t { small_files, whole_file, stretch, disk_part };

struct Work {
    WorkKind kind = WorkKind::small_files;
    std::uint64_t number = 0;        // counts from 0
    std::size_t first_file = 0;      // in the list
    std::size_t files = 1;           // of small_files
    std::uint64_t begin = 0;         // of a stretch: before it is moved to safe cuts
    std::uint64_t end = 0;
    std::string read_as;             // of a stretch: "text", "unknown", "mbox"
    std::uint64_t bytes = 0;         // that this piece stands for, for progress
    DiskWork disk;                   // of a disk_part
    std::string note;                // what is to be said of the file with this piece: why it is not read as what it is
};

struct PlanOptions {
    std::uint64_t small_file_bytes_max = 64 * 1024;
    std::uint64_t small_files_bytes_max = 512 * 1024;  // of one piece
    std::size_t small_files_max = 64;                  // of one piece
    std::uint64_t whole_file_bytes_max = 8ULL * 1024 * 1024;         // a file up to this size goes whole, whatever it is
    std::uint64_t structured_bytes_max = 256ULL * 1024 * 1024;       // a mail or page over it is read as text, in stretches
    std::uint64_t stretch_bytes = 4ULL * 1024 * 1024;                // read with a margin on either side
    std::uint64_t mailbox_stretch_bytes = 1ULL * 1024 * 1024;        // cut between mails, without a margin
};

// What a large file is, by its content: a format's name. An error is taken as "unknown": the piece itself will name it.
using FormatOf = std::function<Result<std::string>(const FileEntry& file)>;

// The map of a file whose format is "disk".
using MapOf = std::function<Result<DiskMap>(const FileEntry& file)>;

class Plan {
  public:
    Plan(const std::vector<FileEntry>& files, const PlanOptions& options, FormatOf format_of, MapOf map_of = {})
        : files_(files), options_(options), format_of_(std::move(format_of)), map_of_(std::move(map_of)) {}
    // Nothing when all files are given out.
    std::optional<Work> next();

  private:
    Work whole(std::size_t file) const;
    Work next_stretch();
    Work next_disk_part();
    Work next_large();

    const std::vector<FileEntry>& files_;
    const PlanOptions options_;
    const FormatOf format_of_;
    const MapOf map_of_;
    std::size_t file_ = 0;
    std::uint64_t number_ = 0;
    std::uint64_t stretch_at_ = 0;      // of files_[file_], where it goes in stretches
    std::string stretch_read_as_;       // empty where no file is under way
    std::string note_;
    std::optional<DiskMap> disk_;       // of files_[file_], where it is one
    std::size_t disk_part_ = 0;
};

}  // namespace plumbline::examination
