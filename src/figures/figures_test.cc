// SPDX-License-Identifier: Apache-2.0
#include "figures/figures.h"

#include <gtest/gtest.h>

#include <random>

namespace plumbline::figures {
namespace {

Day day(std::string_view text) {
    const auto parsed = day_from(text);
    EXPECT_TRUE(parsed.has_value()) << text;
    return parsed.value_or(Day{});
}
LedgerEntry entry(std::string kind, std::string_view when, CategoryGroup group, std::string leaf = "") {
    LedgerEntry made;
    made.kind = std::move(kind);
    made.day = day(when);
    made.group = group;
    made.leaf = std::move(leaf);
    return made;
}
Options november() {
    Options options;
    options.from = day("2026-11-01");
    options.to = day("2026-11-30");
    options.as_of = day("2026-12-02");
    options.rulebook = "plumbline test";
    return options;
}
std::vector<LedgerEntry> small_log() {
    using enum CategoryGroup;
    const std::string decided = kind_of_change(TipState::received, TipState::decided);
    const std::string closed = kind_of_change(TipState::decided, TipState::closed);
    return {
        entry(kind_of_received(), "2026-10-31", fraud, "fraud.phishing"),   // before the period, but in its stock
        entry(decided, "2026-11-01", fraud),
        entry(kind_of_received(), "2026-11-01", fraud, "fraud.phishing"),
        entry(kind_of_received(), "2026-11-01", sys, "sys.access"),
        entry("custody.leased", "2026-11-02", fraud),
        entry("custody.finding", "2026-11-02", fraud),
        entry(kind_of_received(), "2026-11-30", fraud, "fraud.payment"),
        entry(closed, "2026-11-30", fraud),
        entry(kind_of_received(), "2026-12-01", person),                    // after the period
        entry("custody.finding", "2026-12-01", fraud),
    };
}

TEST(Figures, CountsAreThoseOfTheFrame) {
    const auto figures = count(small_log(), november());
    ASSERT_TRUE(figures.has_value());
    EXPECT_EQ(figures->frame.log_size, 10U);
    EXPECT_EQ(figures->received[CategoryGroup::fraud], 2U);
    EXPECT_EQ(figures->received[CategoryGroup::sys], 1U);
    EXPECT_EQ(figures->received.total(), 3U);
    EXPECT_EQ(figures->received_by_day.size(), 2U);
    EXPECT_EQ(figures->received_by_day.at(day("2026-11-01")).total(), 2U);
    // Three fraud tips by the end of the period: one closed, two nobody has read.
    EXPECT_EQ(figures->states.at(CategoryGroup::fraud), (std::map<TipState, std::uint64_t>{{TipState::received, 2}, {TipState::closed, 1}}));
    EXPECT_EQ(figures->states.count(CategoryGroup::person), 0U);
    EXPECT_EQ(figures->custody, (std::map<std::string, std::uint64_t>{{"custody.finding", 1}, {"custody.leased", 1}}));
    EXPECT_TRUE(figures->leaves.empty());
}

TEST(Figures, JsonComesBackTheSame) {
    Options options = november();
    options.leaves = {LeafRow{CategoryGroup::fraud, "fraud.phishing", {}}, LeafRow{CategoryGroup::fraud, "fraud.payment", {}}, LeafRow{CategoryGroup::sys, "sys.access", {}}};
    const auto figures = count(small_log(), options);
    ASSERT_TRUE(figures.has_value());
    ASSERT_EQ(figures->leaves.size(), 3U);
    EXPECT_EQ(figures->leaves[0].count, std::nullopt);
    const auto parsed = parse_json(to_json(*figures).pretty());
    ASSERT_TRUE(parsed.has_value());
    const auto back = figures_from(*parsed);
    ASSERT_TRUE(back.has_value()) << back.error().message;
    EXPECT_EQ(*back, *figures);
}

TEST(Figures, WhatIsNotFiguresIsNamed) {
    const auto error_of = [](std::string_view from, std::string_view to) {
        std::string text = to_json(*count(small_log(), november())).dump();
        const std::size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos);
        text.replace(at, from.size(), to);
        const auto json = parse_json(text);
        EXPECT_TRUE(json.has_value());
        const auto figures = figures_from(*json);
        return figures ? std::string("none") : figures.error().message;
    };
    EXPECT_EQ(error_of("\"total\":3", "\"total\":4"), "received.total: is not the sum of by_group");
    EXPECT_NE(error_of("figures/1", "figures/2").find("format"), std::string::npos);
    EXPECT_NE(error_of("2026-11-30", "2026-11-31").find("to"), std::string::npos);
    EXPECT_NE(error_of("\"log_size\":10", "\"log_size\":-1").find("log_size"), std::string::npos);
    EXPECT_NE(error_of("\"closed\":1", "\"opne\":1"), "none");
}

TEST(Figures, AnOutsiderGetsTheSameOrSeesWhichCellDiffers) {
    std::vector<LedgerEntry> log = small_log();
    const auto published = count(log, november());
    ASSERT_TRUE(published.has_value());
    // The log has grown since; the first log_size entries are what counts.
    log.push_back(entry(kind_of_received(), "2026-11-15", CategoryGroup::child));
    auto again = recount(log, *published);
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(differences(*published, *again).empty());

    Figures wrong = *published;
    --wrong.received[CategoryGroup::sys];
    wrong.states[CategoryGroup::fraud][TipState::opened] = 7;
    const std::vector<Difference> found = differences(wrong, *again);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0], (Difference{"state opened fraud", "7", "0"}));
    EXPECT_EQ(found[1], (Difference{"received total sys", "0", "1"}));

    log.resize(4);
    EXPECT_FALSE(recount(log, *published).has_value());
}

