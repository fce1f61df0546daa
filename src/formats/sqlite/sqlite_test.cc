// SPDX-License-Identifier: Apache-2.0
// Databases made by SQLite itself (testdata/: 119 visits of sites 0 to 119 without 49 to 52, which were deleted, an index, a
// table without row numbers; texts in UTF-8, UTF-16LE and UTF-16BE; records that overflow), damaged ones and real ones.
#include "formats/sqlite/sqlite.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/fuzz_visitor.h"

namespace plumbline::formats {
namespace {
namespace fs = std::filesystem;

std::string file_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
std::string made(std::string_view name) { return file_of(fs::path(PLUMBLINE_ROOM_DIR) / "sqlite/testdata" / name); }

// What a format gave; a `same` run must lead to the same bytes, and a child must be decoded again from its place alone.
struct Given final : Visitor {
    explicit Given(std::string_view all) : bytes(view(all)), times_given(all.size()) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) override {
        ASSERT_LE(begin, end);
        ASSERT_LE(end, bytes.size());
        (is_own ? rest : children).emplace_back(text_of(bytes.subspan(begin, end - begin)));
        if (hints.is_file) files.push_back(hints.name);
        for (std::uint64_t at = begin; at < end; ++at) ++times_given[at];
    }
    void decoded(Decoded&& child, const Hints&, bool is_view) override {
        for (std::uint64_t at = 0; at < child.bytes.size(); ++at) {
            const std::optional<std::uint64_t> source = child.map.same_at(at, 1);
            if (!source) continue;
            ASSERT_EQ(bytes[child.offset + *source], child.bytes[at]);
            ++times_given[child.offset + *source];
        }
        (is_view ? views : children).emplace_back(text_of(child.bytes));
        decoders.push_back(child.decoder);
        text += text_of(child.bytes);
        if (decoders.size() > 3 || is_limited) return;  // each asks for the whole file
        Budget budget;
        const std::size_t colon = child.decoder.find(':');
        const Result<Bytes> again = decode_sqlite(bytes, child.decoder.substr(0, colon), child.decoder.substr(colon + 1), budget);
        EXPECT_TRUE(again && *again == child.bytes) << child.decoder;
    }
    void unread(std::uint64_t offset, std::string_view, std::string reason) override {
        EXPECT_LE(offset, bytes.size());
        damage.push_back(std::move(reason));
    }
    void readable(std::string_view utf8) override { shown += utf8; }
    unsigned most_given() const { return *std::max_element(times_given.begin(), times_given.end()); }
    bool is_in_rest(std::string_view what) const {
        return std::any_of(rest.begin(), rest.end(), [&](const std::string& stretch) { return stretch.find(what) != std::string::npos; });
    }

    ByteView bytes;
    std::vector<std::string> views, children, rest, files, decoders, damage;
    std::vector<std::uint8_t> times_given;
    std::string text, shown;
    bool is_limited = false;  // by a budget that another reading would not have
};
Given opened(std::string_view bytes, Budget budget = {}) {
    Given given(bytes);
    given.is_limited = budget.bytes_out_left < 10'000;
    detect(view(bytes), {}).open(view(bytes), {}, budget, given);
    return given;
}
std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; at += what.size()) ++count;
    return count;
}

