// SPDX-License-Identifier: Apache-2.0
#include "formats/disk_image/disk_image.h"

#include <filesystem>
#include <fstream>

namespace plumbline::formats {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
bool is_disk(const std::filesystem::path& path) {
    const std::string bytes = read_file(path);
    return looks_like_disk_image(view(bytes), {});
}

TEST(DiskImage, KnowsImagesAndNothingElse) {
    const std::filesystem::path shared = std::filesystem::path(PLUMBLINE_SHARED_DIR) / "data";
    if (!std::filesystem::exists(shared)) GTEST_SKIP() << "no shared data";
    const std::filesystem::path images = shared / "10-forensic/dfvfs";
    for (const char* name : {"hfsplus.raw", "ext2.split.E01", "windows_volume.qcow2", "fat-differential.vhd", "ext2.vhd", "image.vhd"})
        EXPECT_TRUE(is_disk(images / name)) << name;
    EXPECT_TRUE(is_disk(shared / "10-forensic/bulk_extractor/src__tests__nps-2010-emails.E01"));
    for (const char* folder : {"02-email-spamassassin/spam-1", "11-pcap/zeek", "10-forensic/prefetch", "10-forensic/evtx", "12-hostile/pdf-qpdf", "12-hostile/documents-tika",
                               "12-hostile/metadata-exiftool", "12-hostile/office-oletools"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(shared / folder)) {
            if (entry.is_regular_file()) { EXPECT_FALSE(is_disk(entry.path())) << entry.path(); }
        }
    }
}

TEST(DiskImage, ATableMustMakeSense) {
    std::string disk(65536, '\0');
    disk.replace(510, 2, "\x55\xaa");
    EXPECT_FALSE(looks_like_disk_image(view(disk), {}));
    disk[446 + 4] = 0x07;
    disk[446 + 8] = 8;
    disk[446 + 12] = 100;
    EXPECT_TRUE(looks_like_disk_image(view(disk), {}));
    disk[446] = 'M';   // the code of a program that happens to have the mark
    EXPECT_FALSE(looks_like_disk_image(view(disk), {}));
}

}  // namespace
}  // namespace plumbline::formats
