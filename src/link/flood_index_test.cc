// SPDX-License-Identifier: Apache-2.0
#include "link/flood_index.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace plumbline::link {
namespace {

TipId tip_number(std::uint32_t number) {
    IdBytes bytes{};
    for (std::size_t i = 0; i < 4; ++i) bytes[15 - i] = static_cast<std::byte>(number >> (8 * i));
    return TipId::make({}, bytes);
}

constexpr const char* said =
    "This hotline is a fraud and everybody who works there should be ashamed of it. We will send this message again and again until "
    "somebody answers us, and we have all the time in the world to do so, whatever you try to do about it today or tomorrow.";

LinkFacts facts_of(std::string text) {
    LinkFacts facts;
    facts.shingles = shingles_of(text);
    return facts;
}
LinkFacts flood_facts(std::uint32_t number) { return facts_of(fmt::format("{} Number {} of many.", said, number)); }

class Floods : public testing::Test {
  protected:
    void fill(std::uint32_t tips) {
        for (std::uint32_t i = 0; i < tips; ++i) index.insert(tip_number(i), flood_facts(i), {});
    }
    bool is_folded(std::uint32_t number) { return index.folded_into(tip_number(number)).has_value(); }
    std::size_t lines(std::uint32_t tips) {
        std::size_t own = 0;
        for (std::uint32_t i = 0; i < tips; ++i) own += is_folded(i) ? 0U : 1U;
        return own;
    }
    FloodIndex index;
};

TEST_F(Floods, FewAreNoFloodAndManyAreOne) {
    fill(flood_tips_min - 1);
    EXPECT_FALSE(index.has_floods());
    EXPECT_EQ(lines(flood_tips_min - 1), flood_tips_min - 1);
    fill(300);
    EXPECT_TRUE(index.has_floods());
    EXPECT_EQ(lines(300), 0U);
    EXPECT_EQ(index.folded_into(tip_number(0)), index.folded_into(tip_number(299)));
    EXPECT_EQ(index.flood_of(tip_number(7)).folded.size(), 300U);
    index.insert(tip_number(999), facts_of("Somebody called my mother and told her that her bank account was at risk, and she moved all of it to them."), {});
    EXPECT_FALSE(is_folded(999));
    EXPECT_TRUE(index.flood_of(tip_number(999)).folded.empty());
}

TEST_F(Floods, WhatHasSomethingOfItsOwnStandsAlone) {
    fill(300);
    LinkFacts danger = flood_facts(1000);
    danger.is_danger = true;
    index.insert(tip_number(1000), danger, {});
    LinkFacts money = flood_facts(1001);
    money.is_recallable = true;
    index.insert(tip_number(1001), money, {});
    LinkFacts account = flood_facts(1002);
    account.values.emplace_back(IndicatorKind::iban, "DE89370400440532013000");
    index.insert(tip_number(1002), account, {});
    index.insert(tip_number(1003), facts_of(std::string(said) + " But my daughter Ana has not come home since they took her pictures on Tuesday."), {});
    index.insert(tip_number(1004), flood_facts(1004), {Severity::high, false});
    for (std::uint32_t i = 1000; i < 1005; ++i) EXPECT_FALSE(is_folded(i)) << i;
    EXPECT_EQ(lines(300), 0U);
    const Flood flood = index.flood_of(tip_number(5));
    EXPECT_EQ(flood.folded.size(), 300U);
    EXPECT_EQ(flood.standing.size(), 5U);
}

TEST_F(Floods, WhatAllOfThemDoTellsNothing) {
    // Each brings an account of its own, all say that a life is in danger, each changes a few words: it is one flood still.
    for (std::uint32_t i = 0; i < 400; ++i) {
        LinkFacts facts = facts_of(fmt::format("{} So says friend{} of the{} house.", said, std::string(1 + i % 26, static_cast<char>('a' + i / 26)), std::string(1 + i / 26, 'x')));
        facts.is_danger = true;
        facts.values.emplace_back(IndicatorKind::iban, fmt::format("account {}", i));
        index.insert(tip_number(i), facts, {Severity::critical, false});
    }
    EXPECT_EQ(lines(400), 0U);
    // And the one among them that has more to say is seen.
    LinkFacts real = facts_of(std::string(said) + " My brother was taken from the bus station in Porto by two men in a grey van on Sunday.");
    real.is_danger = true;
    index.insert(tip_number(500), real, {Severity::critical, false});
    EXPECT_FALSE(is_folded(500));
}

TEST_F(Floods, LinesOfTheirOwnAreBoundedAndTheRestComesFirst) {
    fill(2000);
    // More than own_lines_max wear different sentences: the flood gives that many lines, and shows the others first.
    for (std::uint32_t i = 0; i < 120; ++i) {
        std::string own_words = said;
        for (char word = 'a'; word < 'k'; ++word) own_words += fmt::format(" {}{}{}", word, static_cast<char>('a' + i % 26), static_cast<char>('a' + i / 26));
        index.insert(tip_number(5000 + i), facts_of(own_words), {});
    }
    std::size_t own = 0;
    for (std::uint32_t i = 0; i < 120; ++i) own += is_folded(5000 + i) ? 0U : 1U;
    EXPECT_EQ(own, own_lines_max);
    const Flood flood = index.flood_of(tip_number(0));
    ASSERT_GE(flood.folded.size(), 2070U);
    for (std::size_t i = 0; i < 70; ++i) EXPECT_GE(flood.folded[i], tip_number(5000)) << i;
}

TEST_F(Floods, ShortTextsStandTogetherByTheirLettersAlone) {
    const auto shortly = [](std::uint64_t print) {
        LinkFacts facts;
        facts.text_print = print;
        return facts;
    };
    for (std::uint32_t i = 0; i < 40; ++i) index.insert(tip_number(i), shortly(11), {});
    for (std::uint32_t i = 40; i < 80; ++i) index.insert(tip_number(i), shortly(0), {});
    index.insert(tip_number(80), shortly(12), {});
    EXPECT_EQ(lines(40), 0U);
    for (std::uint32_t i = 40; i < 81; ++i) EXPECT_FALSE(is_folded(i));
}

TEST_F(Floods, WithdrawnTipsLeaveNothing) {
    fill(100);
    for (std::uint32_t i = 0; i < 85; ++i) index.withdraw(tip_number(i));
    EXPECT_FALSE(index.has_floods());
    EXPECT_EQ(index.tips(), 15U);
    EXPECT_FALSE(is_folded(99));
    for (std::uint32_t i = 85; i < 100; ++i) index.withdraw(tip_number(i));
    fill(30);
    EXPECT_EQ(lines(30), 0U);
    index.set_aside(tip_number(3), true);
    EXPECT_EQ(index.flood_of(tip_number(0)).aside.size(), 1U);
}

}  // namespace
}  // namespace plumbline::link
