// SPDX-License-Identifier: Apache-2.0
// Where the bytes of one attribute (the library's word for a stream of content) stand in the image.
#pragma once
#include <optional>

#include "disk/file_map.h"
#include "disk_program/tsk_files.h"

namespace plumbline::disk_program {

// Of a non-resident attribute: bytes and zero runs that sum up to its size, then slack. Empty where nothing of it is left.
std::vector<disk::Run> runs_of(const TskVolume& volume, const TSK_FS_ATTR& attribute);
// Of resident NTFS attributes: they stand inside their MFT record, around the two bytes at the end of each sector that the
// record keeps elsewhere.
class ResidentPlaces {
  public:
    explicit ResidentPlaces(const TskVolume& volume);
    // Nothing where it is not found there; what is given was compared with what the library read.
    std::optional<std::vector<disk::Run>> find(const TSK_FS_ATTR& attribute, std::uint64_t record) const;

  private:
    const TskVolume& volume_;
    std::uint64_t record_bytes_ = 0;  // 0: no NTFS, or no table
    std::vector<disk::Run> table_;
};

}  // namespace plumbline::disk_program
