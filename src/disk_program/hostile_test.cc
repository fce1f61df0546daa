// SPDX-License-Identifier: Apache-2.0
// Damaged images: whatever is flipped in them, the program answers or its death is named, within its limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>

#include "disk_program/test_images.h"
#include "sandbox/program.h"

namespace plumbline::disk {
namespace {

Bytes file_bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return to_bytes(std::string(std::istreambuf_iterator<char>(file), {}));
}

void write_file(const std::filesystem::path& path, const Bytes& bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// Where a file system's structures are dense, a flip counts more.
std::size_t place_of_flip(std::mt19937_64& random, std::size_t size) {
    const std::size_t window = random() % 3 == 0 ? size : std::min<std::size_t>(size, random() % 2 == 0 ? 4096 : 256 * 1024);
    return random() % window;
}

class Hostile : public testing::TestWithParam<std::string> {};

TEST_P(Hostile, FlippedBitsEndInAnAnswerOrANamedDeath) {
    const std::filesystem::path path = GetParam();
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
    const Bytes good = file_bytes(path);
    const TemporaryFolder folder;
    std::mt19937_64 random(std::hash<std::string>{}(path.filename().string()));
    const char* asked = std::getenv("PLUMBLINE_HOSTILE_ROUNDS");
    const int rounds = asked == nullptr ? 8 : std::atoi(asked);
    AskLimits limits;
    limits.cpu_seconds_max = 10;
    limits.wall_seconds_max = 20;
    limits.memory_bytes_max = 512ULL * 1024 * 1024;
    limits.answer_bytes_max = 64ULL * 1024 * 1024;
    std::map<std::string, int> deaths;
    std::size_t answered = 0;
    for (int round = 0; round < rounds; ++round) {
        Bytes bad = good;
        const std::size_t flips = 1 + random() % 24;
        for (std::size_t i = 0; i < flips; ++i) bad[place_of_flip(random, bad.size())] ^= static_cast<std::byte>(1U << (random() % 8));
        if (round % 5 == 4) bad.resize(random() % bad.size());
        write_file(folder.path() / "image", bad);
        const auto start = std::chrono::steady_clock::now();
        const auto listed = list_image({(folder.path() / "image").string()}, limits);
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
        if (!listed) {
            // Only what the reader of the answer refuses; never that the program could not be started.
            EXPECT_NE(listed.error().kind, ErrorKind::unavailable) << listed.error().message;
            continue;
        }
        ++answered;
        for (const std::string& death : listed->asked.deaths) ++deaths[death];
        const char* keep = std::getenv("PLUMBLINE_KEEP_DEADLY");  // a folder
        if (keep != nullptr && !listed->asked.deaths.empty()) write_file(fmt::format("{}/{}.{}", keep, path.filename().string(), round), bad);
    }
    EXPECT_EQ(answered, static_cast<std::size_t>(rounds)) << "an answer of the program broke the rules";
    for (const auto& [death, count] : deaths) fmt::print("{}: {} times {}\n", path.filename().string(), count, death);
}

INSTANTIATE_TEST_SUITE_P(Images, Hostile, testing::Values(
    std::string(PLUMBLINE_SHARED_DIR) + "/data/10-forensic/dfvfs/ext2.E01", std::string(PLUMBLINE_SHARED_DIR) + "/data/10-forensic/dfvfs/ímynd.dd",
    std::string(PLUMBLINE_SHARED_DIR) + "/data/10-forensic/dfvfs/hfsplus.raw", std::string(PLUMBLINE_SHARED_DIR) + "/data/10-forensic/dfvfs/windows_volume.qcow2",
    std::string(PLUMBLINE_SHARED_DIR) + "/data/10-forensic/dfvfs/ext2.vhd", std::string(PLUMBLINE_SHARED_DIR) + "/data/10-forensic/bulk_extractor/src__tests__1mb_fat32.dmg",
    std::string(PLUMBLINE_SOURCE_DIR) + "/src/disk/corpus/volume_fuzz/ext2", std::string(PLUMBLINE_SOURCE_DIR) + "/src/disk/corpus/volume_fuzz/ext4", std::string(PLUMBLINE_SOURCE_DIR) + "/src/disk/corpus/volume_fuzz/btrfs",
    std::string(PLUMBLINE_SOURCE_DIR) + "/src/disk/corpus/linear_fuzz/vmdk"));

TEST(Program, WhatItCannotDoIsNamed) {
    // An empty file and one of noise hold nothing; that is an answer too.
    const TemporaryFolder folder;
    for (const std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{300'000}}) {
        std::mt19937_64 random(size);
        Bytes noise(size);
        for (std::byte& b : noise) b = static_cast<std::byte>(random());
        write_file(folder.path() / "noise", noise);
        const auto listed = list_image({(folder.path() / "noise").string()});
        ASSERT_TRUE(listed) << listed.error().message;
        EXPECT_TRUE(listed->files.empty());
        EXPECT_THAT(listed->asked.deaths, testing::IsEmpty());
    }
}

TEST(Program, BoundsOnTheAnswerAndTheTimeHold) {
    const OpenFiles open({std::string(PLUMBLINE_SOURCE_DIR) + "/src/disk/corpus/volume_fuzz/ext2"});
    ProgramCall call;
    call.program = "plumbline-disk";
    call.request = write_request({});
    call.files = open.numbers();
    call.answer_bytes_max = 100;
    const ProgramAnswer cut = run_program(call);
    ASSERT_TRUE(cut.trouble);
    EXPECT_EQ(cut.trouble->kind, ErrorKind::too_large);
    EXPECT_LE(cut.bytes.size(), 100U);
    call.request = to_bytes("no request");
    const ProgramAnswer refused = run_program(call);
    ASSERT_TRUE(refused.trouble);
    EXPECT_EQ(refused.trouble->message, "plumbline-disk: exited with status 2 before it answered");
    call.request = write_request({});
    call.answer_bytes_max = 1 << 20;
    call.wall_seconds_max = 0;
    EXPECT_EQ(run_program(call).trouble->kind, ErrorKind::timeout);
}

TEST(Program, CompressedContentIsAskedFor) {
    const auto listed = list_image({std::string(PLUMBLINE_SOURCE_DIR) + "/src/disk/corpus/volume_fuzz/btrfs"});
    ASSERT_TRUE(listed) << listed.error().message;
    const ListedFile* packed = listed->find("packed.txt");
    ASSERT_NE(packed, nullptr);
    EXPECT_TRUE(packed->entry.is(file_is_made));
    EXPECT_EQ(packed->content.size(), 7000U);
    EXPECT_TRUE(text_of(packed->content).starts_with("packed packed "));
    // What is not there is said, and does not end the answer.
    const OpenFiles open({std::string(PLUMBLINE_SOURCE_DIR) + "/src/disk/corpus/volume_fuzz/ext2"});
    std::vector<std::string> troubles;
    AnswerVisitor visitor;
    visitor.trouble = [&](const Trouble& trouble) { troubles.push_back(trouble.text); return Result<void>(); };
    const auto asked = ask_read(open.numbers(), {}, {{0, 4711, 0, 100}, {77, 12, 0, 100}}, visitor);
    ASSERT_TRUE(asked) << asked.error().message;
    EXPECT_FALSE(asked->is_cut);
    EXPECT_THAT(troubles, testing::SizeIs(2));
}

TEST(Program, ABoundOnFilesCutsTheList) {
    const std::string image = std::string(PLUMBLINE_SOURCE_DIR) + "/src/disk/corpus/volume_fuzz/ext2";
    AskLimits limits;
    limits.files_max = 2;
    const auto listed = list_image({image}, limits);
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(listed->files.size(), 2U);
    EXPECT_TRUE(listed->asked.is_cut);
    const auto whole = list_image({image});
    ASSERT_TRUE(whole);
    EXPECT_FALSE(whole->asked.is_cut);
    const ListedFile* stays = whole->find("stays.txt");
    ASSERT_NE(stays, nullptr);
    EXPECT_EQ(text_of(stays->content), "a file that stays\n");
}

}  // namespace
}  // namespace plumbline::disk
