// SPDX-License-Identifier: Apache-2.0
#include "store/blobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "store/test_folder.h"

namespace plumbline {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

Result<BlobRef> put(Blobs& blobs, std::string_view text) {
    const auto writer = TRY(blobs.begin());
    TRY(writer->write(view(text)));
    return writer->commit();
}

std::vector<std::string> files_below(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(entry.path().string());
    return files;
}

class BlobsTest : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        if (GetParam()) blobs_ = Blobs::open(folder_.path()).take();
        else blobs_ = Blobs::in_memory();
    }
    TestFolder folder_;
    std::unique_ptr<Blobs> blobs_;
};
INSTANTIATE_TEST_SUITE_P(FilesAndMemory, BlobsTest, testing::Bool());

TEST_P(BlobsTest, gives_back_what_was_written_in_pieces) {
    std::string text;
    const auto writer = blobs_->begin().take();
    for (int i = 0; i < 3000; ++i) {
        const std::string piece(static_cast<std::size_t>(i % 200), static_cast<char>('a' + i % 26));
        ASSERT_TRUE(writer->write(view(piece)).has_value());
        text += piece;
    }
    const BlobRef ref = writer->commit().take();
    EXPECT_EQ(ref.size_bytes, text.size());
    EXPECT_EQ(ref.sha256, sha256(view(text)));
    const auto reader = blobs_->read(ref).take();
    EXPECT_EQ(reader->size_bytes(), text.size());
    std::string back(text.size() + 10, '\0');
    std::size_t at = 0;
    while (const std::size_t count = reader->read(at, std::as_writable_bytes(std::span(back)).subspan(at)).take()) at += count;
    back.resize(at);
    EXPECT_EQ(back, text);
    std::byte middle[5];
    EXPECT_EQ(reader->read(1000, middle).take(), 5U);
    EXPECT_EQ(text_of(middle), text.substr(1000, 5));
    EXPECT_TRUE(*blobs_->check(ref));
}

TEST_P(BlobsTest, lists_and_removes) {
    EXPECT_THAT(*blobs_->list(), IsEmpty());
    const BlobRef ref = put(*blobs_, "one").take();
    EXPECT_EQ(put(*blobs_, "one").take(), ref);
    EXPECT_THAT(*blobs_->list(), ElementsAre(ref));
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    EXPECT_THAT(*blobs_->list(now), IsEmpty());
    EXPECT_THAT(*blobs_->list(now + std::chrono::hours(2)), ElementsAre(ref));
    ASSERT_TRUE(blobs_->remove(ref).has_value());
    EXPECT_THAT(*blobs_->list(), IsEmpty());
    EXPECT_EQ(blobs_->read(ref).error().kind, ErrorKind::not_found);
    EXPECT_EQ(blobs_->check(ref).error().kind, ErrorKind::not_found);
    EXPECT_EQ(blobs_->remove(ref).error().kind, ErrorKind::not_found);
}

TEST_P(BlobsTest, an_empty_blob_is_a_blob) {
    const BlobRef ref = put(*blobs_, "").take();
    EXPECT_EQ(ref.size_bytes, 0U);
    EXPECT_TRUE(*blobs_->check(ref));
}

TEST_P(BlobsTest, a_writer_that_goes_leaves_nothing) {
    {
        const auto writer = blobs_->begin().take();
        ASSERT_TRUE(writer->write(Bytes(200'000, std::byte{1})).has_value());
    }
    EXPECT_THAT(*blobs_->list(), IsEmpty());
    EXPECT_THAT(files_below(folder_.path()), IsEmpty());
}

TEST(FileBlobsTest, names_modes_and_hours) {
    const TestFolder folder;
    const auto blobs = Blobs::open(folder.file("blobs")).take();
    const BlobRef ref = put(*blobs, "something").take();
    const std::string hex = ref.sha256.hex();
    const std::string path = folder.file("blobs/" + hex.substr(0, 2) + "/" + hex.substr(2, 2) + "/" + hex);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    EXPECT_EQ(status.st_mtim.tv_sec % 3600, 0);
    EXPECT_EQ(status.st_mtim.tv_nsec, 0);
    for (const auto& entry : fs::recursive_directory_iterator(folder.file("blobs"))) {
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mtim.tv_sec % 3600, 0) << entry.path();
    }
    std::ofstream(path, std::ios::app) << "x";
    EXPECT_FALSE(*blobs->check(ref));
}

TEST(FileBlobsTest, a_start_removes_what_nobody_writes_any_more) {
    const TestFolder folder;
    const auto first = Blobs::open(folder.path()).take();
    std::ofstream(folder.file("incoming/left-behind")) << "half a file";
    const auto writer = first->begin().take();
    ASSERT_TRUE(writer->write(view("still coming")).has_value());
    const auto second = Blobs::open(folder.path()).take();
    EXPECT_FALSE(fs::exists(folder.file("incoming/left-behind")));
    const auto ref = writer->commit();
    ASSERT_TRUE(ref.has_value()) << ref.error().message;
    EXPECT_TRUE(*second->check(*ref));
}

// A file size limit is a disk that is full at that byte.
TEST(FileBlobsTest, a_full_disk_is_unavailable_and_leaves_nothing) {
    const TestFolder folder;
    const auto blobs = Blobs::open(folder.path()).take();
    const auto before = ::signal(SIGXFSZ, SIG_IGN);
    rlimit unlimited{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    rlimit small = unlimited;
    small.rlim_cur = 100'000;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    Result<void> written;
    {
        const auto writer = blobs->begin().take();
        for (int i = 0; i < 100 && written; ++i) written = writer->write(Bytes(10'000, std::byte{1}));
        if (written) written = [&]() -> Result<void> { return TRY(writer->commit()), Result<void>(); }();
    }
    ::setrlimit(RLIMIT_FSIZE, &unlimited);
    ::signal(SIGXFSZ, before);
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(files_below(folder.path()), IsEmpty());
    EXPECT_TRUE(put(*blobs, std::string(200'000, 'x')).has_value());
}

}  // namespace
}  // namespace plumbline
