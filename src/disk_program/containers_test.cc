// SPDX-License-Identifier: Apache-2.0
// Images of other projects' tests: each container and file system, with the files that they are known to hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "disk_program/test_images.h"

namespace plumbline::disk {
namespace {

const std::string shared = std::string(PLUMBLINE_SHARED_DIR) + "/data/10-forensic/";

std::string summary(const Listed& listed) {
    std::string text = fmt::format("{} of {} bytes;", listed.start.container, listed.start.image_bytes);
    for (const Volume& volume : listed.volumes) text += fmt::format(" [{} at {}{}{}]", volume.file_system, volume.offset, volume.not_opened.empty() ? "" : " not opened: ", volume.not_opened);
    for (const ListedFile& file : listed.files) {
        text += fmt::format("\n  {}{} {} size {} runs {} found {} {}", file.entry.is(file_is_deleted) ? "deleted " : "", file.entry.is(file_is_directory) ? "dir" : "file", file.entry.path,
                            file.entry.size_bytes, file.entry.runs.size(), static_cast<int>(file.entry.found_by), file.sha256.substr(0, 8));
    }
    for (const std::string& trouble : listed.troubles) text += "\n  trouble: " + trouble;
    for (const std::string& death : listed.asked.deaths) text += "\n  death: " + death;
    return text;
}

struct Image {
    std::vector<std::string> files;
    std::string container;
    std::string file;        // one that must be there, with the start of its SHA-256
    std::string sha256;
    std::string not_opened;  // or what is said of it
};

class Containers : public testing::TestWithParam<Image> {};

TEST_P(Containers, AreRead) {
    std::vector<std::string> paths;
    for (const std::string& file : GetParam().files) paths.push_back(shared + file);
    if (!std::filesystem::exists(paths[0])) GTEST_SKIP() << "no " << paths[0];
    const auto listed = list_image(paths);
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(listed->start.container, GetParam().container);
    EXPECT_THAT(listed->asked.deaths, testing::IsEmpty());
    if (std::getenv("PLUMBLINE_SHOW") != nullptr) fmt::print("{}: {}\n", GetParam().files[0], summary(*listed));
    if (!GetParam().file.empty()) {
        const ListedFile* file = listed->find(GetParam().file);
        ASSERT_NE(file, nullptr) << summary(*listed);
        EXPECT_TRUE(file->sha256.starts_with(GetParam().sha256)) << file->sha256;
    } else if (!GetParam().not_opened.empty()) {
        EXPECT_THAT(listed->troubles, testing::ElementsAre(testing::HasSubstr(GetParam().not_opened)));
        EXPECT_TRUE(listed->files.empty());
    }
}

// The dfvfs images all hold the same files; their hashes were taken from ext2.raw's content by the Sleuth Kit's icat.
INSTANTIATE_TEST_SUITE_P(All, Containers, testing::Values(
    Image{{"dfvfs/ext2.E01"}, "ewf", "passwords.txt", "02a2a6af", ""},
    Image{{"dfvfs/ext2.split.E01", "dfvfs/ext2.split.E02"}, "ewf", "passwords.txt", "02a2a6af", ""},
    Image{{"dfvfs/ext2.splitraw.000", "dfvfs/ext2.splitraw.001"}, "raw", "passwords.txt", "02a2a6af", ""},
    Image{{"dfvfs/ext2.vhd"}, "vhd", "passwords.txt", "02a2a6af", ""},
    Image{{"dfvfs/image.vhd"}, "vhd", "passwords.txt", "02a2a6af", ""},
    Image{{"dfvfs/ímynd.dd"}, "raw", "a_directory/another_file", "c7fbc0e8", ""},
    Image{{"dfvfs/hfsplus.raw"}, "raw", "a_directory/a_resourcefork:rsrc", "8c9eea71", ""},
    Image{{"dfvfs/windows_volume.qcow2"}, "qcow2", "Windows/System32/config/syslog", "0420b023", ""},
    Image{{"bulk_extractor/tests__Images__nps-2010-emails.E01"}, "ewf", "document1.txt", "ea0e6d46", ""},
    Image{{"bulk_extractor/src__tests__1mb_fat32.dmg"}, "raw", ".Trashes/505/ReadMe.md", "0435ac77", ""},
    Image{{"dfvfs/fat-differential.vhd"}, "unknown", "", "", "VHD that needs its parent"},
    Image{{"dfvfs/hfsplus_zlib.dmg"}, "unknown", "", "", "Apple disk image"}));

// To look at any image: PLUMBLINE_IMAGE=/a/disk.dd disk_program_test --gtest_filter=AnyImage*
TEST(AnyImage, IsListed) {
    const char* path = std::getenv("PLUMBLINE_IMAGE");
    if (path == nullptr) GTEST_SKIP() << "PLUMBLINE_IMAGE names no image";
    const auto listed = list_image({path});
    ASSERT_TRUE(listed) << listed.error().message;
    fmt::print("{}\n", summary(*listed));
}

Result<Listed> list_from_zip(const std::string& zip, const std::string& name) {
    const TemporaryFolder folder;
    const std::string image = (folder.path() / "image.dd").string();
    const std::string command = fmt::format("python3 -c \"import zipfile; open('{}','wb').write(zipfile.ZipFile('{}').read('{}'))\"", image, zip, name);
    if (std::system(command.c_str()) != 0) return fail(ErrorKind::unavailable, "python3");
    return list_image({image});
}

// Image 10: two valid file systems in one partition, of which a reader may hide one.
TEST(Dftt, TwoFileSystemsInOnePartition) {
    const std::string zip = shared + "dftt/10b-ntfs-autodetect.zip";
    if (!std::filesystem::exists(zip)) GTEST_SKIP() << "no " << zip;
    const auto listed = list_from_zip(zip, "10-ntfs-autodetect/10-ntfs-disk.dd");
    ASSERT_TRUE(listed) << listed.error().message;
    std::vector<std::string> kinds;
    for (const Volume& volume : listed->volumes) kinds.push_back(volume.file_system);
    EXPECT_THAT(kinds, testing::ElementsAre("ntfs", "ntfs", "ext2", "ufs2")) << summary(*listed);
    for (const char* name : {"NTFS.TXT", "ext2.txt", "ufs1.txt"}) EXPECT_NE(listed->find(name), nullptr) << name << "\n" << summary(*listed);
    EXPECT_THAT(listed->troubles, testing::Contains(testing::HasSubstr("2 file systems in one place")));
}

TEST(Dftt, LogicalPartitions) {
    const std::string zip = shared + "dftt/1-extend-part.zip";
    if (!std::filesystem::exists(zip)) GTEST_SKIP() << "no " << zip;
    const auto listed = list_from_zip(zip, "1-extend-part/ext-part-test-2.dd");
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(listed->volumes.size(), 6U) << summary(*listed);
}

// Digital Forensics Tool Testing image 6 (B. Carrier): its page says what is deleted, with MD5 values. The three files that
// were fragmented cannot be found from what FAT keeps; the others must come out whole, and all names be seen.
TEST(Dftt, DeletedFilesOfFat) {
    const std::string zip = shared + "dftt/6-undel-fat.zip";
    if (!std::filesystem::exists(zip)) GTEST_SKIP() << "no " << zip;
    const auto listed = list_from_zip(zip, "6-undel-fat/6-fat-undel.dd");
    ASSERT_TRUE(listed) << listed.error().message;
    std::size_t right = 0;
    for (const auto& expected : {std::pair{"_ing.dat", "59b20779f69ff9f0ac5fcd2c38835a79"}, {"_ult1.dat", "ffd27bd782bdce67750b6b9ee069d2ef"},
                                    {"_rag1.dat", ""}, {"_rag2.dat", ""}, {"_ir1/mult2.dat", "59cf0e9cd107bc1e75afb7374f6e05bb"}, {"_ir1/dir2/frag3.dat", ""}}) {
        const std::string path = expected.first;
        const std::string md5 = expected.second;
        const auto found = std::find_if(listed->files.begin(), listed->files.end(), [&](const ListedFile& file) {
            std::string lower = file.entry.path;
            std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
            return lower == path;
        });
        ASSERT_NE(found, listed->files.end()) << path << "\n" << summary(*listed);
        EXPECT_TRUE(found->entry.is(file_is_deleted)) << path;
        EXPECT_TRUE(found->entry.is(file_is_guessed)) << path;
        if (!md5.empty() && md5_hex(found->content) == md5) ++right;
    }
    EXPECT_EQ(right, 3U) << summary(*listed);
}

// An E01 has the MD5 of the disk that it was made of in its `hash` section.
Bytes stored_md5(ByteView file) {
    for (std::size_t at = 13; at + 76 <= file.size();) {
        const std::string_view type = text_of(file.subspan(at, 16));
        if (type.substr(0, type.find('\0')) == "hash") return to_bytes(file.subspan(at + 76, 16));
        const std::uint64_t next = little64(file, at + 16);
        if (next <= at) break;
        at = static_cast<std::size_t>(next);
    }
    return {};
}

TEST(Ewf, HasTheHashThatItSays) {
    std::size_t checked = 0;
    for (const char* name : {"dfvfs/ext2.E01", "bulk_extractor/tests__Images__ansi.E01", "bulk_extractor/tests__Images__german_utf8.E01",
                             "bulk_extractor/tests__Images__kml_samples.E01", "bulk_extractor/tests__Images__nps-2010-emails.E01"}) {
        if (!std::filesystem::exists(shared + name)) GTEST_SKIP() << "no " << name;
        const OpenFiles open({shared + name});
        auto file = bytes_of_file(open.numbers()[0]);
        ASSERT_TRUE(file);
        const auto whole = (*file)->bytes(0, (*file)->size_bytes());
        std::vector<std::unique_ptr<RandomBytes>> segments;
        segments.push_back(std::move(*file));
        const auto linear = open_linear(std::move(segments));
        ASSERT_TRUE(linear) << name << linear.error().message;
        const Bytes md5 = stored_md5(*whole);
        if (md5.empty()) continue;
        const auto disk = linear->bytes->bytes(0, linear->bytes->size_bytes());
        ASSERT_TRUE(disk) << name << disk.error().message;
        EXPECT_EQ(md5_hex(*disk), to_hex(md5)) << name;
        ++checked;
    }
    EXPECT_GE(checked, 4U);
}

}  // namespace
}  // namespace plumbline::disk
