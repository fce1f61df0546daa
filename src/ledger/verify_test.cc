// SPDX-License-Identifier: Apache-2.0
// Every byte of a small log changed, one at a time: verify fails and names that file. And missing, added and moved files.
#include "ledger/verify.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/check.h"
#include "ledger/published_log.h"
#include "ledger/test_log.h"

namespace plumbline::ledger {
namespace {

std::vector<std::string> files_of(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& item : std::filesystem::recursive_directory_iterator(folder)) {
        if (item.is_regular_file()) files.push_back(item.path().lexically_relative(folder).generic_string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// In its place: a file that is written anew is flushed to the disk each time.
void put_byte(const std::string& path, std::size_t at, char byte) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
}

// Changes every `step`-th byte of every file of the log in turn.
std::size_t flip_all(const TestLog& log, std::size_t step) {
    std::size_t flips = 0;
    for (const std::string& file : files_of(log.path())) {
        const std::string path = log.path() + "/" + file;
        const std::string right = file_text(path);
        for (std::size_t at = 0; at < right.size(); at += step) {
            put_byte(path, at, static_cast<char>(right[at] ^ (1 << at % 8)));
            const VerifyReport report = log.verify();
            EXPECT_FALSE(report.is_ok()) << file << " byte " << at;
            for (const Problem& problem : report.problems) {
                EXPECT_EQ(problem.file, file) << file << " byte " << at << "\n" << texts_of(report);
            }
            put_byte(path, at, right[at]);
            ++flips;
        }
        for (const std::size_t size : {std::size_t{0}, right.size() / 2, right.size() - 1}) {
            put_file(path, std::string_view(right).substr(0, size));
            const VerifyReport report = log.verify();
            EXPECT_FALSE(report.is_ok()) << file << " cut to " << size;
            EXPECT_EQ(report.problems.at(0).file, file) << texts_of(report);
        }
        put_file(path, right + "x");
        EXPECT_FALSE(log.verify().is_ok()) << file;
        put_file(path, right);
    }
    EXPECT_TRUE(log.verify().is_ok());
    return flips;
}

TEST(Verify, EveryByteOfASmallLogIsGuarded) {
    TestLog log;
    for (int i = 0; i < 5; ++i) log.add_tip();
    log.publish();
    log.add_entries(8);
    log.publish();  // leaves the partial files of the first checkpoint beside the new ones
    ASSERT_EQ(files_of(log.path()).size(), 5U);
    ASSERT_TRUE(log.verify().is_ok()) << texts_of(log.verify());
    EXPECT_GT(flip_all(log, 1), 2000U);
}

TEST(Verify, ALogOfManyTilesIsGuarded) {
    TestLog log;
    log.add_entries(700);
    log.publish();
    const std::vector<std::string> wanted{"checkpoint",  "tile/0/000",       "tile/0/001",       "tile/0/002.p/188",
                                          "tile/1/000.p/2", "tile/entries/000", "tile/entries/001", "tile/entries/002.p/188"};
    EXPECT_EQ(files_of(log.path()), wanted);
    EXPECT_GT(flip_all(log, 419), 100U);
}

TEST(Verify, SaysWhatIsWrongAndWhere) {
    TestLog log;
    log.add_entries(300);
    log.publish();
    const std::string bundle = log.path() + "/tile/entries/000";
    const std::string right = file_text(bundle);
    std::string wrong = right;
    // A letter of the third entry's commitment: still base64, another commitment.
    const std::size_t line = right.find("plumbline/1", right.find("plumbline/1", right.find("plumbline/1") + 1) + 1);
    const std::size_t end = right.find('\n', line);
    wrong[end - 10] = wrong[end - 10] == 'A' ? 'B' : 'A';
    put_file(bundle, wrong);
    EXPECT_EQ(texts_of(log.verify()),
              fmt::format("tile/entries/000, byte {}, entry 2: the entry is not the one that the signed tree holds\n", line - 2));
    put_file(bundle, right);
    std::string tile = file_text(log.path() + "/tile/0/001.p/44");
    const std::string tile_right = tile;
    tile[33] = static_cast<char>(tile[33] ^ 1);
    put_file(log.path() + "/tile/0/001.p/44", tile);
    EXPECT_EQ(texts_of(log.verify()), "tile/0/001.p/44, byte 32, entry 257: the hash is not that of the entry\n");
    put_file(log.path() + "/tile/0/001.p/44", tile_right);
    std::filesystem::remove(log.path() + "/tile/1/000.p/1");
    put_file(log.path() + "/tile/0/notes.txt", "x");
    EXPECT_EQ(texts_of(log.verify()), "tile/0/notes.txt: unexpected: a log has no such file\ntile/1/000.p/1: missing\n");
}

TEST(Verify, MissingAndAddedFilesAreNamed) {
    TestLog log;
    log.add_entries(600);
    log.publish();
    for (const std::string& file : files_of(log.path())) {
        const std::string path = log.path() + "/" + file;
        const std::string right = file_text(path);
        std::filesystem::remove(path);
        const VerifyReport report = log.verify();
        EXPECT_FALSE(report.is_ok()) << file;
        EXPECT_EQ(report.problems.at(0).file, file) << texts_of(report);
        put_file(path, right);
    }
    for (const char* file : {"tile/0/007", "tile/0/000.p/5", "tile/entries/004.p/1", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/junk", "checkpoint.old"}) {
        const std::string path = log.path() + "/" + file;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        put_file(path, std::string(32, 'x'));
        const VerifyReport report = log.verify();
        EXPECT_FALSE(report.is_ok()) << file;
        EXPECT_EQ(report.problems.at(0).file, file) << texts_of(report);
        std::filesystem::remove(path);
    }
    ASSERT_EQ(::symlink("/etc/hostname", (log.path() + "/link").c_str()), 0);
    EXPECT_EQ(texts_of(log.verify()), "link: not a plain file\n");
    std::filesystem::remove(log.path() + "/link");
    EXPECT_TRUE(log.verify().is_ok());
    EXPECT_FALSE(verify_log(log.folder.path() + "/nothing", log.ledger.verify_key).is_ok());
    EXPECT_FALSE(verify_log(log.path(), log.receipt.verify_key).is_ok());
}

TEST(Verify, AnotherHistoryUnderTheSameCheckpointIsRefused) {
    // Bundles and tiles of another log, whole in themselves, under this log's checkpoint.
    TestLog log;
    TestLog other;
    other.entropy = seal::TestEntropy("other");
    log.add_entries(400);
    other.add_entries(400);
    log.publish();
    other.publish();
    std::filesystem::remove_all(log.path() + "/tile");
    std::filesystem::copy(other.path() + "/tile", log.path() + "/tile", std::filesystem::copy_options::recursive);
    EXPECT_EQ(texts_of(log.verify()), "checkpoint: the entries and tiles lead to another root than the signed one\n");
}

TEST(Verify, PublishedEntriesAreReadAfterTheyChecked) {
    TestLog log;
    log.add_entries(520);
    log.publish();
    std::vector<std::uint64_t> seen;
    const auto visit = [&](std::uint64_t index, const LedgerEntry& entry) {
        EXPECT_EQ(entry.kind, "custody.leased");
        seen.push_back(index);
    };
    EXPECT_TRUE(read_published_entries(log.path(), log.ledger.verify_key, visit).is_ok());
    EXPECT_EQ(seen.size(), 520U);
    EXPECT_EQ(seen.back(), 519U);
    seen.clear();
    put_file(log.path() + "/tile/1/000.p/2", std::string(64, 'x'));
    EXPECT_FALSE(read_published_entries(log.path(), log.ledger.verify_key, visit).is_ok());
    EXPECT_TRUE(seen.empty());
}

// ---- against the store ----

StoreChecks checks_of(const TestLog& log) {
    StoreChecks checks;
    checks.receipt_key = log.receipt.verify_key;
    checks.opening = [&log](const StoredEntry& stored) -> Result<void> {
        const seal::TipKey key = TRY(seal::unwrap_tip_key_of(TRY(log.store->wrapped_keys(stored.tip)), stored.tip, log.desk.secret));
        return check_opening(TRY(opening_from(TRY(seal::open_part(key, stored.tip, seal::opening_part, stored.opening)))), stored.entry);
    };
    return checks;
}

TEST(VerifyStore, AgreesWithTheStoreItWasMadeFrom) {
    TestLog log;
    for (int i = 0; i < 20; ++i) log.add_tip(i % 5 == 0);
    log.publish();
    log.add_tip();
    VerifyReport report = log.verify();
    verify_against_store(report, log.path(), *log.store, *log.blobs, checks_of(log));
    EXPECT_TRUE(report.is_ok()) << texts_of(report);
    EXPECT_EQ(report.tips_checked, 21U);
    EXPECT_EQ(report.openings_checked, 21U);
    EXPECT_EQ(report.parts_checked, 25U);
    EXPECT_EQ(report.notes, (std::vector<std::string>{"1 of the store's entries are not published yet"}));
}

TEST(VerifyStore, SeesAnEntryThatIsNotThePublishedOneAndAStateThatTheLogDoesNotKnow) {
    TestLog log;
    for (int i = 0; i < 3; ++i) log.add_tip();
    log.publish();
    // The same number of entries, but others.
    TestLog other;
    other.entropy = seal::TestEntropy("other");
    for (int i = 0; i < 3; ++i) other.add_tip();
    VerifyReport report = log.verify();
    verify_against_store(report, log.path(), *other.store, *other.blobs, {});
    EXPECT_EQ(report.problem_count, 3U) << texts_of(report);
    EXPECT_EQ(report.problems.at(0).text(), "tile/entries/000.p/3, entry 0: the store's entry is not the published one");

    const TipId tip = log.add_tip();
    Change change;
    change.moves.push_back({tip, TipState::received, TipState::decided});
    ASSERT_TRUE(log.store->apply(std::move(change)));
    report = log.verify();
    verify_against_store(report, log.path(), *log.store, *log.blobs, checks_of(log));
    EXPECT_EQ(texts_of(report), tip.text() + " is decided in the store and received by the log\n");
}

TEST(VerifyStore, SeesARowThatSaysAnotherDayGroupOrOriginThanItsEntry) {
    TestLog log;
    // Made as intake would, then its row says something else: what a hand in the database would do.
    log.header_of_row = [](TipHeader& header) {
        header.received_hour += std::chrono::hours(48);
        header.group = CategoryGroup::id;
        header.is_demo = true;
    };
    const TipId tip = log.add_tip();
    log.publish();
    VerifyReport report = log.verify();
    StoreChecks checks = checks_of(log);
    checks.tip = [&tip](TipId asked) -> Result<std::vector<std::string>> {
        EXPECT_EQ(asked, tip);
        return std::vector<std::string>{"is not what it was"};
    };
    verify_against_store(report, log.path(), *log.store, *log.blobs, checks);
    const std::string place = "entry 0: " + tip.text();
    EXPECT_EQ(texts_of(report), place + " is of group id and not fraud, as the entry says\n" +
                                    place + " came on 1970-01-03 and not 1970-01-01, as the entry says\n" +
                                    place + " is marked as demo data and came another way, or is not and came as such\n" +
                                    tip.text() + " is not what it was\n" +
                                    tip.text() + " receipt: it says another day than the row\n");
}

TEST(VerifyStore, SeesALostBlobAndAStoreThatIsShorter) {
    TestLog log;
    log.add_tip(true);
    log.publish();
    const std::vector<BlobRef> blobs = log.blobs->list().value();
    ASSERT_EQ(blobs.size(), 1U);
    ASSERT_TRUE(log.blobs->remove(blobs[0]));
    VerifyReport report = log.verify();
    verify_against_store(report, log.path(), *log.store, *log.blobs, checks_of(log));
    EXPECT_NE(texts_of(report).find(" part 1: blob "), std::string::npos) << texts_of(report);
    TestLog empty;
    report = log.verify();
    verify_against_store(report, log.path(), *empty.store, *empty.blobs, {});
    EXPECT_EQ(texts_of(report), "entry 0: the log has 1 entries, the store 0\n");
}

}  // namespace
}  // namespace plumbline::ledger
