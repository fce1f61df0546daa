// SPDX-License-Identifier: Apache-2.0
// A value that a text repeats without end is listed up to a bound and counted behind it; a list of many values stays whole.
#include "evidence/repeats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evidence/scan.h"

namespace plumbline::evidence {
namespace {

using testing::ElementsAre;

std::vector<std::string> reasons_of(const PartEvidence& evidence) {
    std::vector<std::string> reasons;
    for (const Unread& row : evidence.unread) reasons.push_back(row.reason);
    return reasons;
}

TEST(Repeats, ListsAValueUpToItsBoundAndCountsTheRest) {
    constexpr std::size_t places = 80'000;
    std::string text;
    for (std::size_t i = 0; i < places; ++i) text += "bank.example.com\n";
    text += "other.example.org\n";
    const PartEvidence evidence = scan_part(view(text), "a.txt", {});
    ASSERT_EQ(evidence.sightings.size(), Repeats::all_listed + Repeats::more_max + 1);
    EXPECT_EQ(evidence.sightings.back().value, "other.example.org");
    EXPECT_THAT(reasons_of(evidence), ElementsAre(fmt::format("over the limit of 1024 places: {} more of domain bank.example.com are not listed",
                                                               places - Repeats::all_listed - Repeats::more_max)));
}

TEST(Repeats, KeepsAListOfManyValuesWhole) {
    constexpr std::size_t values = 150'000;
    std::string text;
    for (std::size_t i = 0; i < values; ++i) text += fmt::format("host{}.example.com\n", i);
    const PartEvidence evidence = scan_part(view(text), "a.txt", {});
    EXPECT_EQ(evidence.sightings.size(), values);
    EXPECT_TRUE(evidence.unread.empty());
}

TEST(Repeats, NamesSixteenValuesAndSumsTheOthers) {
    Repeats repeats;
    for (int round = 0; round < 2'000; ++round)
        for (int value = 0; value < 20; ++value) (void)repeats.is_over(Repeats::all_listed, IndicatorKind::domain, fmt::format("v{}.example", value));
    const std::vector<std::string> lines = repeats.said();
    ASSERT_EQ(lines.size(), 17U);
    EXPECT_EQ(lines[0], "over the limit of 1024 places: 976 more of domain v0.example are not listed");
    EXPECT_EQ(lines[16], "over the limit of 1024 places: 3904 more of other values are not listed");
}

}  // namespace
}  // namespace plumbline::evidence
