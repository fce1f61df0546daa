// SPDX-License-Identifier: Apache-2.0
// A tree as static files (C2SP tlog-tiles, https://c2sp.org/tlog-tiles): tiles of 256 hashes and bundles of 256 entries,
// their paths and their bytes. Entry n's hash is in tile/0/<n / 256>; a full tile's root is one hash of the level above.
// Values and pure functions; any thread.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "merkle/tree.h"

namespace plumbline::merkle {

inline constexpr unsigned tile_height = 8;
inline constexpr unsigned tile_width = 256;
inline constexpr unsigned tile_levels = 8;                 // enough for 2^64 entries
inline constexpr std::size_t tile_bytes = tile_width * 32;

// One tile or entry bundle. width 256 is full, 1 to 255 partial.
struct TileRef {
    bool is_bundle = false;
    unsigned level = 0;                                    // 0 for bundles
    std::uint64_t index = 0;
    unsigned width = tile_width;
    auto operator<=>(const TileRef&) const = default;
};
std::string path_of(const TileRef& tile);                  // "tile/0/x001/234.p/5", "tile/entries/000"
// invalid where it is no such path in its one spelling.
Result<TileRef> tile_from_path(std::string_view path);
// All tiles and bundles that a tree of `size` has: bundles first, then tiles from level 0 up; by index.
std::vector<TileRef> tiles_of(std::uint64_t size);
// The one with this level and index, as wide as a tree of `size` makes it; width 0 where the tree has none.
TileRef tile_at(bool is_bundle, unsigned level, std::uint64_t index, std::uint64_t size);

void append_entry(Bytes& bundle, ByteView entry);          // u16 size, then the entry; CHECKs at most 65,535 bytes
// corrupt: not `count` entries, or bytes after them. The views are of `bundle`.
Result<std::vector<ByteView>> entries_of(ByteView bundle, std::size_t count);
// Where each entry starts in the bundle, and its size at the end.
std::vector<std::size_t> offsets_of(const std::vector<ByteView>& entries);

// Nodes from tiles, for proofs: reads each tile once, at the width that a tree of `size` gives it. One thread.
using TileReader = std::function<Result<Bytes>(const TileRef&)>;
class TileNodes {
  public:
    TileNodes(std::uint64_t size, TileReader read) : size_(size), read_(std::move(read)) {}
    Result<Sha256> node(unsigned height, std::uint64_t index);
    NodeAt nodes() {                                       // not longer than this object
        return [this](unsigned height, std::uint64_t index) { return node(height, index); };
    }

  private:
    std::uint64_t size_;
    TileReader read_;
    std::map<TileRef, std::vector<Sha256>> tiles_;
};

// A growing tree as its tiles: what is full is given out, what is partial is kept. A value; one thread.
class TileStack {
  public:
    struct FullTile {
        TileRef tile;
        std::vector<Sha256> hashes;
    };
    // Appends a leaf hash; tiles that became full are added to `full`, lowest level first.
    void append(const Sha256& leaf, std::vector<FullTile>& full);
    std::uint64_t size() const { return size_; }
    Sha256 root() const;
    // The hashes of the partial tile of a level; empty where there is none.
    std::span<const Sha256> partial(unsigned level) const { return levels_[level]; }

  private:
    std::array<std::vector<Sha256>, tile_levels> levels_;
    std::uint64_t size_ = 0;
};
Bytes bytes_of_tile(std::span<const Sha256> hashes);
Result<std::vector<Sha256>> hashes_of_tile(ByteView bytes, unsigned width);   // corrupt: another size

}  // namespace plumbline::merkle
