// SPDX-License-Identifier: Apache-2.0
#include "disk/looks_like_disk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

namespace plumbline::disk {
namespace {

std::string_view look_at(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::uint64_t size = std::filesystem::file_size(path);
    Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(size, disk_head_bytes)));
    file.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
    Bytes tail(static_cast<std::size_t>(std::min<std::uint64_t>(size, disk_tail_bytes)));
    file.seekg(static_cast<std::streamoff>(size - tail.size()));
    file.read(reinterpret_cast<char*>(tail.data()), static_cast<std::streamsize>(tail.size()));
    return looks_like_disk(head, tail, size);
}

TEST(LooksLikeDisk, TextAndNoiseAreNone) {
    EXPECT_EQ(looks_like_disk({}, {}, 0), "");
    const Bytes text(100'000, std::byte{'a'});
    EXPECT_EQ(looks_like_disk(ByteView(text).first(disk_head_bytes), ByteView(text).last(512), text.size()), "");
    std::mt19937_64 random(7);
    Bytes noise(disk_head_bytes);
    for (int i = 0; i < 200; ++i) {
        for (std::byte& b : noise) b = static_cast<std::byte>(random());
        noise[510] = std::byte{0x55};
        noise[511] = std::byte{0xaa};
        EXPECT_EQ(looks_like_disk(noise, ByteView(noise).last(512), noise.size()), "");
    }
}

TEST(LooksLikeDisk, AMasterBootRecordNeedsEntriesThatFit) {
    Bytes disk(1024 * 1024);
    disk[510] = std::byte{0x55};
    disk[511] = std::byte{0xaa};
    const auto look = [&] { return looks_like_disk(ByteView(disk).first(disk_head_bytes), ByteView(disk).last(512), disk.size()); };
    EXPECT_EQ(look(), "") << "no entry";
    disk[450] = std::byte{0x83};
    disk[454] = std::byte{64};
    disk[459] = std::byte{4};
    EXPECT_EQ(look(), "mbr");
    disk[446] = std::byte{0x12};
    EXPECT_EQ(look(), "") << "a state that is neither active nor not";
    disk[446] = std::byte{0x80};
    disk[456] = std::byte{1};
    EXPECT_EQ(look(), "") << "it starts after the file's end";
}

TEST(LooksLikeDisk, KnowsTheImagesAndNothingElseOfTheSharedData) {
    const std::filesystem::path shared = std::filesystem::path(PLUMBLINE_SHARED_DIR) / "data";
    if (!std::filesystem::exists(shared / "10-forensic/dfvfs")) GTEST_SKIP() << "no shared data";
    const auto dfvfs = shared / "10-forensic/dfvfs";
    const std::vector<std::pair<const char*, const char*>> known{{"ext2.E01", "ewf"}, {"ext2.splitraw.000", "ext"}, {"ext2.vhd", "vhd"}, {"image.vhd", "vhd"},
                                                                  {"windows_volume.qcow2", "qcow2"}, {"hfsplus.raw", "hfs"}, {"hfsplus_zlib.dmg", "udif"}, {"ímynd.dd", "ext"}};
    for (const auto& [name, kind] : known) EXPECT_EQ(look_at(dfvfs / name), kind) << name;
    std::size_t seen = 0;
    const auto is_image = [](const std::filesystem::path& path) { return path.extension() == ".dd" || path.extension() == ".dmg"; };
    for (const char* folder : {"03-email-parser-cases", "11-pcap", "12-hostile", "10-forensic/evtx", "10-forensic/plaso", "10-forensic/lnk"}) {
        if (!std::filesystem::exists(shared / folder)) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(shared / folder)) {
            if (!entry.is_regular_file()) continue;
            ++seen;
            EXPECT_EQ(!look_at(entry.path()).empty(), is_image(entry.path())) << entry.path();
        }
    }
    EXPECT_GT(seen, 500U);
}

}  // namespace
}  // namespace plumbline::disk
