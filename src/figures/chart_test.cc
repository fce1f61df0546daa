// SPDX-License-Identifier: Apache-2.0
// What the chart and the table must hold. PLUMBLINE_CHARTS=DIR writes the pictures there, to be looked at.
#include "figures/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

namespace plumbline::figures {
namespace {

using testing::HasSubstr;
using testing::Not;

Day day(std::string_view text) { return day_from(text).value_or(Day{}); }

Categories categories() {
    std::ifstream file(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/categories.json");
    std::stringstream text;
    text << file.rdbuf();
    const auto json = parse_json(text.str());
    EXPECT_TRUE(json.has_value());
    auto tree = Categories::from_json(*json);
    EXPECT_TRUE(tree.has_value());
    return *tree;
}

Figures made(std::string_view from, std::string_view to, unsigned per_day) {
    std::mt19937 random(3);
    std::vector<LedgerEntry> log;
    Options options;
    options.from = day(from);
    options.to = day(to);
    options.as_of = options.to + std::chrono::days(1);
    options.rulebook = "plumbline-2026.1 (sha256 3f2a91c0)";
    const std::vector<CategoryGroup> often{CategoryGroup::fraud, CategoryGroup::fraud, CategoryGroup::fraud, CategoryGroup::fraud, CategoryGroup::sys,
                                           CategoryGroup::sys,   CategoryGroup::id,    CategoryGroup::person, CategoryGroup::nuisance, CategoryGroup::other,
                                           CategoryGroup::child, CategoryGroup::trade};
    for (Day at = options.from; at <= options.to; at += std::chrono::days(1)) {
        if (per_day == 0) break;
        for (unsigned tips = static_cast<unsigned>(random() % (per_day + 1)); tips > 0; --tips) {
            LedgerEntry entry;
            entry.kind = kind_of_received();
            entry.day = at;
            entry.group = often[random() % often.size()];
            log.push_back(entry);
            if (random() % 3 == 0) continue;
            entry.kind = kind_of_change(TipState::received, TipState::decided);
            log.push_back(entry);
        }
    }
    return *count(log, options);
}

std::size_t times(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST(Chart, IsAccessibleAndHasNoScriptOrStyle) {
    const Figures figures = made("2026-10-01", "2026-11-29", 12);
    const std::string svg = chart_svg(figures, categories());
    EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-labelledby=\"figures-title figures-desc\""));
    EXPECT_THAT(svg, HasSubstr("<title id=\"figures-title\">Tips received by day</title>"));
    EXPECT_THAT(svg, HasSubstr("<desc id=\"figures-desc\">Stacked bars."));
    EXPECT_THAT(svg, HasSubstr("Deception for money or credentials"));
    EXPECT_THAT(svg, Not(HasSubstr("<script")));
    EXPECT_THAT(svg, Not(HasSubstr("style=")));
    EXPECT_EQ(times(svg, "<g>"), figures.received_by_day.size());
}

TEST(Chart, LongPeriodsAreDrawnInWeeksAndMonths) {
    EXPECT_THAT(chart_svg(made("2026-01-01", "2026-06-30", 4)), HasSubstr("Tips received by week"));
    const Figures years = made("2023-01-01", "2026-06-30", 4);
    const std::string svg = chart_svg(years);
    EXPECT_THAT(svg, HasSubstr("Tips received by month"));
    EXPECT_EQ(times(svg, "<g>"), 42U);
    EXPECT_THAT(chart_svg(made("2026-11-01", "2026-11-03", 0)), HasSubstr("No tip in this period"));
    EXPECT_THAT(chart_svg(made("2026-10-01", "2026-11-29", 12), {}, chart_narrow_px), HasSubstr("width=\"340\""));
}

TEST(Chart, TitlesCannotBreakOutOfTheMarkup) {
    const auto tree = parse_json(R"({"version":"1","groups":{"fraud":"<b>\"x\" & y"},"leaves":[{"code":"other.unclassified","title":"Other","plain":"Other"}]})");
    ASSERT_TRUE(tree.has_value());
    const auto hostile = Categories::from_json(*tree);
    ASSERT_TRUE(hostile.has_value()) << hostile.error().message;
    const Figures figures = made("2026-11-01", "2026-11-03", 9);
    EXPECT_THAT(chart_svg(figures, *hostile), Not(HasSubstr("<b>\"")));
    EXPECT_THAT(table_html(figures, *hostile), HasSubstr("&lt;b&gt;&quot;x&quot; &amp; y"));
}

TEST(Chart, TheTableHasEveryGroupAndTheFrame) {
    const Figures figures = made("2026-11-01", "2026-11-29", 12);
    const std::string table = table_html(figures, categories());
    EXPECT_EQ(times(table, "<th scope=\"row\">"), category_groups.size() + 1);
    EXPECT_THAT(table, HasSubstr("<caption>Unit: tips"));
    EXPECT_THAT(table, HasSubstr("State on 2026-11-29: decided"));
    EXPECT_THAT(table, HasSubstr("<b>" + fmt::to_string(figures.received.total()) + "</b>"));
}

TEST(Chart, AHashGoesOnInTheNextLine) {
    Figures figures = made("2026-11-01", "2026-11-23", 3);
    figures.frame.rulebook = "sha256:" + std::string(64, 'a');
    const std::string svg = chart_svg(figures, categories(), chart_narrow_px);
    const std::string drawn = svg.substr(svg.rfind("Rulebook:"));
    EXPECT_THAT(drawn, HasSubstr(">a"));
    EXPECT_THAT(drawn, Not(HasSubstr(std::string(64, 'a'))));
}

TEST(Chart, PicturesToLookAt) {
    const char* folder = std::getenv("PLUMBLINE_CHARTS");
    if (folder == nullptr) GTEST_SKIP() << "PLUMBLINE_CHARTS is not set";
    const Categories tree = categories();
    const auto write = [folder](const std::string& name, const std::string& body, std::string_view colours) {
        std::ofstream(std::string(folder) + "/" + name) << "<!doctype html><meta charset=utf-8><body style=\"margin:10px;" << colours << "\">" << body;
    };
    const Figures demo = made("2026-09-25", "2026-11-23", 14);
    write("wide.html", chart_svg(demo, tree) + table_html(demo, tree), "");
    write("narrow.html", chart_svg(demo, tree, chart_narrow_px), "");
    write("dark.html", chart_svg(made("2025-09-25", "2026-11-23", 900), tree), "background:#15181c;color:#e8e8e8");
    write("months.html", chart_svg(made("2023-02-03", "2026-11-23", 90), tree, chart_narrow_px, "m"), "");
}

}  // namespace
}  // namespace plumbline::figures
