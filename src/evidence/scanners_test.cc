// SPDX-License-Identifier: Apache-2.0
// The fast scanners against slow ones that try every place of the text and use only the checks themselves, on made texts
// and on real mails; the two ways of making masks; the checks' own known answers.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "evidence/scan_text.h"
#include "evidence/scanners/host.h"
#include "evidence/scanners/keccak.h"
#include "evidence/scanners/wallet.h"
#include "evidence/slice.h"

namespace plumbline::evidence {
namespace {

using Spots = std::vector<std::pair<std::size_t, std::size_t>>;

Spots fast(std::string_view text, IndicatorKind kind) {
    Memo memo;
    std::vector<Found> found;
    scan_text(text, "", memo, found);
    Spots out;
    for (const Found& row : found)
        if (row.kind == kind) out.emplace_back(row.begin, row.end);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

// Every maximal word of letters and digits, given to a check of the whole word.
template <class Check>
Spots words_that(std::string_view text, Check&& check) {
    Spots out;
    for (std::size_t begin = 0; begin < text.size();) {
        if (!is_alnum(text[begin])) {
            ++begin;
            continue;
        }
        std::size_t end = begin;
        while (end < text.size() && is_alnum(text[end])) ++end;
        if (check(text.substr(begin, end - begin))) out.emplace_back(begin, end);
        begin = end;
    }
    return out;
}
Spots slow_btc(std::string_view text) {
    return words_that(text, [](std::string_view word) { return is_bitcoin_base58(word) || is_segwit(word, "bc"); });
}
Spots slow_eth(std::string_view text) {
    return words_that(text, [](std::string_view word) { return (word.starts_with("0x") || word.starts_with("0X")) && is_ethereum(word.substr(2)); });
}
// An address is a whole run of host letters and single dots; dots and hyphens around it belong to the sentence.
Spots slow_ipv4(std::string_view text) {
    Spots out;
    const auto joins = [](std::string_view t, std::size_t i) {
        return i < t.size() && (label_bytes_at(t, i) > 0 || (t[i] == '.' && t.substr(i, 2) != ".."));
    };
    for (std::size_t begin = 0; begin < text.size(); ++begin) {
        if (!is_digit(text[begin]) || (label_bytes_before(text, begin) > 0 && text[begin - 1] != '-')) continue;
        std::size_t end = begin;
        while (joins(text, end)) ++end;
        while (end > begin && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
        if (is_ipv4(text.substr(begin, end - begin))) out.emplace_back(begin, end);
    }
    return out;
}
bool luhn(std::string_view digits) {
    int sum = 0;
    bool is_second = false;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, is_second = !is_second) {
        const int value = (*digit - '0') * (is_second ? 2 : 1);
        sum += value / 10 + value % 10;
    }
    return sum % 10 == 0;
}

std::string made_text(std::mt19937& random) {
    static const std::string_view pieces[] = {
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "192.0.2.7", "10.1.2.3",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "4111111111111111", "4111 1111 1111 1111", "5105-1051-0510-5100", "jo@example.com", "http://example.com/a", "2001:db8::1",
        "d41d8cd98f00b204e9800998ecf8427e", "DE89370400440532013000", "+44 20 7946 0958", " ", "\n", ".", ",", ":", "@", "-", "x", "7", "/", "<", ">", "\xc3\xb6", "\xe4\xb8\xad", "_", "("};
    std::string text;
    for (auto n = random() % 60; n > 0; --n) text += pieces[random() % std::size(pieces)];
    return text;
}

TEST(Differential, MadeTexts) {
    std::mt19937 random(20240611);
    for (int round = 0; round < 600; ++round) {
        const std::string text = made_text(random);
        ASSERT_EQ(fast(text, IndicatorKind::btc), slow_btc(text)) << text;
        ASSERT_EQ(fast(text, IndicatorKind::eth), slow_eth(text)) << text;
        // Rules about what stands around an address (versions, paths, local parts) only take away.
        const Spots all = slow_ipv4(text);
        for (const auto& spot : fast(text, IndicatorKind::ipv4)) ASSERT_TRUE(std::find(all.begin(), all.end(), spot) != all.end()) << text;
        for (const auto& [begin, end] : fast(text, IndicatorKind::card)) {
            std::string digits;
            for (const char c : text.substr(begin, end - begin))
                if (is_digit(c)) digits.push_back(c);
            ASSERT_TRUE(luhn(digits)) << text;
        }
        Memo memo;
        std::vector<Found> best;
        std::vector<Found> portable;
        scan_text(text, "", memo, best);
        scan_text(text, "", memo, portable, classify_portable);
        ASSERT_TRUE(std::equal(best.begin(), best.end(), portable.begin(), portable.end(), [](const Found& a, const Found& b) {
            return a.kind == b.kind && a.begin == b.begin && a.end == b.end && a.value == b.value;
        })) << text;
    }
}

TEST(Differential, RealMails) {
    const std::filesystem::path root = std::string(PLUMBLINE_SHARED_DIR) + "/data/02-email-spamassassin";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no shared data";
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
        if (entry.is_regular_file()) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::size_t addresses = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < paths.size(); i += 9) {
        std::ifstream in(paths[i], std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        EXPECT_EQ(fast(text, IndicatorKind::btc), slow_btc(text)) << paths[i];
        EXPECT_EQ(fast(text, IndicatorKind::eth), slow_eth(text)) << paths[i];
        const Spots all = slow_ipv4(text);
        const Spots found = fast(text, IndicatorKind::ipv4);
        for (const auto& spot : found) EXPECT_TRUE(std::find(all.begin(), all.end(), spot) != all.end()) << paths[i];
        addresses += all.size();
        kept += found.size();
    }
    // Versions and message ids are what is taken away: a few of a hundred.
    EXPECT_GE(kept * 100, addresses * 85) << kept << " of " << addresses;
    EXPECT_GT(kept, 300U);
}

TEST(Anchors, EveryClassifierGivesEqualMasks) {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; ++round) {
        char block[64];
        for (char& c : block) c = static_cast<char>(random());
        if (round < 256) std::fill(std::begin(block), std::end(block), static_cast<char>(round));
        for (const Classify classify : every_classify()) EXPECT_EQ(classify_portable(block), classify(block));
    }
}

// What is left out of the anchors by what stands around them says nothing: texts of the letters that finds and writings
// are made of, with every run of digits an anchor (as for a region, here one that is none) and with the likely ones.
TEST(Anchors, UnlikelyDigitsSayNothing) {
    std::mt19937 random(11);
    static constexpr std::string_view pieces[] = {"4", "11", "2021", "4111111111111111", "5500 0000 0000 0004", "GB82WEST12345698765432", "DE89 3704 0044 0532 0130 00", "CVE-2021-44228",
                                                  "cve 2019-0001", "00-1b-63-84-45-e6", "0-0-", "=40", "=3D", "\\x40", "\\u0040", "begin 644 a", "eyJ", ".e", "_.", " ", "\n", "a", "E", "-", "_", ".", ":"};
    for (int round = 0; round < 4000; ++round) {
        std::string text(random() % 64, 'x');
        for (unsigned n = 0; n < 12; ++n) text += pieces[random() % std::size(pieces)];
        Memo memo;
        std::vector<Found> likely;
        std::vector<Found> all;
        std::vector<Sign> signs;
        std::vector<Sign> all_signs;
        scan_text(text, "", memo, likely, best_classify(), &signs);
        scan_text(text, "ZZ", memo, all, best_classify(), &all_signs);
        ASSERT_TRUE(std::equal(likely.begin(), likely.end(), all.begin(), all.end(), [](const Found& a, const Found& b) {
            return a.kind == b.kind && a.begin == b.begin && a.end == b.end && a.value == b.value;
        })) << text;
        ASSERT_TRUE(std::equal(signs.begin(), signs.end(), all_signs.begin(), all_signs.end(), [](const Sign& a, const Sign& b) {
            return a.writing == b.writing && a.begin == b.begin && a.end == b.end;
        })) << text;
    }
}

TEST(Phone, OneMemoServesTextsOfSeveralRegions) {
    Memo memo;
    const auto phones = [&](std::string_view region) {
        std::vector<Found> found;
        scan_text("call 020 7946 0958 now", region, memo, found);
        std::vector<std::string> out;
        for (const Found& row : found) out.emplace_back(row.value);
        return out;
    };
    EXPECT_EQ(phones("GB"), std::vector<std::string>{"+442079460958"});
    EXPECT_EQ(phones("US"), std::vector<std::string>{});
    EXPECT_EQ(phones("GB"), std::vector<std::string>{"+442079460958"});
}

TEST(Anchors, WordsAcrossBlocksAndAtTheEnd) {
    for (std::size_t before = 0; before < 130; ++before) {
        const std::string text = std::string(before, ' ') + std::string(26, 'a') + std::string(before % 3, ' ');
        std::size_t words = 0;
        for_each_anchor(text, best_classify(), Digits::likely, [&](Anchor anchor, std::size_t begin, std::size_t end) {
            words += anchor == Anchor::word;
            EXPECT_EQ(begin, before);
            EXPECT_EQ(end, before + 26);
        });
        EXPECT_EQ(words, 1U) << before;
    }
}

TEST(Anchors, CapitalsAcrossBlocks) {
    for (std::size_t before = 0; before < 140; ++before) {
        for (const std::size_t size : {5U, 6U, 11U, 70U}) {
            const std::string text = std::string(before, 'x') + std::string(size, 'A') + "x AAAAA ";
            std::vector<std::size_t> at;
            for_each_anchor(text, best_classify(), Digits::likely, [&](Anchor anchor, std::size_t begin, std::size_t end) {
                if (anchor != Anchor::capitals) return;
                at.push_back(begin);
                EXPECT_EQ(end, begin + 6);
            });
            EXPECT_EQ(at, size < 6 ? std::vector<std::size_t>{} : std::vector<std::size_t>{before}) << before << " " << size;
        }
    }
}

TEST(Wallet, Keccak256KnownAnswers) {
    // The empty text and "abc" as the Keccak team's test vectors give them; 136 bytes fill exactly one block.
    EXPECT_EQ(to_hex(keccak256({})), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(to_hex(keccak256(view("abc"))), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    EXPECT_EQ(to_hex(keccak256(view("testing"))), "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02");
    EXPECT_EQ(to_hex(sha3_256(view("abc"))), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    EXPECT_NE(keccak256(view(std::string(136, 'a'))), keccak256(view(std::string(135, 'a'))));
}

TEST(Where, ParsesAndOrders) {
    const Where where = parse_where("1204-zip:a.eml-88-base64-17+9").take();
    ASSERT_EQ(where.steps.size(), 2U);
    EXPECT_EQ(where.steps[0].offset, 1204U);
    EXPECT_EQ(where.steps[0].decoder, "zip");
    EXPECT_EQ(where.steps[0].argument, "a.eml");
    EXPECT_EQ(where.steps[1].decoder, "base64");
    EXPECT_EQ(where.offset, 17U);
    EXPECT_EQ(where.size, 9U);
    EXPECT_FALSE(parse_where("5-gzip").take().offset);
    for (const char* wrong : {"", "x", "5-", "-5", "5-gzip-x", "5--6", "5-:a-6", "5+x", "99999999999999999999"}) {
        const Result<Where> parsed = parse_where(wrong);
        EXPECT_TRUE(!parsed || std::string_view(wrong) == "5-") << wrong;
    }
    EXPECT_TRUE(where_less("9", "10"));
    EXPECT_TRUE(where_less("9-base64-100", "10"));
    EXPECT_TRUE(where_less("9", "9-base64-1"));
    EXPECT_FALSE(where_less("10-zip:a-5", "10-zip:a-5"));
}

TEST(Adversary, RunsOfAnchorsStayLinear) {
    // Each would take minutes at these sizes if a verifier read its run again from every anchor.
    prepare_hosts();
    for (const std::string_view unit : {"@", ".", ":", "a.", "a@", "http://", "1 ", "1", "4111 ", "::", "+1", "a@b.", "<a@", "\"a", "1.1.", "f:", "ab-",
                                        "eyJ.e", "eyJ.", ".onion", "00-", "a1-", "cve-", "magnet:?", "user-agent:\n", "t.me/", "BIC ", "AAAAAAAA ", " @abc", "AAAA DEFF"}) {
        std::string text;
        while (text.size() < 60'000) text += unit;
        fast(text, IndicatorKind::email);
    }
}

}  // namespace
}  // namespace plumbline::evidence
