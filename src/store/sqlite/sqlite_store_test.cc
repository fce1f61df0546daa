// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/sqlite_store.h"

#include <sys/stat.h>

#include "store/sqlite/connection.h"
#include "store/store_conformance.h"
#include "store/test_folder.h"

namespace plumbline::conformance {

// The store in a folder that goes with it.
class StoreInFolder {
  public:
    static std::unique_ptr<Store> open(Blobs& blobs) {
        static std::vector<std::unique_ptr<TestFolder>> folders;
        folders.push_back(std::make_unique<TestFolder>());
        SqliteOptions options;
        options.path = folders.back()->file("store.db");
        auto store = open_sqlite_store(options, blobs);
        EXPECT_TRUE(store.has_value()) << store.error().message;
        return store ? std::move(*store) : nullptr;
    }
};
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance, testing::Values(Backend{"sqlite", StoreInFolder::open}));

class SqliteStoreTest : public testing::Test {
  protected:
    Result<std::unique_ptr<Store>> open() { return open_sqlite_store(options_, *blobs_); }
    TestFolder folder_;
    std::unique_ptr<Blobs> blobs_ = Blobs::in_memory();
    SqliteOptions options_{.path = folder_.file("store.db")};
};

TEST_F(SqliteStoreTest, keeps_everything_over_a_restart) {
    {
        auto store = open().take();
        ASSERT_WORKS(store->accept_tip(tip_number(1)));
        ASSERT_WORKS(store->put_setting("name", "value"));
    }
    auto store = open().take();
    EXPECT_EQ(store->tip(id_of<TipId>(1))->receipt, "receipt 1");
    EXPECT_EQ(**store->setting("name"), "value");
    EXPECT_THAT(*store->check(), IsEmpty());
    struct stat status {};
    ASSERT_EQ(::stat(options_.path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat((options_.path + "-wal").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(SqliteStoreTest, refuses_a_newer_file_and_another_programs) {
    ASSERT_WORKS(open());
    {
        auto connection = sqlite::Connection::open({.path = options_.path, .is_writer = true}).take();
        ASSERT_WORKS(connection->run_script("PRAGMA user_version = 99"));
    }
    EXPECT_FAILS(ErrorKind::unsupported, open());
    options_.path = folder_.file("other.db");
    {
        auto connection = sqlite::Connection::open({.path = options_.path, .is_writer = true}).take();
        ASSERT_WORKS(connection->run_script("CREATE TABLE song (title TEXT)"));
    }
    EXPECT_FAILS(ErrorKind::unsupported, open());
}

TEST_F(SqliteStoreTest, says_that_a_damaged_file_is_damaged) {
    FILE* file = std::fopen(options_.path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    for (int i = 0; i < 1000; ++i) std::fputs("this is no database ", file);
    std::fclose(file);
    EXPECT_FAILS(ErrorKind::corrupt, open());
    options_.path = folder_.file("no/such/folder.db");
    EXPECT_FAILS(ErrorKind::unavailable, open());
}

TEST_F(SqliteStoreTest, a_full_queue_is_busy) {
    options_.writer_queue_max = 0;
    auto store = open().take();
    EXPECT_FAILS(ErrorKind::busy, store->accept_tip(tip_number(1)));
    EXPECT_EQ(store->counts()->tips, 0U);
}

// One failing write takes nothing from those that share its commit.
TEST_F(SqliteStoreTest, neighbours_of_a_failing_write_are_kept) {
    auto store = open().take();
    ASSERT_WORKS(store->accept_tip(tip_number(0)));
    std::atomic<int> accepted{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> workers;
    for (std::uint64_t worker = 0; worker < 8; ++worker)
        workers.emplace_back([&, worker] {
            for (std::uint64_t i = 0; i < 40; ++i) {
                NewTip tip = tip_number(1 + worker * 40 + i);
                if (i % 2 == 1) tip.first_job.id = tip_number(0).first_job.id;  // fails at its last row
                (store->accept_tip(std::move(tip)) ? accepted : refused) += 1;
            }
        });
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(accepted, 160);
    EXPECT_EQ(refused, 160);
    EXPECT_EQ(store->counts()->tips, 161U);
    EXPECT_EQ(*store->ledger_size(), 161U);
    EXPECT_THAT(*store->check(), IsEmpty());
}

// Two stores over one file are two processes as far as SQLite is concerned.
TEST_F(SqliteStoreTest, two_processes_share_one_file) {
    auto first = open().take();
    auto second = open().take();
    std::vector<std::thread> workers;
    std::atomic<int> failures{0};
    for (std::uint64_t worker = 0; worker < 4; ++worker)
        workers.emplace_back([&, worker] {
            Store& store = worker % 2 == 0 ? *first : *second;
            for (std::uint64_t i = 0; i < 30; ++i) failures += store.accept_tip(tip_number(worker * 30 + i)) ? 0 : 1;
        });
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(*first->ledger_size(), 120U);
    EXPECT_EQ(second->counts()->tips, 120U);
    EXPECT_THAT(*first->check(), IsEmpty());
}

TEST_F(SqliteStoreTest, hears_of_another_processes_job) {
    auto first = open().take();
    auto second = open().take();
    first->wait_for_job(std::chrono::milliseconds(600));  // has looked once
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        EXPECT_TRUE(second->accept_tip(tip_number(1)).has_value());
    });
    const auto start = std::chrono::steady_clock::now();
    first->wait_for_job(std::chrono::seconds(20));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    other.join();
}

TEST_F(SqliteStoreTest, eight_processes_may_make_the_file_at_once) {
    std::atomic<int> failures{0};
    std::vector<std::thread> openers;
    for (int i = 0; i < 8; ++i)
        openers.emplace_back([&] { failures += open() ? 0 : 1; });
    for (std::thread& opener : openers) opener.join();
    EXPECT_EQ(failures, 0);
}

}  // namespace plumbline::conformance
