// SPDX-License-Identifier: Apache-2.0
// What becomes a key and what does not, the bits by hand, and the sketches.
#include "link/key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

#include "link/bucket_table.h"
#include "link/commonplace.h"
#include "link/grade.h"
#include "link/sketch.h"

namespace plumbline::link {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

LinkFacts facts_of(std::vector<std::pair<IndicatorKind, std::string>> values, std::string contact = "", std::string text = "") {
    PartEvidence part;
    part.text = std::move(text);
    for (auto& value : values) {
        Sighting sighting;
        sighting.kind = value.first;
        sighting.value = std::move(value.second);
        part.sightings.push_back(std::move(sighting));
    }
    Evidence evidence;
    evidence.parts.push_back(std::move(part));
    TipContent content;
    content.contact = std::move(contact);
    return link_facts_of(evidence, content);
}

TEST(Key, AUrlGivesItsHostAndItsSite) {
    EXPECT_THAT(facts_of({{IndicatorKind::url, "http://pay.evil.co.uk/a?b"}}).values,
                ElementsAre(Pair(IndicatorKind::url, "http://pay.evil.co.uk/a?b"), Pair(IndicatorKind::domain, "evil.co.uk"),
                            Pair(IndicatorKind::domain, "pay.evil.co.uk")));
    EXPECT_THAT(facts_of({{IndicatorKind::url, "http://evil.net/"}}).values, ElementsAre(Pair(IndicatorKind::domain, "evil.net")));
    EXPECT_THAT(facts_of({{IndicatorKind::url, "http://198.41.0.4:8080/x"}}).values,
                ElementsAre(Pair(IndicatorKind::url, "http://198.41.0.4:8080/x"), Pair(IndicatorKind::ipv4, "198.41.0.4")));
}

TEST(Key, WhatEverybodyHoldsIsNoKey) {
    EXPECT_THAT(facts_of({{IndicatorKind::ipv4, "10.1.2.3"}, {IndicatorKind::ipv4, "192.0.2.7"}, {IndicatorKind::ipv4, "127.0.0.1"},
                          {IndicatorKind::ipv4, "172.31.255.255"}, {IndicatorKind::ipv6, "fe80::1"}, {IndicatorKind::ipv6, "::1"},
                          {IndicatorKind::domain, "localhost"}, {IndicatorKind::domain, "mail.example.com"},
                          {IndicatorKind::url, "http://www.w3.org/TR/html4/loose.dtd"}, {IndicatorKind::domain, "gmail.com"},
                          {IndicatorKind::email, "root@localhost"}, {IndicatorKind::user_agent, "Mozilla/5.0"},
                          {IndicatorKind::md5, "d41d8cd98f00b204e9800998ecf8427e"}}).values,
                IsEmpty());
    EXPECT_THAT(facts_of({{IndicatorKind::ipv4, "172.32.0.1"}, {IndicatorKind::email, "jo@gmail.com"}, {IndicatorKind::url, "https://t.me/joscam"}}).values,
                ElementsAre(Pair(IndicatorKind::email, "jo@gmail.com"), Pair(IndicatorKind::url, "https://t.me/joscam"), Pair(IndicatorKind::ipv4, "172.32.0.1")));
}

TEST(Key, WhatAWarningListHasIsNoKeyButTheWholeOfAUrlIs) {
    Evidence evidence;
    evidence.parts.emplace_back();
    const auto add = [&](IndicatorKind kind, std::string value) {
        Sighting sighting;
        sighting.kind = kind;
        sighting.value = std::move(value);
        sighting.warnings = {"Big sites"};
        evidence.parts[0].sightings.push_back(std::move(sighting));
    };
    add(IndicatorKind::domain, "forms.bigsite.com");
    add(IndicatorKind::ipv4, "198.41.0.4");
    add(IndicatorKind::sha256, std::string(64, 'a'));
    add(IndicatorKind::url, "https://forms.bigsite.com/");
    EXPECT_THAT(link_facts_of(evidence, {}).values, IsEmpty());
    add(IndicatorKind::url, "https://forms.bigsite.com/scam/1");
    add(IndicatorKind::email, "jo@bigsite.com");
    EXPECT_THAT(link_facts_of(evidence, {}).values,
                ElementsAre(Pair(IndicatorKind::email, "jo@bigsite.com"), Pair(IndicatorKind::url, "https://forms.bigsite.com/scam/1")));
}

TEST(Key, TheReportersOwnContactLinksNothing) {
    EXPECT_THAT(facts_of({{IndicatorKind::email, "ann@victim.net"}, {IndicatorKind::phone, "+493012345678"}}, "Ann@Victim.net, 030 1234 5678").values, IsEmpty());
    EXPECT_THAT(facts_of({{IndicatorKind::phone, "+493099999999"}}, "030 1234 5678").values, ElementsAre(Pair(IndicatorKind::phone, "+493099999999")));
}

TEST(Key, AFileIsItsHash) {
    const std::string hash(64, 'a');
    EXPECT_THAT(facts_of({{IndicatorKind::file, "invoice.pdf 1204 " + hash}}).values, ElementsAre(Pair(IndicatorKind::file, hash)));
    EXPECT_THAT(facts_of({{IndicatorKind::file, "invoice.pdf"}}).values, IsEmpty());
    Evidence evidence;
    evidence.parts.resize(2);
    evidence.parts[0].sha256 = std::string(64, 'b');  // the tip's own text is no file
    evidence.parts[0].size_bytes = 9;
    evidence.parts[1].part = 1;
    evidence.parts[1].sha256 = hash;
    evidence.parts[1].size_bytes = 10;
    EXPECT_THAT(link_facts_of(evidence, {}).values, ElementsAre(Pair(IndicatorKind::file, hash)));
}

TEST(Key, ATipWithTooManyValuesKeepsTheStrongest) {
    std::vector<std::pair<IndicatorKind, std::string>> many;
    for (int at = 0; at < 300; ++at) many.emplace_back(IndicatorKind::domain, fmt::format("h{}.net", at));
    many.emplace_back(IndicatorKind::iban, "DE89370400440532013000");
    const LinkFacts facts = facts_of(many);
    EXPECT_EQ(facts.values.size(), values_max);
    EXPECT_TRUE(std::is_sorted(facts.values.begin(), facts.values.end()));
    EXPECT_THAT(facts.values, testing::Contains(Pair(IndicatorKind::iban, "DE89370400440532013000")));
}

TEST(Key, TheSiteOfAHost) {
    EXPECT_EQ(site_of("a.b.evil.com"), "evil.com");
    EXPECT_EQ(site_of("evil.com"), "evil.com");
    EXPECT_EQ(site_of("a.evil.co.uk"), "evil.co.uk");
    EXPECT_EQ(site_of("co.uk"), "co.uk");
    EXPECT_EQ(site_of("evil"), "evil");
    EXPECT_EQ(host_of("http://user:pw@www.evil.com:81/x@y"), "evil.com");
    EXPECT_EQ(host_of("http://[2001:470::1]:80/"), "2001:470::1");
    EXPECT_EQ(host_of("http://["), "");
    EXPECT_EQ(host_of(""), "");
}

TEST(Grade, BitsFallInSteps) {
    EXPECT_EQ(bits_of(IndicatorKind::btc, 1, 65), 0);
    EXPECT_EQ(bits_of(IndicatorKind::btc, 2, 65), 24);
    EXPECT_NEAR(bits_of(IndicatorKind::btc, 3, 65), 24 - 4.0 / 3, 1e-9);
    EXPECT_EQ(bits_of(IndicatorKind::btc, 513, 65), link_bits_min);
    EXPECT_EQ(bits_of(IndicatorKind::btc, 514, 65), 0);
    EXPECT_EQ(bits_of(IndicatorKind::phone, 65, 65), link_bits_min);
    EXPECT_EQ(bits_of(IndicatorKind::phone, 66, 65), 0);
    EXPECT_EQ(bits_of(IndicatorKind::domain, 2, 65), 8);
    EXPECT_EQ(bits_of(IndicatorKind::domain, 65, 65), 2);
    EXPECT_EQ(bits_of(IndicatorKind::domain, 5, 4), 0);
    EXPECT_EQ(common_limit(15), 65U);
    EXPECT_EQ(common_limit(16), 4U);
    EXPECT_EQ(common_limit(100), 25U);
    EXPECT_EQ(common_limit(1'000'000), 65U);
    for (int kind = 1; kind <= 31; ++kind) {
        const auto value = static_cast<IndicatorKind>(kind);
        for (std::size_t holders = 2; holders < 600; ++holders) {
            EXPECT_LE(bits_of(value, holders + 1, 65), bits_of(value, holders, 65));
            if (grade_of(value) == Grade::identity) continue;
            EXPECT_LT(bits_of(value, holders, 65), link_bits_min);
        }
    }
    EXPECT_EQ(text_bits(1), 20);
    EXPECT_EQ(text_bits(text_share_min), link_bits_min);
    EXPECT_LT(text_bits(0.59), link_bits_min);
    EXPECT_EQ(text_bits(0.2), 0);
}

TEST(Grade, OfOneSiteOnlyTheStrongestCounts) {
    std::vector<SharedValue> shared{{IndicatorKind::domain, 7, 8, "evil.net"}, {IndicatorKind::url, 7, 10, "http://evil.net/a"}, {IndicatorKind::ipv4, 9, 7, "1.2.3.4"}};
    EXPECT_EQ(combine(shared), 10 + 3.5);
    ASSERT_EQ(shared.size(), 2U);
    EXPECT_EQ(shared[0].kind, IndicatorKind::url);
    std::vector<SharedValue> wallets{{IndicatorKind::btc, 0, 24, "a"}, {IndicatorKind::btc, 0, 24, "b"}, {IndicatorKind::ipv4, 9, 7, "1.2.3.4"}};
    EXPECT_EQ(combine(wallets), 24 + 24 + 7);
}

std::string numbered_words(int from, int to) {
    std::string text;
    for (int at = from; at < to; ++at) {
        text += std::string{'w', static_cast<char>('a' + at / 26), static_cast<char>('a' + at % 26)};
        text += ' ';
    }
    return text;
}

TEST(Sketch, WhatChangesFromCopyToCopyIsLeftOut) {
    const auto shingles = shingles_of("Dear customer your parcel is held at the depot until you pay the small fee");
    EXPECT_EQ(shingles.size(), 12U);
    EXPECT_EQ(shingles_of("DEAR  Customer, 4711 your <b>parcel</b> is held\nhttps://a.evil.net/x1 at jo@evil.net the depot evil.net until you pay 3,99 the small fee!"), shingles);
    EXPECT_TRUE(shingles_of("too few words").empty());
    EXPECT_TRUE(shingles_of("").empty());
    EXPECT_GE(shingles_of("您的包裹因地址不详无法投递请点击链接").size(), shingles_min);
    EXPECT_FALSE(shingles_of("a < b and some more words that follow it").empty());
}

TEST(Sketch, TheShareIsExactForWholeTextsAndCloseForSamples) {
    const TextSketch a = sketch_of(shingles_of(numbered_words(0, 53)));    // 50 shingles
    const TextSketch b = sketch_of(shingles_of(numbered_words(10, 63)));   // 50, 40 of them shared
    ASSERT_EQ(a.size(), 50U);
    EXPECT_DOUBLE_EQ(share_of(a, b), 40.0 / 60);
    EXPECT_DOUBLE_EQ(share_of(a, a), 1);
    EXPECT_EQ(share_of(a, {}), 0);
    const auto samples = [](int from, int to) { return sketch_of(shingles_of(numbered_words(from, to))); };
    // 500 of 600 shingles shared; both are samples.
    const TextSketch c = samples(0, 553);
    const TextSketch d = samples(50, 603);
    ASSERT_EQ(c.size(), shingles_max);
    EXPECT_NEAR(share_of(c, d), 500.0 / 600, 0.08);
    EXPECT_NEAR(share_of(samples(0, 553), samples(0, 103)), 100.0 / 550, 0.08);
}

TEST(Sketch, BandsFindLikePairsAsOftenAsTheTheorySays) {
    std::mt19937_64 random(1);
    const auto rate = [&random](std::size_t common, std::size_t own) {
        int met = 0;
        for (int round = 0; round < 400; ++round) {
            TextSketch a;
            TextSketch b;
            for (std::size_t at = 0; at < common; ++at) {
                a.push_back(static_cast<std::uint32_t>(random()));
                b.push_back(a.back());
            }
            for (std::size_t at = 0; at < own; ++at) {
                a.push_back(static_cast<std::uint32_t>(random()));
                b.push_back(static_cast<std::uint32_t>(random()));
            }
            std::sort(a.begin(), a.end());
            std::sort(b.begin(), b.end());
            const BandKeys left = band_keys_of(a);
            const BandKeys right = band_keys_of(b);
            bool is_met = false;
            for (std::size_t band = 0; band < bands; ++band) is_met = is_met || left[band] == right[band];
            met += is_met;
        }
        return met / 400.0;
    };
    EXPECT_GE(rate(60, 20), 0.97);             // share 0.6: 0.992
    EXPECT_NEAR(rate(20, 40), 0.15, 0.07);     // share 0.2: 0.15
    EXPECT_LE(rate(4, 50), 0.03);              // share 0.04: 0.001
}

TEST(BucketTable, HoldsWhatAMapHolds) {
    std::mt19937 random(2);
    BucketTable table;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> map;
    for (int step = 0; step < 20'000; ++step) {
        const std::uint64_t key = (random() % 700) << 20;   // keys that fall into few slots
        std::vector<std::uint32_t>& list = map[key];
        const auto number = static_cast<std::uint32_t>(random() % 6);
        const auto found = std::lower_bound(list.begin(), list.end(), number);
        const bool is_held = found != list.end() && *found == number;
        const auto place = static_cast<std::size_t>(found - list.begin());
        if (is_held) {
            ASSERT_EQ(table.remove(key, number), place);
            list.erase(found);
        } else {
            ASSERT_EQ(table.insert(key, number, std::less<>()), place);
            list.insert(found, number);
        }
        const auto held = table.at(key);
        ASSERT_TRUE(std::equal(held.begin(), held.end(), list.begin(), list.end()));
    }
    for (const auto& entry : map) {
        const auto held = table.at(entry.first);
        ASSERT_TRUE(std::equal(held.begin(), held.end(), entry.second.begin(), entry.second.end()));
    }
}

}  // namespace
}  // namespace plumbline::link