TEST(Sqlite, EveryTextOfEveryEncodingIsThere) {
    for (const char* name : {"utf8.db", "utf16.db", "utf16be.db"}) {
        const std::string bytes = made(name);
        ASSERT_EQ(detect(view(bytes), {}).name, "sqlite");
        const Given given = opened(bytes);
        EXPECT_TRUE(given.damage.empty()) << name << ": " << given.damage.front();
        for (int i = 0; i < 120; ++i) {
            // Once in the table with its title behind a tab, once in the index.
            const bool is_deleted = i >= 49 && i <= 52;
            const std::string url = "https://site" + std::to_string(i) + ".example.com/page?id=" + std::to_string(i);
            const std::string title = "Title " + std::to_string(i) + (i % 3 == 0 ? " Привет\n" : "\n");
            EXPECT_EQ(count_of(given.text, url + "\t" + title), is_deleted ? 0U : 1U) << name << " " << url;
            EXPECT_EQ(count_of(given.text, url + "\n"), is_deleted ? 0U : 1U) << name << " " << url;
        }
        for (int i = 0; i < 40; ++i) EXPECT_NE(given.text.find("key" + std::to_string(i) + "@example.com" + (i ? "\t" + std::string(static_cast<std::size_t>(i), 'v') : "") + "\n"), std::string::npos);
        // Over three pages in the table, and in the index.
        EXPECT_EQ(count_of(given.text, "https://long.example.org/" + std::string(1500, 'a') + "/end"), 2U);
        std::string tails = "long ";
        for (int i = 0; i < 300; ++i) tails += "tail ";
        EXPECT_EQ(count_of(given.text, "\t" + tails + "\n"), 1U);
        // BLOBs: text in its line, binary as it stands, a picture and an archive as children.
        EXPECT_NE(given.text.find("\tblob as text\tmail from blob@example.org here\n"), std::string::npos);
        EXPECT_TRUE(given.is_in_rest("bin@example.org"));
        EXPECT_EQ(std::count_if(given.children.begin(), given.children.end(), [](const std::string& child) { return child.starts_with("\x1f\x8b"); }), 1);
        EXPECT_NE(given.shown.find("[table visits]"), std::string::npos);
        EXPECT_EQ(given.most_given(), 1U) << "a byte was given twice";
    }
}

TEST(Sqlite, DeletedRecordsAreInTheRest) {
    const Given given = opened(made("utf8.db"));
    int found = 0;
    for (int i = 49; i <= 52; ++i) found += given.is_in_rest("site" + std::to_string(i) + ".example.com/page");
    EXPECT_GE(found, 2);
    // A table that was dropped: its pages are free, and still say what they said.
    int gone = 0;
    for (int i = 0; i < 30; ++i) gone += given.text.find("gone" + std::to_string(i) + "@example.com and") != std::string::npos || given.is_in_rest("gone" + std::to_string(i) + "@example.com and");
    EXPECT_GE(gone, 15);
}

TEST(Sqlite, NothingIsLostAndNothingGivenTwice) {
    const std::string bytes = made("utf8.db");
    Given given = opened(bytes);
    // Every address that stands in the bytes is in a view, a child or the rest.
    std::string all = given.text;
    for (const std::string& stretch : given.rest) all += "\n" + stretch;
    for (const std::string& child : given.children) all += "\n" + child;
    EXPECT_GE(count_of(all, "@example."), count_of(bytes, "@example."));
    EXPECT_EQ(count_of(all, "https://site"), count_of(bytes, "https://site"));
}

TEST(Sqlite, ALogIsReadAlone) {
    const std::string bytes = made("log.wal");
    ASSERT_EQ(detect(view(bytes), {}).name, "sqlitewal");
    const Given given = opened(bytes);
    EXPECT_TRUE(given.damage.empty()) << given.damage.front();
    for (int i = 0; i < 12; ++i) EXPECT_NE(given.text.find("message " + std::to_string(i) + " to user" + std::to_string(i) + "@example.com"), std::string::npos) << i;
    EXPECT_NE(given.text.find("user5@example.com " + std::string(700, 'x') + "\n"), std::string::npos);
    EXPECT_EQ(given.most_given(), 1U);
    // Cut anywhere: what is whole is read, the rest is scanned.
    for (std::size_t size = 32; size < bytes.size(); size += 97) opened(bytes.substr(0, size));
}

