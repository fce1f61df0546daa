// SPDX-License-Identifier: Apache-2.0
// Payment cards (ISO/IEC 7812-1): a brand's prefix and length, the Luhn digit, and a writing that people use.
#include <algorithm>

#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

namespace {
struct Range {
    unsigned first;       // of the leading digits
    unsigned last;
    unsigned digits;      // how many leading digits are compared
    unsigned length_min;
    unsigned length_max;
};
// Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, Maestro, Mir, RuPay, Troy, Verve.
constexpr Range ranges[] = {
    {4, 4, 1, 13, 13},          {4, 4, 1, 16, 16},          {4, 4, 1, 19, 19},          {51, 55, 2, 16, 16},        {222100, 272099, 6, 16, 16},
    {34, 34, 2, 15, 15},        {37, 37, 2, 15, 15},        {6011, 6011, 4, 16, 19},    {644, 649, 3, 16, 19},      {65, 65, 2, 16, 19},
    {300, 305, 3, 14, 14},      {36, 36, 2, 14, 14},        {38, 39, 2, 14, 14},        {3528, 3589, 4, 16, 19},    {62, 62, 2, 16, 19},
    {5018, 5018, 4, 13, 19},    {5020, 5020, 4, 13, 19},    {5038, 5038, 4, 13, 19},    {5893, 5893, 4, 13, 19},    {6304, 6304, 4, 13, 19},
    {6759, 6759, 4, 13, 19},    {6761, 6763, 4, 13, 19},    {2200, 2204, 4, 16, 19},    {508500, 508999, 6, 16, 16},{606985, 607984, 6, 16, 16},
    {608001, 608500, 6, 16, 16},{652150, 653149, 6, 16, 16},{81, 81, 2, 16, 16},        {82, 82, 2, 16, 16},        {979200, 979289, 6, 16, 16},
    {506099, 506198, 6, 16, 19},{650002, 650027, 6, 16, 19}};

bool has_brand(std::string_view number) {
    return std::any_of(std::begin(ranges), std::end(ranges), [&](const Range& range) {
        if (number.size() < range.length_min || number.size() > range.length_max) return false;
        unsigned prefix = 0;
        for (const char c : number.substr(0, range.digits)) prefix = prefix * 10 + static_cast<unsigned>(c - '0');
        return prefix >= range.first && prefix <= range.last;
    });
}
bool has_luhn(std::string_view number) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < number.size(); ++i) {
        unsigned digit = static_cast<unsigned>(number[number.size() - 1 - i] - '0');
        if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}
// How cards are printed: 4-4-4-4(-3), 4-6-5 (American Express), 4-6-4 (Diners), 4-4-5 (13 digits).
bool is_printed(const std::vector<std::size_t>& groups) {
    static const std::vector<std::size_t> known[] = {{4, 4, 4, 4}, {4, 4, 4, 4, 3}, {4, 6, 5}, {4, 6, 4}, {4, 4, 4, 1}, {4, 4, 4, 2}, {4, 4, 4, 3},
                                                     {4, 4, 5}, {4, 4, 4, 4, 1}, {4, 4, 4, 4, 2}, {6, 13}, {8, 8}};
    return std::find(std::begin(known), std::end(known), groups) != std::end(known);
}
bool is_card(const std::string& number, const std::vector<std::size_t>& groups) {
    if (number.size() < 13 || number.size() > 19 || !has_brand(number) || !has_luhn(number)) return false;
    return groups.size() == 1 || is_printed(groups);
}
}  // namespace

void scan_card(Scene& scene, std::size_t digits) {
    if (digits < scene.cursor.card_done) return;
    const std::string_view text = scene.text;
    // Most runs of digits are short and stand alone.
    std::size_t run = digits;
    while (run < text.size() && run - digits < 13 && is_digit(text[run])) ++run;
    const bool goes_on = run - digits >= 4 && (scene.at(run) == ' ' || scene.at(run) == '-') && is_digit(scene.at(run + 1));
    if (run - digits < 13 && !goes_on) {
        scene.cursor.card_done = run;
        return;
    }
    // Nineteen digits and a security code behind them, at most.
    std::string number;
    std::vector<std::size_t> groups(1);
    char separator = '\0';
    std::size_t at = digits;
    for (; at < text.size() && number.size() <= 23; ++at) {
        const char c = text[at];
        if (is_digit(c)) {
            number.push_back(c);
            ++groups.back();
        } else if ((c == ' ' || c == '-') && is_digit(scene.at(at + 1)) && (separator == '\0' || separator == c) && groups.back() >= 4 && groups.back() < 13) {
            separator = c;
            groups.push_back(0);
        } else {
            break;
        }
    }
    if (groups.size() == 1) {
        // One long number: whatever it is, no card starts inside it.
        while (at < text.size() && is_digit(text[at])) ++at;
        scene.cursor.card_done = at;
    }
    if (at - digits < 13) return;
    const char before = scene.before(digits);
    if (is_alnum(before) || (before != '\0' && std::string_view("_-.+$#%").find(before) != std::string_view::npos)) return;
    // What follows may be an expiry or a security code: groups are given back until a card is left.
    while (number.size() >= 13) {
        const char after = scene.at(at);
        const bool is_joined = is_alnum(after) || after == '_' || after == '@' || after == '-' || after == '%' || (after == '.' && is_digit(scene.at(at + 1)));
        if (!is_joined && is_card(number, groups)) {
            scene.cursor.card_done = at;
            scene.add(IndicatorKind::card, digits, at, std::move(number));
            return;
        }
        if (groups.size() == 1) return;
        number.resize(number.size() - groups.back());
        at -= groups.back() + 1;
        groups.pop_back();
    }
}

}  // namespace plumbline::evidence
