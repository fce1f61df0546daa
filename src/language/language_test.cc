// SPDX-License-Identifier: Apache-2.0
#include "language/language.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "language/message_pattern.h"

namespace plumbline::language {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Language> made(std::string_view tag, std::string_view json) { return Language::from_json(tag, json); }

TEST(Language, CountsAsTheLanguageDoes) {
    const auto russian = made("ru", R"({"files":"{count, plural, one {# файл} few {# файла} many {# файлов} other {# файла}}"})");
    ASSERT_TRUE(russian) << russian.error().message;
    EXPECT_EQ(russian->text("files", {{"count", 1}}), "1 файл");
    EXPECT_EQ(russian->text("files", {{"count", 3}}), "3 файла");
    EXPECT_EQ(russian->text("files", {{"count", 11}}), "11 файлов");
    EXPECT_EQ(russian->text("files", {{"count", 21}}), "21 файл");
}

TEST(Language, WritesNumbersAndDaysAsTheLanguageDoes) {
    const Instant instant = *instant_from("2026-11-23T15:04:05Z");
    const auto day = [&](std::string_view tag) { return made(tag, R"({"time.hour":"{day}, {time} UTC"})")->day(instant); };
    EXPECT_EQ(day("en"), "23 November 2026");
    EXPECT_EQ(day("de"), "23. November 2026");
    EXPECT_EQ(day("ja"), "2026年11月23日");
    EXPECT_EQ(day("ar"), "23 نوفمبر 2026");
    EXPECT_EQ(made("en", R"({"time.hour":"{day}, {time} UTC"})")->hour(instant), "23 November 2026, 15:04 UTC");
    EXPECT_EQ(made("de", "{}")->number(1234567), "1.234.567");
    EXPECT_EQ(made("hi", "{}")->number(1234567), "12,34,567");
}

TEST(Language, EscapesWhatItIsGivenAndNotItsMarks) {
    const auto german = made("de", R"({"a":"<b>{who}</b> & <a href=\"/mailbox\">it''s</a> <a href=\"/ledger/checkpoint\">x</a>","b":"<b>Don't</b>"})");
    ASSERT_TRUE(german) << german.error().message;
    EXPECT_EQ(german->html("a", std::vector<Argument>{{"who", "<b>{x}'&"}}),
              "<strong>&lt;b&gt;{x}&#39;&amp;</strong> &amp; <a href=\"/de/mailbox\">it's</a> <a href=\"/ledger/checkpoint\">x</a>");
    EXPECT_EQ(german->html("b"), "<strong>Don't</strong>");
    EXPECT_EQ(german->patterns_under("b").dump(), R"({"b":"<b>Don't</b>"})");
}

TEST(Language, RefusesWhatItCannotRead) {
    for (const char* bad : {"[]", R"({"a":5})", R"({"a":""})", R"({"a":"{x"})", R"({"a":"{0}"})", R"({"a":"<i>x</i>"})", R"({"a":"<b>x"})", R"({"a":"x</b>"})",
                            R"({"a":"<a href=\"https://x.example\">x</a>"})", R"({"a":"<a href=\"/x\" onclick=\"y\">x</a>"})", R"({"a":"x","a":"y"})"})
        EXPECT_FALSE(made("en", bad)) << bad;
}

TEST(BestLanguage, IsWhatTheBrowserAsksForFirst) {
    EXPECT_EQ(best_language(""), "en");
    EXPECT_EQ(best_language("de-AT,de;q=0.9,en;q=0.5"), "de");
    EXPECT_EQ(best_language("en;q=0.5, de;q=0.8"), "de");
    EXPECT_EQ(best_language("xx, yy;q=0.9"), "en");
    EXPECT_EQ(best_language("zh"), "zh-Hans");
    EXPECT_EQ(best_language("zh-CN,zh;q=0.9"), "zh-Hans");
    EXPECT_EQ(best_language("zh-TW"), "zh-Hant");
    EXPECT_EQ(best_language("zh-Hant-HK"), "zh-Hant");
    EXPECT_EQ(best_language("zh-Hans-HK"), "zh-Hans");
    EXPECT_EQ(best_language("AR-EG"), "ar");
    EXPECT_EQ(best_language("de;q=0"), "en");
    EXPECT_EQ(best_language("de;q=0.001,en;q=0"), "de");
    EXPECT_EQ(best_language("*;;;=,,q=,de;q=x"), "en");
    EXPECT_EQ(best_language(std::string(10'000, ',') + "de"), "en");
}

std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
std::string language_file(std::string_view tag) { return file_text(fmt::format("{}/ui/hotline/languages/{}.json", PLUMBLINE_SOURCE_DIR, tag)); }

TEST(LanguageFaults, AreFound) {
    const auto faults = [](const char* english, const char* other, const char* tag = "ru") { return language_faults(english, tag, other); };
    EXPECT_THAT(faults(R"({"a":"x"})", R"({"a":"y"})"), IsEmpty());
    EXPECT_THAT(faults(R"({"a":"x"})", "{}"), ElementsAre("ru: a: is missing"));
    EXPECT_THAT(faults("{}", R"({"a":"y"})"), ElementsAre("ru: a: is not in English"));
    EXPECT_THAT(faults(R"({"a":"{x} {y}"})", R"({"a":"{x}"})"), ElementsAre(HasSubstr("its arguments")));
    EXPECT_THAT(faults(R"({"a":"<b>x</b>"})", R"({"a":"x"})"), ElementsAre(HasSubstr("its marks")));
    EXPECT_THAT(faults(R"({"a":"{n, plural, one {#} other {#}}"})", R"({"a":"{n, plural, one {#} other {#}}"})"), ElementsAre(HasSubstr("must have few, many, one, other")));
    EXPECT_THAT(faults(R"({"a":"{n, plural, one {#} other {#}}"})", R"({"a":"{n, plural, one {#} other {#}}"})", "ja"), ElementsAre(HasSubstr("must have other")));
    EXPECT_THAT(faults(R"({"a":"{n, plural, one {#} other {#}}"})", R"({"a":"{n}"})"), ElementsAre(HasSubstr("is counted in English")));
    EXPECT_THAT(faults(R"({"a":"x"})", R"({"a":"{x"})"), testing::Not(IsEmpty()));
    EXPECT_THAT(faults(R"({"a":"x"})", "{"), testing::Not(IsEmpty()));
    EXPECT_THAT(plural_forms_of("ar"), ElementsAre("few", "many", "one", "other", "two", "zero"));
    EXPECT_THAT(plural_forms_of("de"), ElementsAre("one", "other"));
}

TEST(LanguageFiles, SayTheSameInEveryLanguage) {
    const std::string english = language_file("en");
    for (const auto& [tag, name] : languages) {
        EXPECT_THAT(language_faults(english, tag, language_file(tag)), IsEmpty()) << tag;
        const auto language = made(tag, language_file(tag));
        EXPECT_TRUE(language) << language.error().message;
    }
}

}  // namespace
}  // namespace plumbline::language
