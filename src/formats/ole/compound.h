// SPDX-License-Identifier: Apache-2.0
// Compound files ([MS-CFB]): a small file system in a file. Sectors are chained by a table (FAT), small streams lie in a
// stream of their own with a table of its own (mini FAT), names stand in a directory tree. Written for damage: every chain
// is bounded by the file, a loop or a sector that is not there ends it and is named, and streams that the tree has lost are
// found too. A stream is given with its runs, since its bytes stand unchanged in the file.
#pragma once
#include <vector>

#include "formats/format.h"

namespace plumbline::formats {

// [at, at + size) of a stream stands at `source_at` of the file.
struct SourceRun {
    std::uint64_t at = 0;
    std::uint64_t source_at = 0;
    std::uint64_t size = 0;
};

struct CompoundStream {
    Bytes bytes;
    std::vector<SourceRun> runs;
    std::string damage;  // empty, or why the bytes are not all
};

struct CompoundEntry {
    std::uint32_t id = 0;      // place in the directory, as in the forensic path
    std::uint32_t parent = 0;  // the storage that holds it; its own id where the tree has lost it
    bool is_storage = false;
    bool is_lost = false;
    std::string name;          // UTF-8
    std::string path;          // of storages and the name, with '/'; the start where it is over 500 bytes
    std::uint32_t start = 0;   // first sector
    std::uint64_t size = 0;
};

// Holds a view of the file: the bytes must outlive it. No thread rules.
class CompoundFile {
  public:
    // corrupt: no directory could be read. Other damage is in damage().
    static Result<CompoundFile> read(ByteView bytes, Budget& budget);

    const std::vector<CompoundEntry>& entries() const { return entries_; }  // by id; free entries are left out
    const CompoundEntry* find(std::uint32_t id) const;
    const CompoundEntry* find(std::uint32_t storage, std::string_view name) const;  // letters of either case
    std::vector<const CompoundEntry*> children(std::uint32_t storage) const;        // by id
    bool is_small(const CompoundEntry& entry) const { return entry.size < cutoff_; }  // kept in the stream of small streams
    const std::vector<std::string>& damage() const { return damage_; }
    // Sectors of tables and directory, as [begin, end) of the file.
    const std::vector<std::pair<std::uint64_t, std::uint64_t>>& structure() const { return structure_; }

    CompoundStream stream(const CompoundEntry& entry, Budget& budget) const;

  private:
    explicit CompoundFile(ByteView bytes) : bytes_(bytes) {}
    bool read_header();
    void read_fat();
    Result<void> read_directory(Budget& budget);
    void name_entries();
    std::vector<std::uint32_t> chain_of_unknown_size(std::uint32_t start, std::string_view what);
    std::uint64_t offset_of(std::uint32_t sector) const { return (static_cast<std::uint64_t>(sector) + 1) << shift_; }
    bool is_there(std::uint32_t sector) const { return sector < sector_count_; }

    ByteView bytes_;
    unsigned shift_ = 9;
    unsigned mini_shift_ = 6;
    std::uint64_t cutoff_ = 4096;
    std::uint64_t sector_count_ = 0;
    std::vector<std::uint32_t> fat_;
    std::vector<std::uint32_t> mini_fat_;
    std::vector<std::uint32_t> mini_sectors_;  // of the stream that holds the mini sectors
    std::vector<CompoundEntry> entries_;
    struct Links {
        std::uint32_t left, right, child;
    };
    std::vector<Links> links_;                 // by id
    std::vector<std::size_t> index_of_;        // id to place in entries_, or the number of entries
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by_parent_;  // parent's id and own id, in order
    std::vector<std::string> damage_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> structure_;
};

}  // namespace plumbline::formats
