// SPDX-License-Identifier: Apache-2.0
// Payment cards (ISO/IEC 7812-1): a brand's prefix and length, the Luhn digit, and a writing that people use. One number
// of chance in forty passes these, so its neighbours are looked at too: numbers that count up, tables of numbers, and paths
// of links hold no cards unless a word says so.
#include <algorithm>

#include "evidence/scanners/context.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t number_min = 12;

struct Range {
    unsigned first;       // of the leading digits
    unsigned last;
    unsigned digits;      // how many leading digits are compared
    unsigned length_min;
    unsigned length_max;
};
// Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, Maestro, Dankort, Mir, RuPay, Troy, Verve, Elo.
constexpr Range ranges[] = {
    {4, 4, 1, 13, 13},          {4, 4, 1, 16, 16},          {4, 4, 1, 19, 19},          {51, 55, 2, 16, 16},        {222100, 272099, 6, 16, 16},
    {34, 34, 2, 15, 15},        {37, 37, 2, 15, 15},        {6011, 6011, 4, 16, 19},    {644, 649, 3, 16, 19},      {65, 65, 2, 16, 19},
    {300, 305, 3, 14, 14},      {3095, 3095, 4, 14, 14},    {36, 36, 2, 14, 14},        {38, 39, 2, 14, 14},        {3528, 3589, 4, 16, 19},
    {62, 62, 2, 16, 19},        {5018, 5018, 4, 12, 19},    {5019, 5019, 4, 16, 16},    {5020, 5020, 4, 12, 19},    {5038, 5038, 4, 12, 19},
    {5893, 5893, 4, 12, 19},    {6304, 6304, 4, 12, 19},    {6703, 6703, 4, 12, 19},    {6759, 6759, 4, 12, 19},    {6761, 6763, 4, 12, 19},
    {2200, 2204, 4, 16, 19},    {508500, 508999, 6, 16, 16},{606985, 607984, 6, 16, 16},{608001, 608500, 6, 16, 16},{652150, 653149, 6, 16, 16},
    {81, 81, 2, 16, 16},        {82, 82, 2, 16, 16},        {979200, 979289, 6, 16, 16},{506099, 506198, 6, 16, 19},{507865, 507964, 6, 16, 19},
    {506699, 506778, 6, 16, 16},{509000, 509999, 6, 16, 16},{627780, 627780, 6, 16, 16},{636297, 636297, 6, 16, 16},{636368, 636368, 6, 16, 16}};

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
// How cards are printed: fours with a shorter last group, 4-6-5 (American Express), 4-6-4 (Diners), 4-3-3-3 and 4-4-5
// (13 digits), 6-13, 8-8.
bool is_printed(const std::vector<std::size_t>& groups) {
    static const std::vector<std::size_t> known[] = {{4, 6, 5}, {4, 6, 4}, {4, 3, 3, 3}, {4, 4, 5}, {6, 13}, {8, 8}};
    if (std::find(std::begin(known), std::end(known), groups) != std::end(known)) return true;
    return groups.back() <= 4 && std::all_of(groups.begin(), groups.end() - 1, [](std::size_t size) { return size == 4; });
}
bool is_card(std::string_view number, const std::vector<std::size_t>& groups) {
    if (number.size() < number_min || number.size() > 19 || !has_brand(number) || !has_luhn(number)) return false;
    return groups.size() == 1 || is_printed(groups);
}

