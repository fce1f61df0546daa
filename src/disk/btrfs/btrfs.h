// SPDX-License-Identifier: Apache-2.0
// The files of a btrfs volume: of all its subvolumes as they are now, and deleted ones of which an older leaf is left.
//
// btrfs never writes over a tree node that is in use, so the nodes of older generations stay until their place is needed.
// A file that such a leaf names and that is there no more is listed as deleted; where its extents are another's now, it
// has the flag `guessed`.
#pragma once
#include <functional>
#include <map>
#include <string>

#include "disk/btrfs/btrfs_tree.h"
#include "disk/file_map.h"

namespace plumbline::disk {

class Btrfs {
  public:
    // `image` outlives it. Errors as of BtrfsTrees::open; too_large over ten million items.
    static Result<std::unique_ptr<Btrfs>> open(RandomBytes& image, std::uint64_t volume_offset, std::uint64_t volume_bytes);
    const std::string& label() const { return trees_.label(); }
    std::uint32_t block_bytes() const { return trees_.sector_bytes(); }
    // False from `found` stops.
    void list(std::uint32_t volume_number, const std::function<bool(const FileEntry&)>& found) const;
    // The content of a file that `list` gave the flag `made`, in stretches. unsupported: LZO.
    Result<void> read(std::uint64_t meta, std::uint32_t stream, std::uint64_t size_bytes_max, const std::function<bool(ByteView)>& take) const;
    // Tree nodes that could not be read.
    std::uint64_t damaged() const { return trees_.damaged(); }

  private:
    struct Extent {
        std::uint64_t generation = 0;  // of the leaf that it was read from
        std::uint64_t file_offset = 0;
        std::uint64_t length = 0;      // in the file
        std::uint64_t place = 0;       // in the volume: of the data, or of its compressed form
        std::uint64_t stored = 0;      // bytes there
        std::uint64_t skipped = 0;     // of what is decompressed
        std::uint64_t whole = 0;       // bytes once decompressed
        std::uint8_t compression = 0;  // 0 none, 1 zlib, 2 LZO, 3 zstd
        bool is_hole = false;
    };
    struct File {
        std::uint64_t generation = 0;  // of the leaf with its inode item
        std::uint64_t size_bytes = 0;
        std::uint32_t mode = 0;
        std::uint32_t links = 0;
        std::array<std::int64_t, 4> times{};
        std::uint64_t parent = 0;
        std::string name;
        std::map<std::uint64_t, Extent> extents;
        bool has_inode = false;
    };
    using Files = std::map<std::uint64_t, File>;  // by inode
    explicit Btrfs(BtrfsTrees trees) : trees_(std::move(trees)) {}
    void take_leaf(const BtrfsLeaf& leaf, Files& files, bool is_old);
    void take_inode(const BtrfsItem& item, std::uint64_t generation, File& file) const;
    void take_extent(const BtrfsItem& item, std::uint64_t generation, File& file) const;
    Result<void> read_trees();
    std::string path_of(std::uint64_t tree, std::uint64_t inode, bool is_old) const;
    bool is_in_use(const Extent& extent) const;
    FileEntry entry_of(std::uint64_t tree, std::uint64_t inode, const File& file, bool is_old) const;
    void add_runs(const File& file, FileEntry& entry) const;
    Result<Bytes> content_of(const Extent& extent) const;

    BtrfsTrees trees_;
    RandomBytes* image_ = nullptr;
    std::unique_ptr<RandomBytes> volume_;
    std::uint64_t volume_offset_ = 0;
    std::map<std::uint64_t, Files> now_;        // by tree
    std::map<std::uint64_t, Files> before_;
    std::map<std::uint64_t, std::string> subvolumes_;
    std::map<std::uint64_t, std::uint64_t> in_use_;  // place to end, of extents of files that are there
    std::uint64_t items_ = 0;
};

}  // namespace plumbline::disk
