// SPDX-License-Identifier: Apache-2.0
// Business identifier codes (ISO 9362): four letters of a bank, a country, two of a place, three of a branch or none.
// Nothing in them is a check, so a word that says what they are must stand before them on the same line, or an IBAN's
// country and check digits near them.
#include <algorithm>
#include <array>

#include "evidence/scanners/context.h"

namespace plumbline::evidence {

namespace {
// ISO 3166-1 alpha-2 and XK, two letters each.
constexpr std::string_view country_codes =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGG"
    "GHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNE"
    "NFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWF"
    "WSXKYEYTZAZMZW";
constexpr std::array<std::array<bool, 26>, 26> countries = [] {
    std::array<std::array<bool, 26>, 26> table{};
    for (std::size_t at = 0; at < country_codes.size(); at += 2) table[static_cast<std::size_t>(country_codes[at] - 'A')][static_cast<std::size_t>(country_codes[at + 1] - 'A')] = true;
    return table;
}();
bool is_country(std::string_view code) { return is_upper(code[0]) && is_upper(code[1]) && countries[static_cast<std::size_t>(code[0] - 'A')][static_cast<std::size_t>(code[1] - 'A')]; }
}  // namespace

void scan_bic(Scene& scene, std::size_t begin) {
    const std::string_view text = scene.text;
    std::size_t end = begin;
    while (end < text.size() && end - begin < 12 && (is_upper(text[end]) || is_digit(text[end]))) ++end;
    const std::size_t size = end - begin;
    if (size != 8 && size != 11) return;
    const char before = scene.before(begin);
    const char after = scene.at(end);
    if (is_alnum(before) || before == '_' || before == '-' || before == '@' || is_alnum(after) || after == '_' || after == '-' || after == '@') return;
    if (!is_country(text.substr(begin + 4, 2))) return;
    // A word in capitals ("PASSPORT") is a code only where the label stands right before it.
    static constexpr std::string_view labels[] = {"bic", "swift", "swiftcode", "swift-bic"};
    const std::string_view code = text.substr(begin, size);
    const bool has_digit = std::any_of(code.begin(), code.end(), is_digit);
    const std::size_t line = text.substr(begin > 80 ? begin - 80 : 0, std::min<std::size_t>(begin, 80)).rfind('\n');
    const std::size_t on_line = line == std::string_view::npos ? 80 : std::min<std::size_t>(begin, 80) - line - 1;
    if (word_before(text, begin, labels, std::min<std::size_t>(on_line, has_digit ? 40 : 24)).empty()) return;
    std::string value(code);
    if (size == 11 && value.ends_with("XXX")) value.resize(8);  // the head office, as without a branch
    scene.add(IndicatorKind::bic, begin, end, std::move(value));
}

}  // namespace plumbline::evidence
