// SPDX-License-Identifier: Apache-2.0
// btrfs as trees of items: where logical addresses stand on the disk, and walks over leaves, those that the file system uses
// now and those that older generations left behind. (btrfs on-disk format, btrfs.readthedocs.io; linux/btrfs_tree.h.)
#pragma once
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "disk/random_bytes.h"

namespace plumbline::disk {

struct BtrfsKey {
    std::uint64_t object = 0;
    std::uint8_t type = 0;
    std::uint64_t offset = 0;
};
struct BtrfsItem {
    BtrfsKey key;
    ByteView data;              // into the leaf
    std::uint64_t place = 0;    // of the data, in the volume
};
struct BtrfsLeaf {
    std::uint64_t logical = 0;
    std::uint64_t generation = 0;
    std::uint64_t owner = 0;    // tree
    std::vector<BtrfsItem> items;
};

class BtrfsTrees {
  public:
    // `volume` outlives it. unsupported: several devices with striping.
    static Result<BtrfsTrees> open(RandomBytes& volume);
    std::uint64_t root_tree() const { return root_tree_; }
    std::uint32_t sector_bytes() const { return sector_bytes_; }
    const std::string& label() const { return label_; }
    // Where `length` bytes at a logical address stand; nothing where they are not in one chunk of this device.
    std::optional<std::uint64_t> place_of(std::uint64_t logical, std::uint64_t length) const;
    // Leaves from a root down, in order; false from `visit` stops. What is damaged is left out and counted.
    void walk(std::uint64_t root, const std::function<bool(const BtrfsLeaf&)>& visit);
    // Leaves of metadata chunks that no walk so far came by and whose checksum is right.
    void walk_left_behind(const std::function<bool(const BtrfsLeaf&)>& visit) const;
    // Chunks that are no more, from older chunk trees: an emptied chunk is given up, and deleted files stood in it. Logical
    // addresses are never given out twice, so they lie beside those of now.
    void learn_old_chunks();
    std::uint64_t damaged() const { return damaged_; }

  private:
    struct Chunk {
        std::uint64_t logical = 0;
        std::uint64_t length = 0;
        std::uint64_t type = 0;
        std::uint64_t place = 0;
    };
    explicit BtrfsTrees(RandomBytes& volume) : volume_(&volume) {}
    Result<void> add_chunk(std::uint64_t logical, ByteView item);
    Result<void> read_system_chunks(ByteView array);
    bool walk_node(std::uint64_t logical, unsigned depth_left, const std::function<bool(const BtrfsLeaf&)>& visit);
    std::optional<Bytes> node(std::uint64_t logical) const;
    bool is_node(ByteView bytes, std::uint64_t logical) const;
    BtrfsLeaf leaf(ByteView bytes, std::uint64_t logical) const;

    RandomBytes* volume_;
    std::vector<Chunk> chunks_;
    std::set<std::uint64_t> visited_;
    Bytes identity_;
    std::string label_;
    std::uint64_t device_ = 0;
    std::uint64_t root_tree_ = 0;
    std::uint32_t node_bytes_ = 0;
    std::uint32_t sector_bytes_ = 0;
    std::uint16_t checksum_type_ = 0;
    std::uint64_t damaged_ = 0;
};

// CRC-32C (Castagnoli), as RFC 3720 has it.
std::uint32_t crc32c(ByteView bytes);

}  // namespace plumbline::disk
