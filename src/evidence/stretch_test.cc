// SPDX-License-Identifier: Apache-2.0
// A file in stretches gives what it gives whole: for every cut of a text that holds all kinds, and for random sizes over
// real mails.
#include "evidence/stretch.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "evidence/scan.h"
#include "evidence/wire.h"

namespace plumbline::evidence {
namespace {

ScanOptions options() {
    ScanOptions out;
    out.is_hashed = false;
    out.text_bytes_max = 0;
    return out;
}
std::string printed(const Sighting& sighting) { return to_json(sighting).dump(); }

ScanAnswer stretch_of(std::string_view file, std::uint64_t begin, std::uint64_t end, const std::string& read_as) {
    const Range range = window_of(begin, end, file.size(), read_as);
    Stretch stretch;
    stretch.window = view(file.substr(range.begin, range.end - range.begin));
    stretch.window_at = range.begin;
    stretch.begin = begin;
    stretch.end = end;
    stretch.file_size = file.size();
    stretch.read_as = read_as;
    return scan_stretch(stretch, "f", options());
}
// The file whole, as one stretch: nothing is cut.
std::vector<std::string> whole(std::string_view file, const std::string& read_as) {
    std::vector<std::string> out;
    for (const Sighting& sighting : stretch_of(file, 0, file.size(), read_as).evidence.sightings) out.push_back(printed(sighting));
    return out;
}
std::vector<std::string> in_stretches(std::string_view file, const std::vector<std::uint64_t>& cuts, const std::string& read_as) {
    std::vector<std::string> out;
    std::uint64_t begin = 0;
    std::uint64_t reached = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const std::uint64_t end = i == cuts.size() ? file.size() : cuts[i];
        const ScanAnswer answer = stretch_of(file, begin, end, read_as);
        EXPECT_EQ(answer.begin, reached);
        reached = answer.end;
        for (const Sighting& sighting : answer.evidence.sightings) out.push_back(printed(sighting));
        begin = end;
    }
    EXPECT_EQ(reached, file.size());
    return out;
}

// The first rows that differ; empty where the lists are equal.
std::string difference(const std::vector<std::string>& got, const std::vector<std::string>& expected) {
    const auto at = std::mismatch(got.begin(), got.end(), expected.begin(), expected.end());
    if (at.first == got.end() && at.second == expected.end()) return {};
    return "got " + (at.first == got.end() ? "nothing" : *at.first) + " for " + (at.second == expected.end() ? "nothing" : *at.second);
}

std::string wide(std::string_view text) {
    std::string out;
    for (const char c : text) out += {c, '\0'};
    return out;
}
std::string all_kinds() {
    return "jo@example.com http://u:p@Example.org:80/a?b=c,d www.bbc.co.uk 192.0.2.7 2001:db8::1 00:11:22:33:44:5a call +44 20 7946 0958\n"
           "4111 1111 1111 1111 DE89 3704 0044 0532 0130 00 BIC: DEUTDEFF500 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2\n"
           "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed D41D8CD98F00B204E9800998ECF8427E CVE-2014-0160 t.me/some_name telegram: @other_name\n"
           "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion\n"
           "evil[.]example[.]com hxxp://bad[dot]example(.)net/x u%40example.com http%3A%2F%2Fpercent.example.org%2Fx &#106;o&#64;example.net\n"
           "aGVsbG8gaHR0cDovL2luc2lkZS5leGFtcGxlLmNvbS94IGFuZCBqb0BleGFtcGxlLm9yZyBieWU= 68747470733a2f2f6865782e6578616d706c652e636f6d2f78\n"
           "User-Agent: Mozilla/5.0 (X11)\nHost: ua.example.com\n" +
           wide("wide http://wide.example.com/x jo@wide.example.org") + "\n caf\xc3\xa9 m\xc3\xbcller@b\xc3\xbc" "cher.de\n";
}

TEST(Stretch, EveryForcedCutOfAllKinds) {
    const std::string text = all_kinds();
    for (const std::string& file : {text, text + text}) {
        const std::vector<std::string> expected = whole(file, "unknown");
        ASSERT_GT(expected.size(), 40U);
        for (std::uint64_t cut = 1; cut < file.size(); cut += file.size() > text.size() ? 7 : 1) ASSERT_EQ(difference(in_stretches(file, {cut}, "unknown"), expected), "") << cut;
    }
}

TEST(Stretch, CutsMoveToHardBoundaries) {
    const std::string block = all_kinds();
    const std::string file = block + "\n" + block + "\r\n\r\n" + block + std::string(12, '\0') + block;
    const std::vector<std::string> expected = whole(file, "unknown");
    for (std::uint64_t cut = 1; cut < file.size(); cut += 11) ASSERT_EQ(difference(in_stretches(file, {cut}, "unknown"), expected), "") << cut;
    const auto cut_at = [&](std::uint64_t nominal) { return safe_cut(view(file), 0, nominal, file.size(), "text"); };
    EXPECT_EQ(cut_at(0), 0U);
    EXPECT_EQ(cut_at(5), block.size() + 1);
    EXPECT_EQ(cut_at(block.size() + 1), block.size() + 1);
    EXPECT_EQ(cut_at(block.size() + 2), 2 * block.size() + 5);
    EXPECT_EQ(cut_at(2 * block.size() + 6), 3 * block.size() + 5 + 8);
    EXPECT_EQ(cut_at(file.size() - 5), file.size() - 5);
    EXPECT_EQ(cut_at(file.size() + 5), file.size());
}

TEST(Stretch, MarginsHoldOnLongLinesAndBlocks) {
    // Lines without an empty one between, UTF-16 and base64 that go on for longer than the margin but start in it.
    std::string file;
    std::mt19937 random(7);
    while (file.size() < 500'000) {
        file += all_kinds();
        file += std::string(random() % 3000, 'x') + ' ';
        if (random() % 4 == 0) file += wide(std::string(random() % 9000, 'w') + " http://end.example.com/w ");
    }
    const std::vector<std::string> expected = whole(file, "text");
    for (unsigned round = 0; round < 3; ++round) {
        std::vector<std::uint64_t> cuts;
        for (std::uint64_t at = 0; (at += 30'000 + random() % 150'000) < file.size();) cuts.push_back(at);
        ASSERT_EQ(difference(in_stretches(file, cuts, "text"), expected), "") << round;
    }
}

TEST(Stretch, BlocksGoOnBehindTheMargin) {
    std::string inside;
    while (inside.size() < 300'000) inside += "line " + std::to_string(inside.size()) + " of n" + std::to_string(inside.size()) + ".example.com\n";
    const std::string block = to_base64(view(inside));
    const std::string file = "start a.example.com " + block + " then " + wide(inside) + " end b.example.com";
    const std::vector<std::string> expected = whole(file, "text");
    for (const std::uint64_t cut : {40ULL, 5'000ULL}) ASSERT_EQ(difference(in_stretches(file, {cut}, "text"), expected), "") << cut;
}

std::string mailbox() {
    std::string out;
    for (unsigned i = 0; i < 6; ++i) {
        out += "From jo@example.com Thu Aug 22 12:36:23 2002\nFrom: a" + std::to_string(i) + "@example.com\nTo: b@example.com\nSubject: =?utf-8?q?x=40example.com?=\n";
        out += i % 2 ? "Content-Transfer-Encoding: base64\n\naHR0cDovL2EuZXhhbXBsZS5jb20vYQo=\n\n" : "\nsee http://b.example.com/\n\n>From here\n\nFrom here on\n\n";
    }
    return out;
}
TEST(Stretch, MailboxesAreCutBetweenMails) {
    const std::string file = mailbox();
    ASSERT_EQ(read_as_of(view(file), "f"), "mbox");
    std::vector<std::string> expected;
    for (const Sighting& sighting : scan_part(view(file), "f", options()).sightings) expected.push_back(printed(sighting));
    EXPECT_EQ(difference(whole(file, "mbox"), expected), "");
    for (std::uint64_t cut = 1; cut < file.size(); ++cut) ASSERT_EQ(difference(in_stretches(file, {cut}, "mbox"), expected), "") << cut;
}

TEST(Stretch, RealMailsInRandomSizes) {
    const std::filesystem::path root = std::string(PLUMBLINE_SHARED_DIR) + "/data/02-email-spamassassin";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no shared data";
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
        if (entry.is_regular_file()) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::string file;
    for (std::size_t i = 0; i < paths.size() && file.size() < 900'000; i += 9) {
        std::ifstream in(paths[i], std::ios::binary);
        file.append(std::istreambuf_iterator<char>(in), {});
        if (!file.ends_with("\n\n")) file += "\n\n";
    }
    std::mt19937 random(11);
    for (const std::string read_as : {"mbox", "text"}) {
        const std::vector<std::string> expected = whole(file, read_as);
        EXPECT_GT(expected.size(), 3000U);
        std::vector<std::uint64_t> cuts;
        for (std::uint64_t at = 0; (at += 1 + random() % 200'000) < file.size();) cuts.push_back(at);
        ASSERT_EQ(difference(in_stretches(file, cuts, read_as), expected), "") << read_as;
    }
}

TEST(Stretch, OverTheWire) {
    const std::string file = mailbox();
    Stretch stretch;
    stretch.window = view(file);
    stretch.begin = 300;
    stretch.end = 700;
    stretch.file_size = file.size();
    stretch.read_as = "mbox";
    const ScanAnswer direct = scan_stretch(stretch, "f", options());
    const Result<Bytes> answer = scan_in_sandbox(stretch.window, encode_stretch_parameters(stretch, "f", options()));
    ASSERT_TRUE(answer) << answer.error().message;
    const Result<std::vector<PartView>> parts = read_scan_answer(*answer);
    ASSERT_TRUE(parts) << parts.error().message;
    ASSERT_EQ(parts->size(), 1U);
    EXPECT_EQ((*parts)[0].begin, direct.begin);
    EXPECT_EQ((*parts)[0].end, direct.end);
    EXPECT_EQ(to_json(to_part_evidence((*parts)[0])), to_json(direct.evidence));
}

}  // namespace
}  // namespace plumbline::evidence
