// SPDX-License-Identifier: Apache-2.0
// Publishing: any way of cutting the work gives the same files; a crash anywhere is mended; a second history is refused.
#include "ledger/publisher.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "base/check.h"
#include "ledger/published_log.h"
#include "ledger/test_log.h"

namespace plumbline::ledger {
namespace {

std::map<std::string, std::string> contents_of(const std::string& folder) {
    std::map<std::string, std::string> contents;
    for (const auto& item : std::filesystem::recursive_directory_iterator(folder)) {
        if (item.is_regular_file()) contents[item.path().lexically_relative(folder).generic_string()] = file_text(item.path().string());
    }
    return contents;
}

TEST(Publisher, AnEmptyLogHasACheckpoint) {
    TestLog log;
    log.publish();
    const VerifyReport report = log.verify();
    EXPECT_TRUE(report.is_ok()) << texts_of(report);
    EXPECT_EQ(report.checkpoint.size, 0U);
    EXPECT_EQ(report.checkpoint.origin, "plumbline.example/ledger");
}

TEST(Publisher, StepsOfAnySizeGiveAWholeLog) {
    TestLog log;
    std::mt19937 random(5);
    std::uint64_t size = 0;
    for (int round = 0; round < 40; ++round) {
        const std::size_t count = random() % 60;
        log.add_entries(count);
        size += count;
        if (round % 3 == 0) {
            log.publish();  // a new publisher, as after a restart
            const VerifyReport report = log.verify();
            ASSERT_TRUE(report.is_ok()) << texts_of(report);
            ASSERT_EQ(report.checkpoint.size, size);
            ASSERT_EQ(report.entries_checked, size);
        }
    }
    log.publish();
    // What one publisher writes in one go are the same bytes (it has no partial files of earlier checkpoints).
    const std::map<std::string, std::string> grown = contents_of(log.path());
    std::filesystem::remove_all(log.path());
    log.publish();
    for (const auto& [file, text] : contents_of(log.path())) EXPECT_EQ(grown.at(file), text) << file;
}

TEST(Publisher, ALargeBacklogGoesInSteps) {
    TestLog log;
    log.add_entries(5000);
    EXPECT_EQ(log.publisher(700).value()->publish().value(), 5000U);
    const VerifyReport report = log.verify();
    EXPECT_TRUE(report.is_ok()) << texts_of(report);
    EXPECT_EQ(report.checkpoint.size, 5000U);
    EXPECT_FALSE(std::filesystem::exists(log.path() + "/tile/0/000.p"));
}

TEST(Publisher, KeepsNoTimeFinerThanTheDay) {
    TestLog log;
    log.add_entries(300);
    log.publish();
    for (const auto& item : std::filesystem::recursive_directory_iterator(log.path())) {
        if (!item.is_regular_file()) continue;
        const auto since_epoch = std::chrono::file_clock::to_sys(item.last_write_time()).time_since_epoch();
        EXPECT_EQ(since_epoch % std::chrono::days(1), std::chrono::nanoseconds(0)) << item.path();
    }
}

TEST(Publisher, RefusesAStoreThatIsNotThePublishedOne) {
    TestLog log;
    log.add_entries(600);
    log.publish();
    TestLog other;
    other.entropy = seal::TestEntropy("other");
    other.add_entries(600);
    PublisherOptions options;
    options.folder = log.path();
    options.origin = "plumbline.example/ledger";
    auto refused = TilePublisher::open(*other.store, log.ledger.secret, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::corrupt);
    EXPECT_EQ(refused.error().message, "the store's entries 0 to 255 are not those of tile/entries/000: nothing more is published");
    TestLog empty;
    refused = TilePublisher::open(*empty.store, log.ledger.secret, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "the published log has 600 entries, the store 0: the store lost some");
    options.origin = "plumbline.example/other";
    EXPECT_EQ(TilePublisher::open(*log.store, log.ledger.secret, options).error().kind, ErrorKind::conflict);
    EXPECT_FALSE(TilePublisher::open(*log.store, log.receipt.secret, options));  // another key
    options.origin = "two words";
    EXPECT_EQ(TilePublisher::open(*log.store, log.ledger.secret, options).error().kind, ErrorKind::invalid);
    EXPECT_TRUE(log.verify().is_ok());
}

TEST(Publisher, OneAtATime) {
    TestLog log;
    const auto first = log.publisher();
    ASSERT_TRUE(first);
    const auto second = log.publisher();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::busy);
}

TEST(Publisher, FilesAheadOfTheCheckpointAreNotedAndWrittenAgain) {
    TestLog log;
    log.add_entries(200);
    log.publish();
    const std::string old_checkpoint = file_text(log.path() + "/checkpoint");
    log.add_entries(700);
    log.publish();
    // As if it had stopped before the checkpoint: and with another size than what is published next.
    put_file(log.path() + "/checkpoint", old_checkpoint);
    VerifyReport report = log.verify();
    EXPECT_TRUE(report.is_ok()) << texts_of(report);
    EXPECT_EQ(report.checkpoint.size, 200U);
    EXPECT_EQ(report.notes, (std::vector<std::string>{"700 entries are written and not yet in a checkpoint"}));
    log.add_entries(13);
    log.publish();
    report = log.verify();
    EXPECT_TRUE(report.is_ok()) << texts_of(report);
    EXPECT_EQ(report.checkpoint.size, 913U);
}

TEST(Publisher, KilledAtAnyMomentItGoesOn) {
    TestLog log;
    log.add_entries(50);
    log.publish();
    std::mt19937 random(9);
    std::uint64_t size = 50;
    for (int round = 0; round < 60; ++round) {
        const std::size_t count = 1 + random() % 300;
        log.add_entries(count);
        size += count;
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            if (auto publisher = log.publisher(64)) static_cast<void>((*publisher)->publish());
            ::_exit(0);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
        ::kill(child, SIGKILL);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        const VerifyReport report = log.verify();
        ASSERT_TRUE(report.is_ok()) << "round " << round << "\n" << texts_of(report);
    }
    log.publish();
    const VerifyReport report = log.verify();
    EXPECT_TRUE(report.is_ok()) << texts_of(report);
    EXPECT_EQ(report.checkpoint.size, size);
}

TEST(Publisher, ADiskThatFailsLeavesTheOldCheckpoint) {
    TestLog log;
    log.add_entries(10);
    auto publisher = log.publisher();
    ASSERT_TRUE(publisher);
    ASSERT_TRUE((*publisher)->publish());
    log.add_entries(10);
    // Files cannot be made where their folder is gone.
    std::filesystem::rename(log.path() + ".incoming", log.path() + ".elsewhere");
    EXPECT_FALSE((*publisher)->publish());
    EXPECT_EQ((*publisher)->published_size(), 10U);
    EXPECT_EQ(log.verify().checkpoint.size, 10U);
    EXPECT_TRUE(log.verify().is_ok());
    std::filesystem::rename(log.path() + ".elsewhere", log.path() + ".incoming");
    EXPECT_EQ((*publisher)->publish().value(), 20U);
    EXPECT_TRUE(log.verify().is_ok()) << texts_of(log.verify());
}

TEST(Publisher, RunsUntilItIsStopped) {
    TestLog log;
    PublisherOptions options;
    options.folder = log.path();
    options.origin = "plumbline.example/ledger";
    options.interval = std::chrono::milliseconds(5);
    const auto publisher = TilePublisher::open(*log.store, log.ledger.secret, options).value().release();
    std::jthread thread([&](const std::stop_token& stop) { publisher->run(stop); });
    log.add_entries(3);
    for (int i = 0; i < 2000 && publisher->published_size() < 3; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(publisher->published_size(), 3U);
    log.add_entries(4);
    thread.request_stop();
    thread.join();
    EXPECT_EQ(publisher->published_size(), 7U);  // the last ones are published on the way out
    delete publisher;
}

TEST(PublishedLog, ProofsCheckOffline) {
    TestLog log;
    for (int i = 0; i < 3; ++i) log.add_tip();
    log.add_entries(600);
    log.publish();
    const PublishedLog published = PublishedLog::open(log.path(), log.ledger.verify_key).value();
    const merkle::NoteKey key{"plumbline.example/ledger", log.ledger.verify_key.bytes};
    for (const std::uint64_t index : {0ULL, 2ULL, 255ULL, 256ULL, 511ULL, 512ULL, 602ULL}) {
        const std::string entry = entry_bytes(published.entry(index).value());
        EXPECT_EQ(entry, entry_bytes(log.store->ledger_entries(index, 1).value().at(0).entry));
        const std::string proof = published.prove(index).value();
        EXPECT_TRUE(merkle::verify_entry_proof(proof, view(entry), key, note_verifier_of(log.ledger.verify_key)));
        EXPECT_FALSE(merkle::verify_entry_proof(proof, view("x"), key, note_verifier_of(log.ledger.verify_key)));
    }
    EXPECT_FALSE(published.prove(603));
    EXPECT_FALSE(published.entry(603));
    EXPECT_FALSE(PublishedLog::open(log.path(), log.receipt.verify_key));
    // The larger log goes on from the smaller one.
    log.add_entries(1000);
    log.publish();
    const PublishedLog later = PublishedLog::open(log.path(), log.ledger.verify_key).value();
    const merkle::Proof growth = later.prove_growth_from(603).value();
    EXPECT_TRUE(merkle::verify_consistency(603, 1603, published.checkpoint().root, later.checkpoint().root, growth));
    // Its reader still gets proofs, though the partial tiles of that size are gone.
    EXPECT_TRUE(published.prove(602));
}

TEST(Opening, FitsItsEntryAlone) {
    seal::TestEntropy entropy("opening");
    const Opening opening = make_opening("statement", entropy);
    LedgerEntry entry;
    entry.commitment = commitment_of(opening);
    EXPECT_TRUE(check_opening(opening_from(bytes_of(opening)).value(), entry));
    Opening other = opening;
    other.statement = "statemenu";
    EXPECT_FALSE(check_opening(other, entry));
    other = opening;
    other.salt[31] ^= std::byte{1};
    EXPECT_FALSE(check_opening(other, entry));
    EXPECT_FALSE(opening_from(Bytes(31)));
    EXPECT_NE(commitment_of(make_opening("statement", entropy)), entry.commitment);
}

}  // namespace
}  // namespace plumbline::ledger
