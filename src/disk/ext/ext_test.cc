// SPDX-License-Identifier: Apache-2.0
// Small volumes of our own making: mke2fs, then two files written by debugfs and one removed. debugfs takes the pointers out
// as the kernel does.
#include "disk/ext/ext_recovery.h"

#include <gtest/gtest.h>

#include <fstream>

#include "disk/content_end.h"
#include "disk/ext/ext_volume.h"

namespace plumbline::disk {
namespace {

Bytes seed(const std::string& name) {
    std::ifstream file(std::string(PLUMBLINE_ROOM_DIR) + "/corpus/volume_fuzz/" + name, std::ios::binary);
    return to_bytes(std::string(std::istreambuf_iterator<char>(file), {}));
}

Bytes content(const Bytes& image, const FileEntry& file) {
    Bytes out;
    for (const Run& run : file.runs) {
        if (run.kind == RunKind::bytes) append(out, ByteView(image).subspan(run.offset, run.length));
    }
    return out;
}

TEST(Ext, GeometryAndBitmaps) {
    for (const char* name : {"ext2", "ext4"}) {
        const Bytes image = seed(name);
        const auto bytes = bytes_of_memory(image);
        const auto volume = ExtVolume::open(*bytes);
        ASSERT_TRUE(volume) << volume.error().message;
        EXPECT_EQ(volume->block_bytes(), 1024U);
        EXPECT_EQ(volume->blocks() * 1024, image.size());
        EXPECT_FALSE(volume->is_block_free(1));
        EXPECT_TRUE(volume->is_block_free(volume->blocks() - 1));
        const auto root = volume->inode(2);
        ASSERT_TRUE(root);
        EXPECT_TRUE(root->is_directory());
        const auto runs = volume->runs_of(*root, 1, [&](std::uint64_t block) { return volume->block(block); });
        ASSERT_EQ(runs.size(), 1U);
        EXPECT_EQ(runs[0].count, 1U);
    }
}

TEST(Ext, AFileOfTwentyBlocksIsFoundByItsPointers) {
    const Bytes image = seed("ext2");
    const auto bytes = bytes_of_memory(image);
    std::vector<FileEntry> found;
    const auto troubles = recover_ext(*bytes, {0, image.size(), 0}, [&](const FileEntry& file) { found.push_back(file); return true; });
    ASSERT_TRUE(troubles) << troubles.error().message;
    const auto chain = std::find_if(found.begin(), found.end(), [](const FileEntry& file) { return file.found_by == FoundBy::pointers; });
    ASSERT_NE(chain, found.end());
    EXPECT_EQ(chain->size_bytes, 20'000U);
    EXPECT_TRUE(chain->is(file_is_deleted) && chain->is(file_is_guessed));
    EXPECT_EQ(content(image, *chain), Bytes(20'000, std::byte{'x'}));
}

TEST(Ext, NoSuperblockIsNoVolume) {
    const Bytes nothing(100'000);
    const auto bytes = bytes_of_memory(nothing);
    EXPECT_FALSE(ExtVolume::open(*bytes));
    Bytes wrong = seed("ext2");
    wrong[1024 + 40] = wrong[1024 + 41] = wrong[1024 + 42] = wrong[1024 + 43] = std::byte{0};
    const auto damaged = bytes_of_memory(wrong);
    EXPECT_EQ(ExtVolume::open(*damaged).error().kind, ErrorKind::corrupt);
}

TEST(ContentEnd, ByFormatOrByTheLastByte) {
    const auto end = [](std::string text, std::size_t padded) {
        text.resize(padded);
        const Bytes bytes = to_bytes(text);
        const auto whole = bytes_of_memory(bytes);
        return end_of_content(*whole, 1024);
    };
    EXPECT_EQ(end("plain text", 1024).size_bytes, 10U);
    using namespace std::string_literals;
    EXPECT_EQ(end("RIFF\x14\0\0\0WAVE"s + std::string(16, '\0'), 1024).size_bytes, 28U) << "its length says so, though it ends in zeros";
    EXPECT_EQ(end("RIFF\xff\xff\0\0WAVEdata"s, 1024).size_bytes, 16U) << "a length over the last block is not believed";
    const std::string zip = "PK\x03\x04" + std::string(500, 'a') + "PK\x05\x06"s + std::string(18, '\0');
    EXPECT_EQ(end(zip, 1024).size_bytes, zip.size());
    EXPECT_EQ(end(zip, 1024).extension, "zip");
}

}  // namespace
}  // namespace plumbline::disk
