// SPDX-License-Identifier: Apache-2.0
// LinkIndex against NaiveLinks: whatever was inserted, withdrawn and inserted again, both say the same of the tips that
// are present.
#include "link/link_index.h"

#include <gtest/gtest.h>

#include <random>

#include "link/naive_links.h"

namespace plumbline::link {
namespace {

TipId tip_number(unsigned number) {
    IdBytes random{};
    // Ids that do not ascend with their number: order by id must not be order of insertion.
    const std::uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15ULL;
    for (std::size_t at = 0; at < 8; ++at) random[8 + at] = static_cast<std::byte>(mixed >> 8 * at);
    random[0] = static_cast<std::byte>(mixed >> 13);
    random[7] = static_cast<std::byte>(number);
    random[6] = static_cast<std::byte>(number >> 8);
    return TipId(random);
}

// Uniform below `end`; the remainder's bias does not matter here.
unsigned below(std::mt19937& random, unsigned end) { return static_cast<unsigned>(random() % end); }

std::string words_text(std::mt19937& random, unsigned story, unsigned words, unsigned changed) {
    std::mt19937 base(story);
    std::vector<std::string> text;
    for (unsigned at = 0; at < words; ++at) text.push_back("w" + std::string(1, static_cast<char>('a' + below(base, 26))) + std::string(1, static_cast<char>('a' + below(base, 26))));
    for (unsigned at = 0; at < changed; ++at) text[below(random, words)] = "x" + std::string(1, static_cast<char>('a' + below(random, 26))) + std::string(1, static_cast<char>('a' + below(random, 26)));
    std::string joined;
    for (const std::string& word : text) joined += word + " ";
    return joined;
}

LinkFacts random_facts(std::mt19937& random) {
    LinkFacts facts;
    const auto add = [&facts](IndicatorKind kind, std::string value) { facts.values.emplace_back(kind, std::move(value)); };
    if (below(random, 6) == 0) add(IndicatorKind::btc, fmt::format("1Boat{}", below(random, 12)));
    if (below(random, 4) == 0) add(IndicatorKind::email, fmt::format("u{}@m{}.net", below(random, 20), below(random, 3)));
    if (below(random, 4) == 0) add(IndicatorKind::phone, fmt::format("+4930{}", below(random, 4)));
    for (unsigned at = below(random, 4); at > 0; --at) add(IndicatorKind::domain, fmt::format("h{}.s{}.org", below(random, 3), below(random, 25)));
    if (below(random, 3) == 0) add(IndicatorKind::url, fmt::format("http://h1.s{}.org/a", below(random, 25)));
    if (below(random, 3) == 0) add(IndicatorKind::ipv4, fmt::format("198.41.0.{}", below(random, 30)));
    std::sort(facts.values.begin(), facts.values.end());
    facts.values.erase(std::unique(facts.values.begin(), facts.values.end()), facts.values.end());
    if (below(random, 2) == 0) facts.shingles = shingles_of(words_text(random, below(random, 3), 24, below(random, 3)));
    return facts;
}

void expect_same(LinkIndex& index, const NaiveLinks::Facts& facts, const std::string& where) {
    const NaiveLinks naive(facts);
    ASSERT_EQ(index.tips(), facts.size()) << where;
    ASSERT_EQ(index.clusters(), naive.clusters()) << where;
    for (const auto& entry : facts) {
        const std::vector<Link> links = index.links_of(entry.first);
        std::vector<NaiveLinks::Scored> got;
        for (const Link& link : links) got.push_back({link.bits, link.other});
        const auto expected = naive.links_of(entry.first);
        ASSERT_EQ(got.size(), expected.size()) << where;
        for (std::size_t at = 0; at < got.size(); ++at) {
            ASSERT_EQ(got[at].other, expected[at].other) << where;
            ASSERT_DOUBLE_EQ(got[at].bits, expected[at].bits) << where;
        }
    }
}

TEST(LinkIndex, SaysTheSameAsTheNaiveReading) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
        std::mt19937 random(seed);
        LinkIndex index;
        NaiveLinks::Facts facts;
        std::vector<LinkFacts> pool;
        for (unsigned at = 0; at < 140; ++at) pool.push_back(random_facts(random));
        for (unsigned step = 1; step <= 500; ++step) {
            const unsigned number = below(random, 140);
            const TipId tip = tip_number(number);
            // Fills up first, empties towards the end.
            if (below(random, 10) < (step < 300 ? 7U : 3U)) {
                const LinkFacts& chosen = below(random, 8) == 0 ? pool[below(random, static_cast<unsigned>(pool.size()))] : pool[number];
                index.insert(tip, chosen);
                facts[tip] = chosen;
            } else {
                index.withdraw(tip);
                facts.erase(tip);
            }
            if (below(random, 4) == 0) (void)index.clusters();
            if (step % 50 == 0) {
                ASSERT_NO_FATAL_FAILURE(expect_same(index, facts, fmt::format("seed {} step {}", seed, step)));
            }
        }
    }
}