std::size_t digits_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && end - at < 24 && is_digit(text[end])) ++end;
    return end - at;
}
// "2281 2286 2291 2296": each group a little more, or a little less, than the one before.
bool counts_on(std::string_view number, const std::vector<std::size_t>& groups) {
    if (groups.size() < 3) return false;
    int up = 0;
    int last = -1;
    for (std::size_t at = 0; at + 4 <= number.size(); at += 4) {
        int value = 0;
        for (const char c : number.substr(at, 4)) value = value * 10 + (c - '0');
        if (last >= 0) {
            const int step = value - last;
            if (step > 120 || step < -120 || step == 0) return false;
            if (up != 0 && (step > 0) != (up > 0)) return false;
            up = step;
        }
        last = value;
    }
    return true;
}
// Groups with one separator between, from `at` on, that are a card at some group's end.
bool is_card_at(std::string_view text, std::size_t at, char separator) {
    std::string number;
    std::vector<std::size_t> groups;
    while (number.size() < 19) {
        const std::size_t size = digits_at(text, at);
        if (size == 0 || number.size() + size > 19) return false;
        number += text.substr(at, size);
        groups.push_back(size);
        if (groups.size() > 2 && is_card(number, groups)) return true;
        at += size;
        if (at >= text.size() || text[at++] != separator) return false;
    }
    return false;
}
// A group of four that stands before or behind in the same way, decimal or hexadecimal: a table. What follows may be the
// month and year of expiry.
bool is_in_table(const Scene& scene, std::size_t begin, std::size_t end, char separator) {
    const std::string_view text = scene.text;
    const auto is_group = [&](std::size_t at) {
        return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(at) + 4, is_hex) &&
               std::any_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(at) + 4, is_digit);
    };
    const bool follows_card = !scene.found->empty() && scene.found->back().kind == IndicatorKind::card && scene.found->back().end + 1 == begin;
    if (begin >= 5 && text[begin - 1] == separator && is_group(begin - 5) && !is_alnum(scene.before(begin - 5)) && !follows_card) return true;
    if (scene.at(end) != separator || end + 5 > text.size() || !is_group(end + 1) || is_alnum(scene.at(end + 5)) || is_card_at(text, end + 1, separator)) return false;
    const std::string_view next = text.substr(end + 1, 4);
    const bool is_expiry = (next[0] == '0' || (next[0] == '1' && next[1] <= '2')) && next[2] >= '2' && next[2] <= '4' && scene.at(end + 5) != separator;
    return !is_expiry;
}
// Another number of a card's length close by that is no card: a list of numbers.
bool has_strangers(std::string_view text, std::size_t begin, std::size_t end) {
    constexpr std::size_t reach = 48;
    const std::size_t to = std::min(text.size(), end + reach);
    for (std::size_t at = begin > reach ? begin - reach : 0; at < to;) {
        if (at == begin) at = end;
        if (at >= to || !is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) {
            ++at;
            continue;
        }
        const std::size_t size = digits_at(text, at);
        const std::string_view number = text.substr(at, size);
        if (size >= 14 && size <= 20 && at != begin && !(has_brand(number) && has_luhn(number))) return true;
        at += size;
    }
    return false;
}
bool has_card_word(std::string_view text, std::size_t begin, std::size_t end) {
    static constexpr std::string_view words[] = {"card", "cards", "visa", "mastercard", "amex", "maestro", "discover", "unionpay", "cvv", "cvc", "cc", "credit", "debit", "exp", "expiry", "carte", "karte", "tarjeta"};
    if (has_word_near(text, begin, end, words, 48)) return true;
    // "12/27": a month and a year behind it.
    for (std::size_t at = end; at + 4 < text.size() && at < end + 32; ++at)
        if (text[at + 2] == '/' && is_digit(text[at]) && is_digit(text[at + 1]) && is_digit(text[at + 3]) && is_digit(text[at + 4]) && !is_digit(text[at - 1]))
            return text.substr(at, 2) >= "01" && text.substr(at, 2) <= "12";
    return false;
}
bool is_junk(const Scene& scene, std::size_t begin, std::size_t end, std::string_view number, const std::vector<std::size_t>& groups, char separator) {
    const bool is_odd = scene.before(begin) == '/' || counts_on(number, groups) ||
                        (groups.size() > 1 ? is_in_table(scene, begin, end, separator) : has_strangers(scene.text, begin, end));
    return is_odd && !has_card_word(scene.text, begin, end);
}
}  // namespace

void scan_card(Scene& scene, std::size_t digits) {
    if (digits < scene.cursor.card_done) return;
    const std::string_view text = scene.text;
    // Most runs of digits are short and stand alone.
    std::size_t run = digits;
    while (run < text.size() && run - digits < number_min && is_digit(text[run])) ++run;
    const bool goes_on = run - digits >= 4 && (scene.at(run) == ' ' || scene.at(run) == '-') && is_digit(scene.at(run + 1));
    if (run - digits < number_min && !goes_on) {
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
        } else if ((c == ' ' || c == '-') && is_digit(scene.at(at + 1)) && (separator == '\0' || separator == c) && (groups.back() >= 4 || (groups.size() > 1 && groups.back() == 3)) && groups.back() < 13) {
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
    if (at - digits < number_min) return;
    const char before = scene.before(digits);
    if (is_alnum(before) || (before != '\0' && std::string_view("_-.+$#%").find(before) != std::string_view::npos)) return;
    // What follows may be an expiry or a security code: groups are given back until a card is left.
    while (number.size() >= number_min) {
        const char after = scene.at(at);
        const bool is_joined = is_alnum(after) || after == '_' || after == '@' || after == '-' || after == '%' || (after == '.' && is_digit(scene.at(at + 1)));
        if (!is_joined && is_card(number, groups)) {
            if (is_junk(scene, digits, at, number, groups, separator)) return;
            scene.cursor.card_done = at;
            scene.add(IndicatorKind::card, digits, at, std::move(number));
            return;
        }
        if (groups.size() == 1) return;
        // A whole number of a brand whose last digit is wrong is a mistyped card before it is a shorter one with a security code.
        const bool is_whole = !is_joined && number.size() <= 19 && has_brand(number) && is_printed(groups);
        if (is_whole && (is_in_table(scene, digits, at, separator) || !has_card_word(text, digits, at))) return;
        number.resize(number.size() - groups.back());
        at -= groups.back() + 1;
        groups.pop_back();
    }
}

}  // namespace plumbline::evidence