TEST(Sqlite, AJournalHasThePagesAsTheyWere) {
    const std::string bytes = made("old.journal");
    ASSERT_EQ(detect(view(bytes), {}).name, "sqlitejournal");
    const Given given = opened(bytes);
    EXPECT_TRUE(given.damage.empty());
    for (int i = 0; i < 12; ++i) EXPECT_NE(given.text.find("before " + std::to_string(i) + " from old" + std::to_string(i) + "@example.com\n"), std::string::npos) << i;
}

TEST(Sqlite, LoopsAndBadPointersAreDamage) {
    // Every page's header and pointers overwritten in turn: each byte is still given, and not twice.
    const std::string bytes = made("utf8.db");
    std::size_t damaged = 0;
    for (std::size_t page = 1; page < bytes.size() / 512; page += 3) {
        for (const char value : {'\0', '\1', '\5', '\x0d', '\xff'}) {
            std::string broken = bytes;
            for (std::size_t at = 0; at < 12; ++at) broken[page * 512 + at] = value;
            const Given given = opened(broken);
            damaged += !given.damage.empty();
            EXPECT_LE(given.most_given(), 1U) << page;
        }
    }
    EXPECT_GT(damaged, bytes.size() / 512 / 3);
    // A tree whose interior page leads to itself.
    std::string loop = bytes;
    std::size_t interior = 0;
    for (std::size_t page = 1; page < bytes.size() / 512 && interior == 0; ++page)
        if (bytes[page * 512] == 5) interior = page;
    ASSERT_NE(interior, 0U);
    loop[interior * 512 + 11] = static_cast<char>(interior + 1);
    const Given given = opened(loop);
    ASSERT_FALSE(given.damage.empty());
    EXPECT_NE(given.damage.front().find("which is used already"), std::string::npos) << given.damage.front();
}

TEST(Sqlite, SmallBudgetsEndWithAReason) {
    const std::string bytes = made("utf8.db");
    for (const std::uint64_t left : {0ULL, 100ULL, 5000ULL}) {
        Budget budget;
        budget.bytes_out_left = left;
        EXPECT_FALSE(opened(bytes, budget).damage.empty());
        budget = {};
        budget.steps_left = left;
        EXPECT_FALSE(opened(bytes, budget).damage.empty());
    }
}

TEST(Sqlite, RealFilesAreRead) {
    const fs::path folder = fs::path(PLUMBLINE_SHARED_DIR) / "data/10-forensic";
    if (!fs::exists(folder)) GTEST_SKIP() << "no forensic files here";
    std::size_t seen = 0;
    for (const char* name : {"plaso", "dfvfs"}) {
        for (const auto& entry : fs::directory_iterator(folder / name)) {
            const std::string bytes = file_of(entry.path());
            if (!bytes.starts_with("SQLite format 3")) continue;
            const Given given = opened(bytes);
            ++seen;
            EXPECT_LE(given.most_given(), 1U) << entry.path();
            EXPECT_FALSE(given.views.empty()) << entry.path();
            for (const std::string& reason : given.damage) std::printf("%s: %s\n", entry.path().filename().c_str(), reason.c_str());
        }
    }
    EXPECT_GE(seen, 25U);
}

TEST(Sqlite, ABrowsersHistoryHasAllItsUrls) {
    const fs::path path = fs::path(PLUMBLINE_SHARED_DIR) / "data/10-forensic/plaso/chrome__History";
    if (!fs::exists(path)) GTEST_SKIP() << "no forensic files here";
    const Given given = opened(file_of(path));
    std::size_t urls = 0;
    for (std::size_t at = 0; (at = given.text.find("http", at)) != std::string::npos; ++at)
        urls += at == 0 || given.text[at - 1] == '\t' || given.text[at - 1] == '\n';
    // SQLite's own library says: 55 in urls.url, 2 in downloads.url, 1 in segments.name; 55 and 1 of them again in an index.
    EXPECT_EQ(urls, 114U);
}

}  // namespace
}  // namespace plumbline::formats