TEST(Figures, EveryChangedEntryShowsInSomeCellOrChangesNothingCounted) {
    // Whatever single received entry of the period is moved to another group or day, the recount says so.
    std::mt19937 random(4);
    std::vector<LedgerEntry> log;
    for (int at = 0; at < 300; ++at) {
        log.push_back(entry(kind_of_received(), fmt::format("2026-11-{:02}", 1 + random() % 30), category_groups[random() % 11]));
    }
    const auto published = count(log, november());
    ASSERT_TRUE(published.has_value());
    for (std::size_t at = 0; at < log.size(); ++at) {
        const LedgerEntry kept = log[at];
        log[at].group = kept.group == CategoryGroup::fraud ? CategoryGroup::sys : CategoryGroup::fraud;
        EXPECT_FALSE(differences(*published, *recount(log, *published)).empty());
        log[at] = kept;
        log[at].day = kept.day == day("2026-11-02") ? day("2026-11-03") : day("2026-11-02");
        EXPECT_EQ(differences(*published, *recount(log, *published)).size(), 2U);
        log[at] = kept;
    }
}

TEST(Figures, ALogThatDoesNotAddUpIsCorrupt) {
    const std::vector<LedgerEntry> log{entry(kind_of_change(TipState::received, TipState::decided), "2026-11-03", CategoryGroup::fraud)};
    const auto figures = count(log, november());
    ASSERT_FALSE(figures.has_value());
    EXPECT_EQ(figures.error().kind, ErrorKind::corrupt);
    EXPECT_NE(figures.error().message.find("fraud"), std::string::npos);
}

TEST(Figures, APeriodHasItsBounds) {
    Options options = november();
    options.from = day("2026-12-01");
    EXPECT_EQ(count({}, options).error().kind, ErrorKind::invalid);
    options = november();
    options.as_of = day("2026-11-29");
    EXPECT_EQ(count({}, options).error().kind, ErrorKind::invalid);
    options = november();
    options.from = day("1999-01-01");
    EXPECT_EQ(count({}, options).error().kind, ErrorKind::invalid);
    EXPECT_TRUE(count({}, november()).has_value());
}

}  // namespace
}  // namespace plumbline::figures
