// SPDX-License-Identifier: Apache-2.0
// Cards by brand and writing, 300 made numbers in each cell; numbers whose last digit is wrong; and what looks like a card
// and is none.
#include <random>

#include "evidence/scan.h"

namespace plumbline::evidence {
namespace {

struct Brand {
    std::string_view name;
    std::vector<std::string> prefixes;
    std::vector<std::size_t> lengths;
};
const std::vector<Brand>& brands() {
    static const std::vector<Brand> all = {
        {"Visa", {"4"}, {13, 16, 19}},
        {"Mastercard", {"51", "52", "53", "54", "55", "2221", "2300", "2555", "2699", "2720"}, {16}},
        {"American Express", {"34", "37"}, {15}},
        {"Discover", {"6011", "644", "649", "65"}, {16, 19}},
        {"Diners Club", {"300", "305", "3095", "36", "38", "39"}, {14}},
        {"JCB", {"3528", "3555", "3589"}, {16, 19}},
        {"UnionPay", {"62"}, {16, 17, 18, 19}},
        {"Maestro", {"5018", "5020", "5038", "5893", "6304", "6759", "6761", "6763"}, {12, 13, 14, 15, 16, 17, 18, 19}},
        {"Mir", {"2200", "2201", "2202", "2203", "2204"}, {16}},
        {"RuPay and Elo", {"508500", "607000", "81", "82", "509001", "636368"}, {16}},
        {"Troy and Verve", {"979200", "979289", "506100", "507900"}, {16}},
    };
    return all;
}
char luhn_digit(std::string_view number) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < number.size(); ++i) {
        unsigned digit = static_cast<unsigned>(number[number.size() - 1 - i] - '0') * (i % 2 == 0 ? 2 : 1);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}
std::string number_of(const Brand& brand, std::mt19937& random) {
    std::string number = brand.prefixes[random() % brand.prefixes.size()];
    const std::size_t length = brand.lengths[random() % brand.lengths.size()];
    while (number.size() + 1 < length) number += static_cast<char>('0' + random() % 10);
    return number + luhn_digit(number);
}
std::string written(const std::string& number, std::string_view brand, char separator) {
    if (separator == '\0') return number;
    std::string out;
    const bool is_fours = brand != "American Express" && brand != "Diners Club";
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (i > 0 && (is_fours ? i % 4 == 0 : i == 4 || i == 10)) out += separator;
        out += number[i];
    }
    return out;
}
std::vector<std::string> cards_in(std::string_view text) {
    std::vector<std::string> out;
    for (const Sighting& sighting : scan_part(view(text), "", {}).sightings)
        if (sighting.kind == IndicatorKind::card) out.push_back(sighting.value);
    return out;
}
// One number in a sentence, so that no cell leans on its neighbours.
constexpr const char* sentences[] = {"He said {} and left.\n\n", "no: {}, thanks\n\n", "({})\n\n", "pay with\n{}\nnow please\n\n", "nummer=\"{}\";\n\n"};

TEST(CardMatrix, EveryBrandInEveryWriting) {
    std::mt19937 random(5);
    for (const Brand& brand : brands()) {
        for (const char separator : {'\0', ' ', '-'}) {
            std::string text;
            std::set<std::string> made;
            for (std::size_t i = 0; i < 300; ++i) {
                const std::string number = number_of(brand, random);
                made.insert(number);
                text += fmt::format(fmt::runtime(sentences[i % std::size(sentences)]), written(number, brand.name, separator));
            }
            const std::vector<std::string> found = cards_in(text);
            const std::set<std::string> distinct(found.begin(), found.end());
            std::size_t right = 0;
            for (const std::string& number : made) right += distinct.contains(number);
            EXPECT_GE(right * 100, made.size() * 99) << brand.name << " with '" << separator << "': " << right << " of " << made.size();
            EXPECT_LE(distinct.size() - right, 0U) << brand.name;
        }
    }
}

TEST(CardMatrix, AWrongLastDigitIsNoCard) {
    std::mt19937 random(6);
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        const Brand& brand = brands()[random() % brands().size()];
        std::string number = number_of(brand, random);
        number.back() = static_cast<char>('0' + (number.back() - '0' + 1 + static_cast<int>(random() % 9)) % 10);
        static constexpr char separators[] = {'\0', ' ', '-'};
        text += fmt::format(fmt::runtime(sentences[static_cast<std::size_t>(i) % std::size(sentences)]), written(number, brand.name, separators[i % 3]));
    }
    EXPECT_THAT(cards_in(text), ::testing::IsEmpty());
}

TEST(CardMatrix, WhatFollowsACardIsNotOfIt) {
    for (const char* text : {"4111 1111 1111 1111 12/27 123", "4111-1111-1111-1111 1227", "card 4111 1111 1111 1111 1227 123", "4111111111111111|12|27|123", "4111111111111111/12/27", "cc 4111 1111 1111 1111 737", "visa 4111 1111 1111 1111 2222"})
        EXPECT_THAT(cards_in(text), ::testing::ElementsAre("4111111111111111")) << text;
    EXPECT_THAT(cards_in("4111 1111 1111 1111 5500 0000 0000 0004\n4111111111111111,5500000000000004\n"),
                ::testing::ElementsAre("4111111111111111", "5500000000000004", "4111111111111111", "5500000000000004"));
}

TEST(CardMatrix, TablesPathsAndCodesAreNone) {
    for (const char* text : {"2249 2254 2260 2265 2270 2275 2281 2286 2291 2296 2302 2306 2312", "511F 52DD 5320 5347 53EC 54E8 5546 5531 5617 5968 59BE", "https://oss-fuzz.com/testcase-detail/5390364397928448.",
                             "0.4111111111111111", "4111111111111111.5", "x4111111111111111", "4111111111111111e3", "{4111111111111111, 4111111111111112, 4111111111111113, 4111111111111114}",
                             "550e8400-4111-1111-1111-111111111111", "41111111111111111111111", "#4111111111111111", "4111 1111 1111 1111 737", "+4111111111111111", "4111 1111-1111 1111", "ISBN 978-3-16-148410-0", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"})
        EXPECT_THAT(cards_in(text), ::testing::IsEmpty()) << text;
}

}  // namespace
}  // namespace plumbline::evidence
