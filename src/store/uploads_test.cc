// SPDX-License-Identifier: Apache-2.0
#include "store/uploads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "store/test_folder.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

class UploadsTest : public testing::Test {
  protected:
    UploadName named(std::string_view secret, std::string_view text) { return UploadName{sha256(view(secret)), text.size()}; }
    // Adds text from an offset on and commits.
    Result<std::uint64_t> add(const UploadName& name, std::uint64_t offset, std::string_view text) {
        const auto writer = TRY(uploads_->append(name, offset));
        TRY(writer->write(view(text)));
        return writer->commit();
    }
    TestFolder folder_;
    std::unique_ptr<Blobs> blobs_ = Blobs::open(folder_.file("blobs")).take();
    std::unique_ptr<Uploads> uploads_ = Uploads::open(folder_.file("blobs/uploads")).take();
};

TEST_F(UploadsTest, goes_on_where_it_stopped_and_becomes_a_blob) {
    const std::string text(200'000, 'a');
    const UploadName name = named("one", text);
    EXPECT_EQ(uploads_->state(name).error().kind, ErrorKind::not_found);
    ASSERT_TRUE(uploads_->create(name));
    EXPECT_EQ(add(name, 0, text.substr(0, 70'000)).take(), 70'000U);
    EXPECT_EQ(add(name, 60'000, "x").error().kind, ErrorKind::conflict);
    EXPECT_EQ(uploads_->keep(name, *blobs_).error().kind, ErrorKind::conflict);
    // Another process takes over: what is known of the hash is gone.
    uploads_ = Uploads::open(folder_.file("blobs/uploads")).take();
    EXPECT_EQ(uploads_->state(name).take().offset_bytes, 70'000U);
    EXPECT_EQ(add(name, 70'000, text.substr(70'000)).take(), text.size());
    const BlobRef ref = uploads_->keep(name, *blobs_).take();
    EXPECT_EQ(ref.sha256, sha256(view(text)));
    EXPECT_EQ(ref.size_bytes, text.size());
    EXPECT_TRUE(blobs_->check(ref).take());
    EXPECT_EQ(uploads_->keep(name, *blobs_).take(), ref);   // again, as after a crash before the row
    ASSERT_TRUE(uploads_->remove(name));
    EXPECT_TRUE(blobs_->check(ref).take());
    EXPECT_EQ(uploads_->totals().take().uploads, 0U);
}

TEST_F(UploadsTest, hashes_what_came_in_one_process) {
    const std::string text(100'000, 'b');
    const UploadName name = named("two", text);
    ASSERT_TRUE(uploads_->create(name));
    for (std::size_t at = 0; at < text.size(); at += 30'000) ASSERT_TRUE(add(name, at, std::string_view(text).substr(at, 30'000)));
    EXPECT_EQ(uploads_->keep(name, *blobs_).take().sha256, sha256(view(text)));
    EXPECT_EQ(text_of(uploads_->bytes(name).take()), text);
}

TEST_F(UploadsTest, takes_over_from_a_request_that_hangs) {
    const UploadName name = named("three", "abcdef");
    ASSERT_TRUE(uploads_->create(name));
    const auto slow = uploads_->append(name, 0).take();
    ASSERT_TRUE(slow->write(view("ab")));
    const auto fresh = uploads_->append(name, 2).take();
    EXPECT_EQ(slow->write(view("cd")).error().kind, ErrorKind::conflict);
    ASSERT_TRUE(fresh->write(view("cdef")));
    EXPECT_EQ(fresh->write(view("g")).error().kind, ErrorKind::too_large);
    EXPECT_EQ(fresh->commit().take(), 6U);
    EXPECT_EQ(uploads_->keep(name, *blobs_).take().sha256, sha256(view("abcdef")));
}

TEST_F(UploadsTest, what_came_is_there_after_a_kill) {
    const UploadName name = named("four", std::string(100'000, 'k'));
    ASSERT_TRUE(uploads_->create(name));
    const pid_t child = ::fork();
    if (child == 0) {
        const auto writer = uploads_->append(name, 0).take();
        if (!writer->write(Bytes(64'000, std::byte{'k'}))) ::_exit(1);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(uploads_->state(name).take().offset_bytes, 64'000U);
    EXPECT_EQ(add(name, 64'000, std::string(36'000, 'k')).take(), 100'000U);
    EXPECT_EQ(uploads_->keep(name, *blobs_).take().sha256, sha256(view(std::string(100'000, 'k'))));
}

TEST_F(UploadsTest, times_are_hours_and_old_ones_are_swept) {
    const UploadName name = named("five", "abc");
    ASSERT_TRUE(uploads_->create(name));
    ASSERT_TRUE(add(name, 0, "a"));
    for (const auto& entry : fs::directory_iterator(folder_.file("blobs/uploads"))) {
        struct stat status {};
        ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mtim.tv_sec % 3600, 0);
        EXPECT_EQ(status.st_mtim.tv_nsec, 0);
    }
    const Instant hour = uploads_->state(name).take().last_hour;
    EXPECT_EQ(uploads_->totals().take().bytes, 3U);
    EXPECT_EQ(uploads_->sweep(hour).take(), 0U);
    EXPECT_EQ(uploads_->sweep(hour + std::chrono::hours(1)).take(), 1U);
    EXPECT_EQ(uploads_->state(name).error().kind, ErrorKind::not_found);
}

}  // namespace

}  // namespace plumbline
