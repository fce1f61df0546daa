// SPDX-License-Identifier: Apache-2.0
#include "rulebook/sfeel.h"

#include <gtest/gtest.h>

#include <random>

namespace plumbline::rulebook {
namespace {

Field number_field() { return {"n", ValueType::number, {}, -5, 25}; }
Field text_field() { return {"t", ValueType::text, {"a", "b", "c", "say \"x\""}, 0, 0}; }

TEST(Sfeel, ReadsEachFormOfTheGrammar) {
    const struct {
        const char* text;
        Ranges ranges;
    } cases[] = {
        {"-", {{-5, 25}}},          {"7", {{7, 7}}},           {"-3", {{-3, -3}}},       {"< 7", {{-5, 6}}},     {"<=7", {{-5, 7}}},
        {">7", {{8, 25}}},          {">= 7", {{7, 25}}},       {"[1..5]", {{1, 5}}},     {"[1..5)", {{1, 4}}},   {"(1..5]", {{2, 5}}},
        {"]1..5[", {{2, 4}}},       {"( 1 .. 5 )", {{2, 4}}},  {"1, 2,3", {{1, 3}}},     {"1,[3..4]", {{1, 1}, {3, 4}}},
        {"not(1,2)", {{-5, 0}, {3, 25}}}, {"not( < 5 )", {{5, 25}}}, {"> 100", {}},       {"[1..1)", {}},         {"not(>= -5)", {}},
    };
    for (const auto& each : cases) {
        const auto tests = parse_unary_tests(each.text, ValueType::number);
        ASSERT_TRUE(tests) << each.text << ": " << tests.error().message;
        const auto ranges = ranges_of(*tests, number_field());
        ASSERT_TRUE(ranges) << each.text;
        EXPECT_EQ(*ranges, each.ranges) << each.text;
    }
    const auto texts = parse_unary_tests("not(\"b\", \"say \\\"x\\\"\")", ValueType::text);
    ASSERT_TRUE(texts);
    EXPECT_EQ(*ranges_of(*texts, text_field()), (Ranges{{0, 0}, {2, 2}}));
    EXPECT_EQ(words_of(*texts), "neither b nor say \"x\"");
    EXPECT_EQ(words_of(*parse_unary_tests(">= 20", ValueType::number)), "20 or more");
    EXPECT_EQ(words_of(*parse_unary_tests("true", ValueType::boolean)), "yes");
}

TEST(Sfeel, RefusesWhatItDoesNotKnowByName) {
    const struct {
        const char* text;
        ValueType type;
        ErrorKind kind;
        const char* says;
    } cases[] = {
        {"", ValueType::text, ErrorKind::invalid, "empty"},
        {"  ", ValueType::text, ErrorKind::invalid, "empty"},
        {"high", ValueType::text, ErrorKind::unsupported, "quotation marks"},
        {"\"high", ValueType::text, ErrorKind::invalid, "closing"},
        {"\"a\\n\"", ValueType::text, ErrorKind::unsupported, "escapes"},
        {"1.5", ValueType::number, ErrorKind::unsupported, "whole"},
        {"1", ValueType::text, ErrorKind::invalid, "1 is a number"},
        {"\"a\"", ValueType::number, ErrorKind::invalid, "is a string"},
        {"true", ValueType::text, ErrorKind::invalid, "is a boolean"},
        {"< \"a\"", ValueType::text, ErrorKind::invalid, "comparison"},
        {"[1..2]", ValueType::boolean, ErrorKind::invalid, "interval"},
        {"[5..2]", ValueType::number, ErrorKind::invalid, "backwards"},
        {"[5..", ValueType::number, ErrorKind::invalid, "number was expected"},
        {"[5..6", ValueType::number, ErrorKind::invalid, "end bracket"},
        {"not(1", ValueType::number, ErrorKind::invalid, "closing bracket"},
        {"1 2", ValueType::number, ErrorKind::invalid, "after the end"},
        {"1,", ValueType::number, ErrorKind::invalid, "value was expected"},
        {"-, 1", ValueType::number, ErrorKind::invalid, "number was expected"},
        {"99999999999999999999", ValueType::number, ErrorKind::too_large, "over"},
        {"date(\"2026-01-01\")", ValueType::text, ErrorKind::unsupported, "date"},
        {"12x", ValueType::number, ErrorKind::invalid, "letter"},
    };
    for (const auto& each : cases) {
        const auto tests = parse_unary_tests(each.text, each.type);
        ASSERT_FALSE(tests) << each.text;
        EXPECT_EQ(tests.error().kind, each.kind) << each.text << ": " << tests.error().message;
        EXPECT_NE(tests.error().message.find(each.says), std::string::npos) << each.text << ": " << tests.error().message;
    }
    std::string many = "1";
    for (std::size_t i = 0; i < tests_max; ++i) many += ",1";
    EXPECT_EQ(parse_unary_tests(many, ValueType::number).error().kind, ErrorKind::too_large);
    EXPECT_EQ(parse_unary_tests(std::string(entry_bytes_max + 1, '1'), ValueType::number).error().kind, ErrorKind::too_large);
    EXPECT_FALSE(ranges_of(*parse_unary_tests("\"z\"", ValueType::text), text_field()));
}

// The ranges of a test and the plain reading of it agree on every value, for random tests.
TEST(Sfeel, RangesAgreeWithThePlainReading) {
    std::mt19937 random(20261123);
    const Field field = number_field();
    const auto number = [&random] { return std::to_string(static_cast<int>(random() % 31) - 5); };
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (std::size_t i = 0, tests = 1 + random() % 3; i < tests; ++i) {
            if (i > 0) text += ", ";
            const char* comparisons[] = {"", "<", "<=", ">", ">="};
            if (random() % 3 != 0) {
                text += comparisons[random() % 5] + number();
                continue;
            }
            const int from = static_cast<int>(random() % 20);
            text += std::string(1, "[(]"[random() % 3]) + std::to_string(from) + ".." + std::to_string(from + static_cast<int>(random() % 6)) + std::string(1, "])["[random() % 3]);
        }
        if (random() % 3 == 0) text = "not(" + text + ")";
        const auto tests = parse_unary_tests(text, ValueType::number);
        ASSERT_TRUE(tests) << text << ": " << tests.error().message;
        const Ranges ranges = *ranges_of(*tests, field);
        for (std::int64_t value = -5; value <= 25; ++value) ASSERT_EQ(holds(ranges, value), matches(*tests, Value(value))) << text << " at " << value;
    }
}

}  // namespace
}  // namespace plumbline::rulebook
