// SPDX-License-Identifier: Apache-2.0
#include "merkle/tiles.h"

#include <gtest/gtest.h>

namespace plumbline::merkle {
namespace {

Sha256 leaf(std::uint64_t index) { return leaf_hash(view(std::to_string(index))); }

TEST(Tiles, PathsAreThoseOfTheStandard) {
    EXPECT_EQ(path_of({false, 0, 1234067, 256}), "tile/0/x001/x234/067");
    EXPECT_EQ(path_of({false, 1, 0, 17}), "tile/1/000.p/17");
    EXPECT_EQ(path_of({true, 0, 1000, 256}), "tile/entries/x001/000");
    EXPECT_EQ(path_of({true, 0, 999, 255}), "tile/entries/999.p/255");
    for (const std::uint64_t index : {0ULL, 1ULL, 999ULL, 1000ULL, 999999ULL, 1000000ULL, 72057594037927935ULL}) {
        for (const unsigned width : {1U, 9U, 255U, 256U}) {
            const TileRef tile{false, 3, index, width};
            EXPECT_EQ(tile_from_path(path_of(tile)).value(), tile);
        }
    }
    for (const char* wrong : {"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000",
                              "tile/0/x000/000", "tile/0/001/000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256",
                              "tile/0/000.p/01", "tile/0/000/", "tile/0/000.p/1/", "/tile/0/000", "tile/entries/00a", "tile/0/x000",
                              "tile/entry/000", "tile/0/-01", "tile/0/x99999999999999999999/000"}) {
        EXPECT_FALSE(tile_from_path(wrong)) << wrong;
    }
}

TEST(Tiles, ATreeOf70000IsThatOfTheStandardsExample) {
    std::map<std::pair<bool, unsigned>, std::vector<TileRef>> by_level;
    for (const TileRef& tile : tiles_of(70'000)) by_level[{tile.is_bundle, tile.level}].push_back(tile);
    EXPECT_EQ(by_level.size(), 4U);
    const std::vector<TileRef>& zero = by_level[{false, 0}];
    EXPECT_EQ(zero.size(), 274U);
    EXPECT_EQ(zero.back().width, 112U);
    EXPECT_EQ((by_level[{true, 0}].size()), 274U);
    const std::vector<TileRef> one{{false, 1, 0, 256}, {false, 1, 1, 17}};
    EXPECT_EQ((by_level[{false, 1}]), one);
    const std::vector<TileRef> two{{false, 2, 0, 1}};
    EXPECT_EQ((by_level[{false, 2}]), two);
    EXPECT_TRUE(tiles_of(0).empty());
    EXPECT_EQ(tiles_of(256).size(), 3U);  // entries/000, 0/000, 1/000.p/1
}

TEST(Tiles, TheStackGivesTheTilesAndTheRootOfEverySize) {
    TileStack stack;
    CompactRange range;
    std::vector<Sha256> leaves;
    std::map<TileRef, std::vector<Sha256>> full;
    constexpr std::uint64_t size_max = 66'000;  // past 256 * 256: three levels
    for (std::uint64_t size = 0; size <= size_max; ++size) {
        if (size < 600 || size % 4099 == 0 || size == 65'535 || size == 65'536) {
            ASSERT_EQ(stack.root(), range.root()) << size;
            ASSERT_EQ(stack.size(), size);
            for (const TileRef& tile : tiles_of(size)) {
                if (tile.is_bundle) continue;
                if (tile.width == tile_width) {
                    EXPECT_TRUE(full.contains(tile)) << path_of(tile) << " at " << size;
                } else {
                    EXPECT_EQ(stack.partial(tile.level).size(), tile.width) << path_of(tile) << " at " << size;
                }
            }
        }
        leaves.push_back(leaf(size));
        range.append(leaves.back());
        std::vector<TileStack::FullTile> made;
        stack.append(leaves.back(), made);
        for (TileStack::FullTile& tile : made) full.emplace(tile.tile, std::move(tile.hashes));
    }
    // Proofs made from the tiles alone verify.
    const std::uint64_t size = stack.size();
    TileNodes nodes(size, [&](const TileRef& tile) -> Result<Bytes> {
        if (tile.width == tile_width) return bytes_of_tile(full.at(tile));
        return bytes_of_tile(stack.partial(tile.level));
    });
    EXPECT_EQ(root_at(size, nodes.nodes()).value(), range.root());
    for (std::uint64_t index = 0; index < size; index += 997) {
        const Proof proof = inclusion_proof(index, size, nodes.nodes()).value();
        EXPECT_TRUE(verify_inclusion(index, size, leaves[index], proof, range.root())) << index;
    }
    for (const std::uint64_t size1 : {1ULL, 255ULL, 256ULL, 257ULL, 65'536ULL, 65'537ULL}) {
        const Proof proof = consistency_proof(size1, size, nodes.nodes()).value();
        EXPECT_TRUE(verify_consistency(size1, size, root_of(std::span(leaves).first(size1)), range.root(), proof)) << size1;
    }
}

TEST(Tiles, BundlesComeBackAndDamageIsSeen) {
    Bytes bundle;
    const std::vector<std::string> texts{"", "a", "plumbline", std::string(65'535, 'x')};
    for (const std::string& text : texts) append_entry(bundle, view(text));
    const std::vector<ByteView> entries = entries_of(bundle, texts.size()).value();
    for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(text_of(entries[i]), texts[i]);
    EXPECT_EQ(offsets_of(entries), (std::vector<std::size_t>{0, 2, 5, 16, 16 + 2 + 65'535}));
    EXPECT_FALSE(entries_of(bundle, 3));
    EXPECT_FALSE(entries_of(bundle, 5));
    for (const std::size_t size : {0UL, 1UL, 3UL, 10UL, bundle.size() - 1}) EXPECT_FALSE(entries_of(ByteView(bundle).first(size), 4)) << size;
}

TEST(Tiles, ATileOfAnotherSizeIsNamed) {
    TileNodes nodes(300, [](const TileRef&) -> Result<Bytes> { return Bytes(31); });
    EXPECT_EQ(nodes.node(0, 299).error().message, "tile/0/001.p/44: a tile of 44 hashes has 1408 bytes, not 31");
}

}  // namespace
}  // namespace plumbline::merkle