TEST(LinkIndex, DoesNotDependOnTheOrderOfInsertion) {
    std::mt19937 random(7);
    std::vector<std::pair<TipId, LinkFacts>> tips;
    for (unsigned at = 0; at < 200; ++at) tips.emplace_back(tip_number(at), random_facts(random));
    LinkIndex first;
    for (const auto& tip : tips) first.insert(tip.first, tip.second);
    const auto clusters = first.clusters();
    ASSERT_FALSE(clusters.empty());
    for (unsigned round = 0; round < 5; ++round) {
        std::shuffle(tips.begin(), tips.end(), random);
        LinkIndex other;
        for (const auto& tip : tips) {
            other.insert(tip.first, tip.second);
            if (below(random, 20) == 0) (void)other.clusters();
        }
        EXPECT_EQ(other.clusters(), clusters);
        for (const auto& tip : tips) {
            const auto a = first.links_of(tip.first);
            const auto b = other.links_of(tip.first);
            ASSERT_EQ(a.size(), b.size());
            for (std::size_t at = 0; at < a.size(); ++at) EXPECT_EQ(to_json(a[at]).dump(), to_json(b[at]).dump());
        }
    }
}

// 90 copies of one story, each with `changed` of its 60 words changed, coming and going.
void flood(unsigned changed, unsigned seed) {
    std::mt19937 random(seed);
    LinkIndex index;
    NaiveLinks::Facts facts;
    std::vector<LinkFacts> pool(90);
    for (LinkFacts& one : pool) one.shingles = shingles_of(words_text(random, 5, 60, changed));
    for (unsigned step = 0; step < 220; ++step) {
        const unsigned number = below(random, 90);
        if (below(random, 10) < (step < 160 ? 8U : 3U)) {
            index.insert(tip_number(number), pool[number]);
            facts[tip_number(number)] = pool[number];
        } else {
            index.withdraw(tip_number(number));
            facts.erase(tip_number(number));
        }
        if (step % 3 == 0) (void)index.clusters();
        if (step % 30 == 0 || step == 219) {
            ASSERT_NO_FATAL_FAILURE(expect_same(index, facts, fmt::format("changed {} step {}", changed, step)));
        }
    }
}

TEST(LinkIndex, AFloodOfLikeTextsIsClusteredPurely) {
    flood(2, 11);
    // Two texts are alike by about 0.6: many pairs are linked, many are not, and which text stands at the front of a
    // bucket decides.
    flood(4, 12);
}

