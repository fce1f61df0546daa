// SPDX-License-Identifier: Apache-2.0
// A real image is read in disk_program/samples_test.cc. Here: a volume of four nodes made by hand (the fuzzer's seed; its checksum
// type is one that is not checked), and what needs no image.
#include "disk/btrfs/btrfs.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>

#include "disk/btrfs/btrfs_extent.h"

namespace plumbline::disk {
namespace {

TEST(Btrfs, Crc32cOfRfc3720) {
    // RFC 3720 B.4: 32 bytes of zeros, of ones, and ascending.
    Bytes bytes(32);
    EXPECT_EQ(crc32c(bytes), 0x8a9136aaU);
    std::fill(bytes.begin(), bytes.end(), std::byte{0xff});
    EXPECT_EQ(crc32c(bytes), 0x62a8ab43U);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
    EXPECT_EQ(crc32c(bytes), 0x46dd794eU);
}

TEST(Btrfs, CompressedExtentsArePaddedAndBounded) {
    std::string text;
    for (int i = 0; i < 4000; ++i) text += fmt::format("line {}\n", i);
    Bytes zlib(compressBound(text.size()));
    uLongf zlib_bytes = zlib.size();
    ASSERT_EQ(::compress(uchar(std::span(zlib)), &zlib_bytes, uchar(view(text)), text.size()), Z_OK);
    zlib.resize(zlib_bytes);
    Bytes zstd(ZSTD_compressBound(text.size()));
    zstd.resize(ZSTD_compress(zstd.data(), zstd.size(), text.data(), text.size(), 3));
    for (auto [stored, method] : {std::pair{zlib, 1U}, {zstd, 3U}, {to_bytes(text), 0U}}) {
        stored.resize((stored.size() + 4095) / 4096 * 4096);
        const auto whole = decompress_btrfs(stored, method, text.size());
        ASSERT_TRUE(whole) << method << ": " << whole.error().message;
        EXPECT_EQ(text_of(*whole), text) << method;
        const auto part = decompress_btrfs(stored, method, 100);
        ASSERT_TRUE(part) << method << ": " << part.error().message;
        EXPECT_EQ(text_of(*part), text.substr(0, 100)) << method;
    }
    EXPECT_EQ(decompress_btrfs(zlib, 2, 10).error().kind, ErrorKind::unsupported);
    EXPECT_FALSE(decompress_btrfs(to_bytes("no stream of zlib"), 1, 100));
    EXPECT_FALSE(decompress_btrfs(to_bytes("no stream of zstd"), 3, 100));
}

std::string text_by_runs(const Bytes& image, const FileEntry& file) {
    std::string text;
    for (const Run& run : file.runs) {
        if (run.kind == RunKind::bytes) text += text_of(ByteView(image).subspan(run.offset, run.length));
        if (run.kind == RunKind::zero) text.append(run.length, '\0');
    }
    return text;
}

TEST(Btrfs, ASmallVolume) {
    std::ifstream seed(std::string(PLUMBLINE_ROOM_DIR) + "/corpus/volume_fuzz/btrfs", std::ios::binary);
    const Bytes image = to_bytes(std::string(std::istreambuf_iterator<char>(seed), {}));
    const auto bytes = bytes_of_memory(image);
    const auto btrfs = Btrfs::open(*bytes, 0, image.size());
    ASSERT_TRUE(btrfs) << btrfs.error().message;
    EXPECT_EQ((*btrfs)->label(), "tiny");
    std::map<std::string, FileEntry> files;
    (*btrfs)->list(0, [&](const FileEntry& file) { files.emplace(file.path, file); return true; });
    ASSERT_EQ(files.size(), 5U);
    EXPECT_TRUE(text_by_runs(image, files.at("regular.txt")).starts_with("regular data regular"));
    EXPECT_EQ(files.at("regular.txt").size_bytes, 6500U);
    EXPECT_EQ(files.at("regular.txt").times[0], 1600000000);
    EXPECT_EQ(text_by_runs(image, files.at("inline.txt")), "inline data");
    EXPECT_EQ(text_by_runs(image, files.at("hole.txt")).size(), 10000U);
    EXPECT_EQ(text_by_runs(image, files.at("hole.txt"))[8192], 'x');
    const FileEntry& gone = files.at("gone.txt");
    EXPECT_TRUE(gone.is(file_is_deleted) && !gone.is(file_is_guessed));
    EXPECT_EQ(gone.found_by, FoundBy::old_tree);
    EXPECT_TRUE(text_by_runs(image, gone).starts_with("deleted data"));
    const FileEntry& packed = files.at("packed.txt");
    EXPECT_TRUE(packed.is(file_is_made) && packed.runs.empty());
    std::string text;
    const auto read = (*btrfs)->read(packed.meta, packed.stream, packed.size_bytes, [&](ByteView piece) { text += text_of(piece); return true; });
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(text.size(), 7000U);
    EXPECT_TRUE(text.starts_with("packed packed "));
    EXPECT_EQ(text.substr(6993), "packed ");
}

}  // namespace
}  // namespace plumbline::disk
