// SPDX-License-Identifier: Apache-2.0
// The trees are tested on a real image (disk_program/samples_test.cc); here, what needs none.
#include "disk/btrfs/btrfs.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

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

}  // namespace
}  // namespace plumbline::disk
