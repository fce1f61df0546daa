// SPDX-License-Identifier: Apache-2.0
// Debian's forensics-samples: one set of files, copied to a file system of each kind, half of them deleted there. The
// package's own copies say what must be found, byte for byte.
//
// Three PNG files differ between the package and its images: when the package was built, the time in their tIME chunk was
// set to the build's. They are compared without that chunk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "disk_program/test_images.h"

namespace plumbline::disk {
namespace {

const std::filesystem::path samples = "/usr/share/forensics-samples";

Bytes file_bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return to_bytes(std::string(std::istreambuf_iterator<char>(file), {}));
}

// Without the tIME chunk (PNG specification, 11.3.6.1), where there is one.
Bytes without_png_time(const Bytes& content) {
    if (!has_at(content, 1, "PNG")) return content;
    for (std::size_t at = 8; at + 12 <= content.size();) {
        const std::size_t size = big32(content, at);
        if (has_at(content, at + 4, "tIME")) {
            Bytes out(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(at));
            append(out, ByteView(content).subspan(std::min(content.size(), at + 12 + size)));
            return out;
        }
        at += 12 + size;
    }
    return content;
}

struct Score {
    std::vector<std::string> missing;
    std::vector<std::string> wrong_state;  // found, but deleted where it should live or the other way
    std::map<FoundBy, std::size_t> found_by;
    std::size_t exact = 0;
    std::size_t without_time = 0;
};

Score score(const Listed& listed, const std::filesystem::path& originals) {
    Score score;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(originals)) {
        if (!entry.is_regular_file()) continue;
        const std::string name = std::filesystem::relative(entry.path(), originals).string();
        const Bytes content = file_bytes(entry.path());
        const std::string hash = sha256(content).hex();
        const std::string hash_without_time = sha256(without_png_time(content)).hex();
        const bool should_be_deleted = entry.path().parent_path().string().ends_with("2");
        const ListedFile* found = nullptr;
        bool is_exact = false;
        for (const ListedFile& file : listed.files) {
            const bool fits_state = file.entry.is(file_is_deleted) == should_be_deleted;
            const bool is_same = file.sha256 == hash;
            if (!is_same && (!name.ends_with(".png") || sha256(without_png_time(file.content)).hex() != hash_without_time)) continue;
            if (found == nullptr || fits_state) found = &file;
            is_exact = is_same;
            if (fits_state) break;
        }
        if (found == nullptr) {
            score.missing.push_back(name);
            continue;
        }
        if (found->entry.is(file_is_deleted) != should_be_deleted) score.wrong_state.push_back(name);
        ++score.found_by[found->entry.found_by];
        ++(is_exact ? score.exact : score.without_time);
    }
    return score;
}

// The scan reads what no file claims as the rest: no two living files may claim the same byte, slack included. The file
// system's own files may: what is resident stands in $MFT.
std::vector<std::string> overlaps(const Listed& listed) {
    std::map<std::uint64_t, std::pair<std::uint64_t, const ListedFile*>> claims;
    std::vector<std::string> found;
    for (const ListedFile& file : listed.files) {
        if (file.entry.is(file_is_deleted) || file.entry.is(file_is_system)) continue;
        for (const Run& run : file.entry.runs) {
            if (run.kind == RunKind::zero) continue;
            auto next = claims.lower_bound(run.offset);
            const bool hits_next = next != claims.end() && next->first < run.offset + run.length;
            const bool hits_before = next != claims.begin() && std::prev(next)->second.first > run.offset;
            const ListedFile* other = hits_next ? next->second.second : hits_before ? std::prev(next)->second.second : nullptr;
            const bool is_same_content = other != nullptr && other->entry.meta == file.entry.meta && other->entry.stream == file.entry.stream;
            if (other != nullptr && !is_same_content) found.push_back(fmt::format("{} over {}", file.entry.path, other->entry.path));
            claims[run.offset] = {run.offset + run.length, &file};
        }
    }
    return found;
}

Result<Listed> list_sample(const std::string& name) {
    const TemporaryFolder folder;
    const std::string image = (folder.path() / name).string();
    const std::string command = fmt::format("xz -dc '{}/{}.xz' > '{}'", samples.string(), name, image);
    if (std::system(command.c_str()) != 0) return fail(ErrorKind::unavailable, "xz");
    return list_image({image});
}

class Samples : public testing::TestWithParam<const char*> {};

TEST_P(Samples, AllOriginalFilesAreFound) {
    if (!std::filesystem::exists(samples / (std::string(GetParam()) + ".xz"))) GTEST_SKIP() << "forensics-samples-all is not installed";
    const auto listed = list_sample(GetParam());
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_THAT(listed->asked.deaths, testing::IsEmpty());
    EXPECT_THAT(overlaps(*listed), testing::IsEmpty());
    const Score result = score(*listed, samples / "original-files");
    EXPECT_THAT(result.missing, testing::IsEmpty());
    EXPECT_THAT(result.wrong_state, testing::IsEmpty());
    EXPECT_EQ(result.exact, 33U);
    EXPECT_EQ(result.without_time, 3U);
    std::string how;
    for (const auto& [found_by, count] : result.found_by) how += fmt::format(" {}:{}", static_cast<int>(found_by), count);
    RecordProperty("found_by", how);
    fmt::print("{}: {} exact, {} but for the PNG time, found by{}; {} files listed; troubles: {}\n", GetParam(), result.exact, result.without_time, how,
               listed->files.size(), fmt::join(listed->troubles, "; "));
}

INSTANTIATE_TEST_SUITE_P(EachFileSystem, Samples, testing::Values("fs.vfat", "fs.exfat", "fs.ntfs", "fs.ext2", "fs.ext4", "fs.btrfs"),
                         [](const auto& information) { return std::string(information.param).substr(3); });

TEST(SeveralVolumes, EachHoldsBothFiles) {
    if (!std::filesystem::exists(samples / "fs.multiple.xz")) GTEST_SKIP() << "forensics-samples-all is not installed";
    const auto listed = list_sample("fs.multiple");
    ASSERT_TRUE(listed) << listed.error().message;
    ASSERT_EQ(listed->volumes.size(), 4U);
    std::vector<std::string> kinds;
    for (const Volume& volume : listed->volumes) kinds.push_back(volume.file_system);
    EXPECT_THAT(kinds, testing::ElementsAre("btrfs", "ext4", "exfat", "ntfs"));
    for (std::uint32_t volume = 0; volume < 4; ++volume) {
        for (const char* name : {"debian_logo.jpg", "test.txt"}) {
            const std::string hash = sha256(file_bytes(samples / "original-multiple" / name)).hex();
            const bool is_there = std::any_of(listed->files.begin(), listed->files.end(), [&](const ListedFile& file) {
                return file.entry.volume == volume && file.entry.path == name && file.sha256 == hash && !file.entry.is(file_is_deleted);
            });
            EXPECT_TRUE(is_there) << name << " in volume " << volume;
        }
    }
}

}  // namespace
}  // namespace plumbline::disk
