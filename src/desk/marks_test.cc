// SPDX-License-Identifier: Apache-2.0
#include "desk/marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::desk {

namespace {
Sighting sighting(IndicatorKind kind, std::string text) {
    Sighting made;
    made.kind = kind;
    made.text = std::move(text);
    made.value = made.text;
    return made;
}
}  // namespace

TEST(Marks, stand_where_the_text_stands) {
    const std::vector<Sighting> sightings{sighting(IndicatorKind::email, "jo@example.com"), sighting(IndicatorKind::ipv4, "192.0.2.1")};
    const std::string text = "write to jo@example.com or 192.0.2.1, again jo@example.com";
    EXPECT_EQ(marks_of(text, sightings), (std::vector<Mark>{{9, 23, 0}, {27, 36, 1}, {44, 58, 0}}));
}

TEST(Marks, the_longer_stands_where_two_overlap) {
    const std::vector<Sighting> sightings{sighting(IndicatorKind::domain, "example.com"), sighting(IndicatorKind::email, "jo@example.com")};
    EXPECT_EQ(marks_of("jo@example.com and example.com", sightings), (std::vector<Mark>{{0, 14, 1}, {19, 30, 0}}));
}

TEST(Marks, a_word_that_goes_on_is_another_word) {
    const std::vector<Sighting> sightings{sighting(IndicatorKind::ipv4, "1.2.3.4"), sighting(IndicatorKind::phone, "+44 20 7946 0958")};
    EXPECT_THAT(marks_of("11.2.3.4 1.2.3.40 x1.2.3.4", sightings), testing::IsEmpty());
    EXPECT_EQ(marks_of("(1.2.3.4) call+44 20 7946 0958.", sightings), (std::vector<Mark>{{1, 8, 0}, {14, 30, 1}}));
}

TEST(Marks, count_as_a_browser_counts) {
    // One code unit for e with acute and for the euro sign, two for a face.
    const std::vector<Sighting> sightings{sighting(IndicatorKind::domain, "a.example")};
    EXPECT_EQ(marks_of("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 a.example", sightings), (std::vector<Mark>{{7, 16, 0}}));
}

TEST(Marks, are_bounded_and_need_a_text) {
    EXPECT_THAT(marks_of("anything", {sighting(IndicatorKind::url, "")}), testing::IsEmpty());
    std::string text;
    for (std::size_t i = 0; i < 3 * marks_max; ++i) text += "a.example ";
    EXPECT_EQ(marks_of(text, {sighting(IndicatorKind::domain, "a.example")}).size(), marks_max);
    // Bytes that are not UTF-8 are shown as U+FFFD and marked there.
    EXPECT_EQ(marks_of("x \xEF\xBF\xBD" "b y", {sighting(IndicatorKind::url, "\xFF" "b")}), (std::vector<Mark>{{2, 4, 0}}));
}

}  // namespace plumbline::desk
