// SPDX-License-Identifier: Apache-2.0
#include "merkle/tiles.h"

#include <bit>

#include "base/check.h"

namespace plumbline::merkle {
namespace {

std::string index_path(std::uint64_t index) {
    std::string path = fmt::format("{:03}", index % 1000);
    for (index /= 1000; index > 0; index /= 1000) path = fmt::format("x{:03}/{}", index % 1000, path);
    return path;
}

// How many hashes (level > 0: roots of full tiles below) a tree of `size` has at a level.
std::uint64_t hashes_at(unsigned level, std::uint64_t size) { return level * tile_height >= 64 ? 0 : size >> level * tile_height; }

Result<std::uint64_t> small_number(std::string_view text, std::uint64_t max) {
    std::uint64_t value = 0;
    if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return fail(ErrorKind::invalid, "not a number");
    for (const char digit : text) {
        if (digit < '0' || digit > '9') return fail(ErrorKind::invalid, "not a number");
        value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    if (value > max) return fail(ErrorKind::invalid, "number over {}", max);
    return value;
}

// The part of a path up to the next slash, taken off its front.
std::string_view take_element(std::string_view& rest) {
    const std::size_t slash = rest.find('/');
    const std::string_view element = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    return element;
}
}  // namespace

std::string path_of(const TileRef& tile) {
    CHECK(tile.width >= 1 && tile.width <= tile_width && tile.level < 64);
    const std::string kind = tile.is_bundle ? "entries" : std::to_string(tile.level);
    const std::string path = fmt::format("tile/{}/{}", kind, index_path(tile.index));
    return tile.width == tile_width ? path : fmt::format("{}.p/{}", path, tile.width);
}

Result<TileRef> tile_from_path(std::string_view path) {
    std::string_view rest = path;
    if (path.size() > 100 || take_element(rest) != "tile") return fail(ErrorKind::invalid, "not a tile's path");
    TileRef tile;
    const std::string_view kind = take_element(rest);
    tile.is_bundle = kind == "entries";
    if (!tile.is_bundle) tile.level = static_cast<unsigned>(TRY(small_number(kind, 63)));
    for (bool is_last = false; !is_last;) {
        std::string_view element = take_element(rest);
        is_last = !element.starts_with('x');
        if (!is_last) element.remove_prefix(1);
        if (is_last && element.ends_with(".p")) {
            element.remove_suffix(2);
            tile.width = static_cast<unsigned>(TRY(small_number(take_element(rest), tile_width - 1)));
        }
        if (element.size() != 3 || tile.index > (UINT64_MAX - 999) / 1000) return fail(ErrorKind::invalid, "not a tile's path");
        for (const char digit : element) {
            if (digit < '0' || digit > '9') return fail(ErrorKind::invalid, "not a tile's path");
            tile.index = tile.index * 10 + static_cast<std::uint64_t>(digit - '0');
        }
    }
    if (tile.width == 0 || path_of(tile) != path) return fail(ErrorKind::invalid, "not a tile's path in its one spelling");
    return tile;
}

TileRef tile_at(bool is_bundle, unsigned level, std::uint64_t index, std::uint64_t size) {
    const std::uint64_t hashes = hashes_at(level, size);
    TileRef tile{is_bundle, level, index, tile_width};
    if (index == hashes / tile_width) tile.width = static_cast<unsigned>(hashes % tile_width);
    if (index > hashes / tile_width) tile.width = 0;
    return tile;
}

std::vector<TileRef> tiles_of(std::uint64_t size) {
    std::vector<TileRef> tiles;
    const auto add_level = [&](bool is_bundle, unsigned level) {
        for (std::uint64_t index = 0;; ++index) {
            const TileRef tile = tile_at(is_bundle, level, index, size);
            if (tile.width == 0) break;
            tiles.push_back(tile);
            if (tile.width < tile_width) break;
        }
    };
    add_level(true, 0);
    for (unsigned level = 0; level < tile_levels && hashes_at(level, size) > 0; ++level) add_level(false, level);
    return tiles;
}

void append_entry(Bytes& bundle, ByteView entry) {
    CHECK(entry.size() <= 0xffff);
    append_u16(bundle, static_cast<std::uint16_t>(entry.size()));
    append(bundle, entry);
}

Result<std::vector<ByteView>> entries_of(ByteView bundle, std::size_t count) {
    std::vector<ByteView> entries;
    ByteReader reader(bundle);
    for (std::size_t i = 0; i < count; ++i) {
        if (reader.left() < 2) return fail(ErrorKind::corrupt, "the bundle ends at entry {} of {}", i, count);
        const std::size_t size = TRY(reader.u16());
        if (reader.left() < size) return fail(ErrorKind::corrupt, "the bundle ends inside entry {} of {}", i, count);
        entries.push_back(TRY(reader.take(size)));
    }
    if (reader.left() > 0) return fail(ErrorKind::corrupt, "{} bytes after the last of {} entries", reader.left(), count);
    return entries;
}

std::vector<std::size_t> offsets_of(const std::vector<ByteView>& entries) {
    std::vector<std::size_t> offsets;
    std::size_t at = 0;
    for (const ByteView entry : entries) {
        offsets.push_back(at);
        at += 2 + entry.size();
    }
    offsets.push_back(at);
    return offsets;
}

Result<Sha256> TileNodes::node(unsigned height, std::uint64_t index) {
    const unsigned inner = height % tile_height;
    const std::uint64_t first = index << inner;
    const TileRef tile = tile_at(false, height / tile_height, first / tile_width, size_);
    const std::size_t place = first % tile_width;
    const std::size_t count = std::size_t{1} << inner;
    CHECK(place + count <= tile.width);
    auto found = tiles_.find(tile);
    if (found == tiles_.end()) {
        const Bytes bytes = TRY(read_(tile));
        auto hashes = hashes_of_tile(bytes, tile.width);
        if (!hashes) return fail_in(path_of(tile), hashes.error());
        found = tiles_.emplace(tile, std::move(*hashes)).first;
    }
    return root_of(std::span<const Sha256>(found->second).subspan(place, count));
}

void TileStack::append(const Sha256& leaf, std::vector<FullTile>& full) {
    Sha256 hash = leaf;
    for (unsigned level = 0; level < tile_levels; ++level) {
        std::vector<Sha256>& hashes = levels_[level];
        hashes.push_back(hash);
        if (hashes.size() < tile_width) break;
        hash = root_of(hashes);
        const std::uint64_t index = hashes_at(level, size_) / tile_width;
        full.push_back(FullTile{TileRef{false, level, index, tile_width}, std::move(hashes)});
        hashes = {};
    }
    ++size_;
}

Sha256 TileStack::root() const {
    // Each level's hashes fall into full subtrees by the bits of their count; from the largest to the smallest they are
    // the tree's right edge.
    std::vector<Sha256> edge;
    for (unsigned level = tile_levels; level-- > 0;) {
        std::span<const Sha256> rest = levels_[level];
        while (!rest.empty()) {
            const std::size_t count = std::bit_floor(rest.size());
            edge.push_back(root_of(rest.first(count)));
            rest = rest.subspan(count);
        }
    }
    if (edge.empty()) return empty_root();
    Sha256 root = edge.back();
    for (std::size_t i = edge.size() - 1; i-- > 0;) root = node_hash(edge[i], root);
    return root;
}

Bytes bytes_of_tile(std::span<const Sha256> hashes) {
    Bytes bytes;
    bytes.reserve(hashes.size() * 32);
    for (const Sha256& hash : hashes) append(bytes, ByteView(hash.bytes));
    return bytes;
}

Result<std::vector<Sha256>> hashes_of_tile(ByteView bytes, unsigned width) {
    if (bytes.size() != std::size_t{width} * 32) {
        return fail(ErrorKind::corrupt, "a tile of {} hashes has {} bytes, not {}", width, width * 32, bytes.size());
    }
    std::vector<Sha256> hashes;
    for (std::size_t at = 0; at < bytes.size(); at += 32) hashes.push_back(TRY(Sha256::from_bytes(bytes.subspan(at, 32))));
    return hashes;
}

}  // namespace plumbline::merkle
