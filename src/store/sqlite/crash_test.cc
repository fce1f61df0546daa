// SPDX-License-Identifier: Apache-2.0
// A process that is killed with kill -9 while four threads hand tips in: every tip whose acknowledgement left the process
// is there afterwards, once, with its ledger entry and its job.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "store/sqlite/sqlite_store.h"
#include "store/test_folder.h"
#include "store/test_values.h"

namespace plumbline::conformance {

namespace {

// In the child: accepts until it is killed and writes each acknowledged number to the pipe. Never returns.
[[noreturn]] void accept_until_killed(const std::string& path, int pipe, std::uint64_t first) {
    const auto blobs = Blobs::in_memory();
    SqliteOptions options;
    options.path = path;
    const auto store = open_sqlite_store(options, *blobs);
    if (!store) ::_exit(3);
    std::vector<std::thread> workers;
    for (std::uint64_t worker = 0; worker < 4; ++worker)
        workers.emplace_back([&, worker] {
            for (std::uint64_t i = 0; i < 10'000; ++i) {
                const std::uint64_t number = first + worker * 10'000 + i;
                if (!(*store)->accept_tip(tip_number(number, 2000))) ::_exit(4);
                if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(5);
            }
        });
    for (std::thread& worker : workers) worker.join();
    ::_exit(0);
}

std::vector<std::uint64_t> read_until_killed(int pipe, pid_t child, std::chrono::milliseconds life) {
    std::vector<std::uint64_t> acknowledged;
    std::thread killer([&] {
        std::this_thread::sleep_for(life);
        ::kill(child, SIGKILL);
    });
    std::uint64_t number = 0;
    while (::read(pipe, &number, sizeof number) == static_cast<ssize_t>(sizeof number)) acknowledged.push_back(number);
    killer.join();
    return acknowledged;
}

TEST(CrashTest, nothing_acknowledged_is_lost_by_kill_9) {
    const TestFolder folder;
    const std::string path = folder.file("store.db");
    const unsigned seed = std::random_device()();
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> life(5, 120);
    std::vector<std::uint64_t> acknowledged;
    for (std::uint64_t round = 0; round < 20; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            ::close(ends[0]);
            accept_until_killed(path, ends[1], round * 1'000'000);
        }
        ::close(ends[1]);
        const auto heard = read_until_killed(ends[0], child, std::chrono::milliseconds(life(random)));
        ::close(ends[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
        acknowledged.insert(acknowledged.end(), heard.begin(), heard.end());
    }
    EXPECT_FALSE(acknowledged.empty());
    const auto blobs = Blobs::in_memory();
    SqliteOptions options;
    options.path = path;
    const auto store = open_sqlite_store(options, *blobs);
    ASSERT_WORKS(store);
    for (const std::uint64_t number : acknowledged) {
        const auto row = (*store)->tip(id_of<TipId>(number));
        ASSERT_TRUE(row.has_value()) << "tip " << number << " was acknowledged and is gone";
        EXPECT_EQ((*store)->ledger_entries_of(row->header.id)->size(), 1U);
        EXPECT_EQ((*store)->jobs_of(row->header.id)->size(), 1U);
    }
    const auto counts = (*store)->counts();
    EXPECT_GE(counts->tips, acknowledged.size());
    EXPECT_EQ(counts->tips, counts->ledger_size);
    EXPECT_THAT(*(*store)->check(), IsEmpty());
}

// Waits for a word, then accepts one tip, says so, and dies.
[[noreturn]] void accept_one_when_told(const std::string& path, int words, int answers) {
    const auto blobs = Blobs::in_memory();
    SqliteOptions options;
    options.path = path;
    const auto store = open_sqlite_store(options, *blobs);
    char word = 0;
    if (!store || !(*store)->accept_tip(tip_number(1, 2000)) || ::write(answers, "r", 1) != 1 || ::read(words, &word, 1) != 1) ::_exit(3);
    if (!(*store)->accept_tip(tip_number(2, 2000)) || ::write(answers, "a", 1) != 1) ::_exit(4);
    ::kill(::getpid(), SIGKILL);
    ::_exit(5);
}

// A store that closes in good order must not take the log away from another process that is at work: it would, if that one had lost
// its locks by closing a descriptor of its own.
TEST(CrashTest, a_second_process_that_closes_takes_nothing_with_it) {
    const TestFolder folder;
    const std::string path = folder.file("store.db");
    int words[2], answers[2];
    ASSERT_EQ(::pipe(words), 0);
    ASSERT_EQ(::pipe(answers), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) accept_one_when_told(path, words[0], answers[1]);
    char answer = 0;
    ASSERT_EQ(::read(answers[0], &answer, 1), 1);
    const auto blobs = Blobs::in_memory();
    SqliteOptions options;
    options.path = path;
    ASSERT_WORKS(open_sqlite_store(options, *blobs));  // opened, and closed at once
    ASSERT_EQ(::write(words[1], "g", 1), 1);
    ASSERT_EQ(::read(answers[0], &answer, 1), 1);
    ASSERT_EQ(answer, 'a');
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    const auto store = open_sqlite_store(options, *blobs);
    ASSERT_WORKS(store);
    EXPECT_TRUE((*store)->tip(id_of<TipId>(2)).has_value()) << "an acknowledged tip is gone";
    EXPECT_EQ((*store)->counts()->tips, 2U);
}

}  // namespace
}  // namespace plumbline::conformance