// Inserts and withdraws tips of `pool` at random; the index must say what the naive reading says.
// `fillers` are tips of which nothing is known: they only move common_limit().
void come_and_go(const std::vector<LinkFacts>& pool, unsigned steps, unsigned seed, unsigned fillers) {
    std::mt19937 random(seed);
    LinkIndex index;
    NaiveLinks::Facts facts;
    for (unsigned at = 0; at < fillers; ++at) {
        index.insert(tip_number(10'000 + at), LinkFacts{});
        facts[tip_number(10'000 + at)] = LinkFacts{};
    }
    const auto end = static_cast<unsigned>(pool.size());
    for (unsigned step = 0; step < steps; ++step) {
        const unsigned number = below(random, end);
        if (below(random, 10) < (step < steps / 2 ? 8U : 3U)) {
            index.insert(tip_number(number), pool[number]);
            facts[tip_number(number)] = pool[number];
        } else {
            index.withdraw(tip_number(number));
            facts.erase(tip_number(number));
        }
        if (step % 8 == 0) {
            ASSERT_EQ(index.clusters(), NaiveLinks(facts).clusters()) << "seed " << seed << " step " << step;
        }
    }
}

// Pairs of texts that are alike by 0.63, among texts that are alike by 0.54 only: they crowd the same buckets, and many a
// pair is found only while one of the two stands at the front.
TEST(LinkIndex, WhoStandsAtTheFrontOfABucketIsPure) {
    for (unsigned seed = 1; seed <= 2; ++seed) {
        std::mt19937_64 random(seed);
        std::vector<std::uint64_t> core(70);
        for (std::uint64_t& shingle : core) shingle = random();
        std::vector<LinkFacts> pool;
        for (unsigned pair = 0; pair < 80; ++pair) {
            std::vector<std::uint64_t> both = core;
            for (unsigned at = 0; at < 7; ++at) both.push_back(random());
            for (unsigned one = 0; one < 2; ++one) {
                LinkFacts facts;
                facts.shingles = both;
                for (unsigned at = 0; at < 23; ++at) facts.shingles.push_back(random());
                std::sort(facts.shingles.begin(), facts.shingles.end());
                pool.push_back(std::move(facts));
            }
        }
        ASSERT_NO_FATAL_FAILURE(come_and_go(pool, 400, seed, 260));
    }
}

// Four senders, each of whom about a quarter of the tips share: what everybody holds begins and ends with the number of
// all tips.
TEST(LinkIndex, WhatAQuarterOfTheTipsHoldIsPure) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
        std::mt19937 random(seed);
        std::vector<LinkFacts> pool(60);
        for (LinkFacts& one : pool) {
            const unsigned sender = below(random, 4);
            one.values = {{IndicatorKind::email, fmt::format("u@m{}.net", sender)}, {IndicatorKind::url, fmt::format("http://h{}.org/a", sender)},
                          {IndicatorKind::domain, fmt::format("d{}.info", sender)}, {IndicatorKind::ipv4, fmt::format("45.0.0.{}", sender)}};
        }
        ASSERT_NO_FATAL_FAILURE(come_and_go(pool, 240, seed, 0));
    }
}

TEST(LinkIndex, AValueStopsAndStartsToLinkWhereItCrossesItsLimit) {
    LinkIndex index;
    NaiveLinks::Facts facts;
    const LinkFacts wallet{{{IndicatorKind::btc, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}}, {}};
    const LinkFacts phone{{{IndicatorKind::phone, "+493012345678"}}, {}};
    for (unsigned at = 0; at < 513; ++at) index.insert(tip_number(at), wallet);
    for (unsigned at = 600; at < 665; ++at) index.insert(tip_number(at), phone);
    ASSERT_EQ(index.clusters().size(), 2U);
    EXPECT_EQ(index.clusters()[0].size(), 513U);
    EXPECT_EQ(index.clusters()[1].size(), 65U);
    index.insert(tip_number(513), wallet);
    index.insert(tip_number(665), phone);
    EXPECT_TRUE(index.clusters().empty());
    EXPECT_TRUE(index.links_of(tip_number(0)).empty());
    index.withdraw(tip_number(3));
    index.withdraw(tip_number(603));
    ASSERT_EQ(index.clusters().size(), 2U);
    EXPECT_EQ(index.cluster_of(tip_number(513)).size(), 513U);
    EXPECT_EQ(index.links_of(tip_number(513)).size(), links_listed);
}

TEST(LinkIndex, ALinkSaysWhyInWords) {
    LinkIndex index;
    std::mt19937 random(3);
    const std::string story = words_text(random, 9, 60, 0);
    LinkFacts first{{{IndicatorKind::email, "jo@scam.example.net"}, {IndicatorKind::btc, "1Boat"}}, shingles_of(story)};
    std::sort(first.values.begin(), first.values.end());
    const LinkFacts second{{{IndicatorKind::btc, "1Boat"}}, shingles_of(story + "and one more word")};
    index.insert(tip_number(1), first);
    index.insert(tip_number(2), second);
    index.insert(tip_number(3), LinkFacts{{{IndicatorKind::btc, "1Boat"}}, {}});
    index.insert(tip_number(4), LinkFacts{{}, shingles_of(story)});
    const auto links = index.links_of(tip_number(1));
    ASSERT_EQ(links.size(), 3U);
    EXPECT_EQ(links[0].other, tip_number(2));
    ASSERT_EQ(links[0].reasons.size(), 2U);
    EXPECT_EQ(links[0].reasons[0].words, "the same Bitcoin address 1Boat, in 3 tips");
    EXPECT_EQ(links[0].reasons[1].words, "the text is 93 % the same");
    EXPECT_DOUBLE_EQ(links[0].bits, links[0].reasons[0].bits + links[0].reasons[1].bits);
    EXPECT_EQ(to_json(index.link_between(tip_number(1), tip_number(2))).dump(), to_json(links[0]).dump());
    EXPECT_EQ(index.link_between(tip_number(1), tip_number(4)).reasons.at(0).words, "the text is the same");
    EXPECT_EQ(index.cluster_of(tip_number(4)).size(), 4U);
    EXPECT_TRUE(index.cluster_of(tip_number(9)).empty());
    EXPECT_TRUE(index.links_of(tip_number(9)).empty());
}

TEST(LinkIndex, TenThousandEqualTipsStayBounded) {
    LinkIndex index;
    std::mt19937 random(5);
    const LinkFacts same{{{IndicatorKind::btc, "1Boat"}, {IndicatorKind::domain, "evil.net"}}, shingles_of(words_text(random, 1, 40, 0))};
    for (unsigned at = 0; at < 10'000; ++at) {
        index.insert(tip_number(at), same);
        if (at % 500 == 0) {
            EXPECT_EQ(index.cluster_of(tip_number(at)).size(), at + 1);
        }
    }
    EXPECT_EQ(index.links_of(tip_number(77)).size(), links_listed);
    for (unsigned at = 0; at < 9'990; ++at) index.withdraw(tip_number(at));
    EXPECT_EQ(index.cluster_of(tip_number(9'995)).size(), 10U);
}

}  // namespace
}  // namespace plumbline::link
