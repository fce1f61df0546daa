// SPDX-License-Identifier: Apache-2.0
#include "rulebook/page.h"

#include <gtest/gtest.h>

#include "rulebook/rules_for_test.h"

namespace plumbline::rulebook {
namespace {

std::size_t count_of(std::string_view text, std::string_view what) {
    std::size_t count = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

TEST(Page, EveryRuleStandsOnItOnce) {
    const auto rulebook = Rulebook::load(project_rules(), project_categories());
    ASSERT_TRUE(rulebook);
    const std::string html = rulebook_html(*rulebook);
    const std::string text = rulebook_text(*rulebook);
    std::size_t rules = 0;
    for (const Table& table : rulebook->model().tables)
        for (const Rule& rule : table.rules) {
            ++rules;
            EXPECT_EQ(count_of(html, "<th scope=\"row\">" + rule.id + "</th>"), 1u) << rule.id;
            EXPECT_NE(text.find("  " + rule.id + " "), std::string::npos) << rule.id;
        }
    EXPECT_EQ(count_of(html, "<caption>"), rulebook->model().tables.size());
    EXPECT_EQ(count_of(html, "<tr id="), rules);
    EXPECT_EQ(count_of(html, "<td>"), 3 * rules);
    for (const std::string_view tag : {"td", "li", "ul", "tr", "section"}) EXPECT_EQ(count_of(html, fmt::format("<{}>", tag)) + count_of(html, fmt::format("<{} ", tag)), count_of(html, fmt::format("</{}>", tag))) << tag;
    EXPECT_NE(html.find("Ransomware or data held to ransom; "), std::string::npos);
    EXPECT_NE(html.find("<li>Still happening: not known or yes</li>"), std::string::npos);
    EXPECT_NE(html.find("<li>Category group: anything but "), std::string::npos);
    const Json json = rulebook_as_json(*rulebook);
    std::size_t in_json = 0;
    for (const Json& table : json.find("tables")->as_array()) in_json += table.find("rules")->as_array().size();
    EXPECT_EQ(in_json, rules);
    EXPECT_EQ(json.find("version")->as_text(), rulebook->version());
}

TEST(Page, WhatTheFileSaysIsEscaped) {
    std::string rules = project_rules();
    const std::string_view words = "Someone's life is in danger now.";
    rules.replace(rules.find(words), words.size(), "&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"more\"");
    const auto rulebook = Rulebook::load(rules, project_categories());
    ASSERT_TRUE(rulebook) << rulebook.error().message;
    const std::string html = rulebook_html(*rulebook);
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_NE(html.find("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;"), std::string::npos);
}

}  // namespace
}  // namespace plumbline::rulebook
