// SPDX-License-Identifier: Apache-2.0
// IBANs (ISO 13616): country, length of that country, and the remainder of ISO 7064 MOD 97-10.
#include <algorithm>
#include <array>

#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

namespace {
struct Country {
    std::string_view code;
    unsigned length;
};
// The SWIFT IBAN registry, release 99, by code.
constexpr Country countries[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28},
    {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
    {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28},
    {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20},
    {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28},
    {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
    {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23}, {"TN", 24}, {"TR", 26},
    {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30}};

// By two capital letters; 0 where no country has them.
constexpr std::size_t index_of(char first, char second) { return static_cast<std::size_t>(first - 'A') * 26 + static_cast<std::size_t>(second - 'A'); }
constexpr std::array<std::uint8_t, 26 * 26> lengths = [] {
    std::array<std::uint8_t, 26 * 26> table{};
    for (const Country& country : countries) table[index_of(country.code[0], country.code[1])] = static_cast<std::uint8_t>(country.length);
    return table;
}();
bool checks(std::string_view iban) {
    unsigned remainder = 0;
    for (std::size_t i = 0; i < iban.size(); ++i) {
        const char c = iban[(i + 4) % iban.size()];
        if (is_digit(c)) remainder = (remainder * 10 + static_cast<unsigned>(c - '0')) % 97;
        else remainder = (remainder * 100 + static_cast<unsigned>(c - 'A' + 10)) % 97;
    }
    return remainder == 1;
}
}  // namespace

void scan_iban(Scene& scene, std::size_t digits) {
    const std::string_view text = scene.text;
    if (digits < 2 || !is_letter(text[digits - 1]) || !is_letter(text[digits - 2]) || !is_digit(scene.at(digits + 1))) return;
    const std::size_t begin = digits - 2;
    if (is_alnum(scene.before(begin)) || scene.before(begin) == '_') return;
    const bool is_small = is_lower(text[begin]);
    if (is_small != is_lower(text[begin + 1])) return;
    const char case_step = is_small ? 32 : 0;
    const unsigned length = lengths[index_of(static_cast<char>(text[begin] - case_step), static_cast<char>(text[begin + 1] - case_step))];
    if (length == 0) return;
    std::string iban;
    for (std::size_t i = begin; i < begin + 4; ++i) iban.push_back(is_letter(text[i]) ? static_cast<char>(text[i] - case_step) : text[i]);
    // Between groups stands nothing, one space or one hyphen; all letters have the same case.
    std::size_t at = begin + 4;
    char separator = '\0';
    while (iban.size() < length) {
        const char c = scene.at(at);
        if ((c == ' ' || c == '-') && is_alnum(scene.at(at + 1)) && (separator == '\0' || separator == c)) {
            separator = c;
            ++at;
            continue;
        }
        if (!is_alnum(c) || (is_letter(c) && is_lower(c) != is_small)) return;
        iban.push_back(is_small && is_letter(c) ? static_cast<char>(c - 32) : c);
        ++at;
    }
    if (is_alnum(scene.at(at)) || scene.at(at) == '@' || !checks(iban)) return;
    scene.add(IndicatorKind::iban, begin, at, std::move(iban));
}

}  // namespace plumbline::evidence
