// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/glyph_names.h"

#include <unicode/unorm2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/utf8.h"

namespace plumbline::formats::pdf {

namespace {
// Codes 0x80 to 0xff. Windows-1252; the codes that it lacks are bullets in WinAnsiEncoding.
constexpr std::array<char16_t, 32> windows_high = {
    0x20ac, 0x2022, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x2022, 0x017d, 0x2022,
    0x2022, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x2022, 0x017e, 0x0178};
constexpr std::array<char16_t, 128> mac_high = {
    0x00c4, 0x00c5, 0x00c7, 0x00c9, 0x00d1, 0x00d6, 0x00dc, 0x00e1, 0x00e0, 0x00e2, 0x00e4, 0x00e3, 0x00e5, 0x00e7, 0x00e9, 0x00e8,
    0x00ea, 0x00eb, 0x00ed, 0x00ec, 0x00ee, 0x00ef, 0x00f1, 0x00f3, 0x00f2, 0x00f4, 0x00f6, 0x00f5, 0x00fa, 0x00f9, 0x00fb, 0x00fc,
    0x2020, 0x00b0, 0x00a2, 0x00a3, 0x00a7, 0x2022, 0x00b6, 0x00df, 0x00ae, 0x00a9, 0x2122, 0x00b4, 0x00a8, 0x2260, 0x00c6, 0x00d8,
    0x221e, 0x00b1, 0x2264, 0x2265, 0x00a5, 0x00b5, 0x2202, 0x2211, 0x220f, 0x03c0, 0x222b, 0x00aa, 0x00ba, 0x03a9, 0x00e6, 0x00f8,
    0x00bf, 0x00a1, 0x00ac, 0x221a, 0x0192, 0x2248, 0x2206, 0x00ab, 0x00bb, 0x2026, 0x0020, 0x00c0, 0x00c3, 0x00d5, 0x0152, 0x0153,
    0x2013, 0x2014, 0x201c, 0x201d, 0x2018, 0x2019, 0x00f7, 0x25ca, 0x00ff, 0x0178, 0x2044, 0x20ac, 0x2039, 0x203a, 0xfb01, 0xfb02,
    0x2021, 0x00b7, 0x201a, 0x201e, 0x2030, 0x00c2, 0x00ca, 0x00c1, 0x00cb, 0x00c8, 0x00cd, 0x00ce, 0x00cf, 0x00cc, 0x00d3, 0x00d4,
    0xf8ff, 0x00d2, 0x00da, 0x00db, 0x00d9, 0x0131, 0x02c6, 0x02dc, 0x00af, 0x02d8, 0x02d9, 0x02da, 0x00b8, 0x02dd, 0x02db, 0x02c7};
// StandardEncoding from 0xa0 on; there is nothing from 0x80 to 0x9f.
constexpr std::array<char16_t, 96> standard_high = {
    0,      0x00a1, 0x00a2, 0x00a3, 0x2044, 0x00a5, 0x0192, 0x00a7, 0x00a4, 0x0027, 0x201c, 0x00ab, 0x2039, 0x203a, 0xfb01, 0xfb02,
    0,      0x2013, 0x2020, 0x2021, 0x00b7, 0,      0x00b6, 0x2022, 0x201a, 0x201e, 0x201d, 0x00bb, 0x2026, 0x2030, 0,      0x00bf,
    0,      0x0060, 0x00b4, 0x02c6, 0x02dc, 0x00af, 0x02d8, 0x02d9, 0x00a8, 0,      0x02da, 0x00b8, 0,      0x02dd, 0x02db, 0x02c7,
    0x2014, 0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0,      0,
    0,      0x00c6, 0,      0x00aa, 0,      0,      0,      0,      0x0141, 0x00d8, 0x0152, 0x00ba, 0,      0,      0,      0,
    0,      0x00e6, 0,      0,      0,      0x0131, 0,      0,      0x0142, 0x00f8, 0x0153, 0x00df, 0,      0,      0,      0};

struct Named {
    std::string_view name;
    char16_t value;
};
constexpr bool operator<(const Named& row, std::string_view name) { return row.name < name; }

// Sorted by name. Letters with one accent are put together from the letter and the accent's name.
constexpr Named names[] = {
    {"AE", 0x00c6}, {"Alpha", 0x0391}, {"Beta", 0x0392}, {"Chi", 0x03a7}, {"Dcroat", 0x0110}, {"Delta", 0x0394},
    {"Epsilon", 0x0395}, {"Eta", 0x0397}, {"Eth", 0x00d0}, {"Euro", 0x20ac}, {"Gamma", 0x0393}, {"Hbar", 0x0126},
    {"IJ", 0x0132}, {"Iota", 0x0399}, {"Kappa", 0x039a}, {"Lambda", 0x039b}, {"Lslash", 0x0141}, {"Mu", 0x039c}, {"Nu", 0x039d},
    {"OE", 0x0152}, {"Omega", 0x03a9}, {"Omicron", 0x039f}, {"Oslash", 0x00d8}, {"Phi", 0x03a6}, {"Pi", 0x03a0}, {"Psi", 0x03a8},
    {"Rho", 0x03a1}, {"Sigma", 0x03a3}, {"Tau", 0x03a4}, {"Theta", 0x0398}, {"Thorn", 0x00de}, {"Upsilon", 0x03a5}, {"Xi", 0x039e},
    {"Zeta", 0x0396}, {"ae", 0x00e6}, {"alpha", 0x03b1}, {"ampersand", '&'}, {"asciicircum", '^'}, {"asciitilde", '~'},
    {"asterisk", '*'}, {"at", '@'}, {"backslash", '\\'}, {"bar", '|'}, {"beta", 0x03b2}, {"braceleft", '{'}, {"braceright", '}'},
    {"bracketleft", '['}, {"bracketright", ']'}, {"brokenbar", 0x00a6}, {"bullet", 0x2022}, {"cent", 0x00a2}, {"chi", 0x03c7},
    {"colon", ':'}, {"comma", ','}, {"copyright", 0x00a9}, {"currency", 0x00a4}, {"dagger", 0x2020}, {"daggerdbl", 0x2021},
    {"dcroat", 0x0111}, {"degree", 0x00b0}, {"delta", 0x03b4}, {"divide", 0x00f7}, {"dollar", '$'}, {"dotlessi", 0x0131},
    {"dotlessj", 0x0237}, {"eight", '8'}, {"ellipsis", 0x2026}, {"emdash", 0x2014}, {"endash", 0x2013}, {"epsilon", 0x03b5},
    {"equal", '='}, {"eta", 0x03b7}, {"eth", 0x00f0}, {"exclam", '!'}, {"exclamdown", 0x00a1}, {"ff", 0xfb00}, {"ffi", 0xfb03},
    {"ffl", 0xfb04}, {"fi", 0xfb01}, {"five", '5'}, {"fl", 0xfb02}, {"florin", 0x0192}, {"four", '4'}, {"fraction", 0x2044},
    {"gamma", 0x03b3}, {"germandbls", 0x00df}, {"grave", '`'}, {"greater", '>'}, {"guillemotleft", 0x00ab},
    {"guillemotright", 0x00bb}, {"guilsinglleft", 0x2039}, {"guilsinglright", 0x203a}, {"hbar", 0x0127}, {"hyphen", '-'},
    {"ij", 0x0133}, {"iota", 0x03b9}, {"kappa", 0x03ba}, {"lambda", 0x03bb}, {"less", '<'}, {"logicalnot", 0x00ac},
    {"lslash", 0x0142}, {"mu", 0x00b5}, {"multiply", 0x00d7}, {"nbspace", ' '}, {"nine", '9'}, {"nonbreakingspace", ' '},
    {"nu", 0x03bd}, {"numbersign", '#'}, {"oe", 0x0153}, {"omega", 0x03c9}, {"omicron", 0x03bf}, {"one", '1'}, {"onehalf", 0x00bd},
    {"onequarter", 0x00bc}, {"onesuperior", 0x00b9}, {"ordfeminine", 0x00aa}, {"ordmasculine", 0x00ba}, {"oslash", 0x00f8},
    {"paragraph", 0x00b6}, {"parenleft", '('}, {"parenright", ')'}, {"percent", '%'}, {"period", '.'}, {"periodcentered", 0x00b7},
    {"perthousand", 0x2030}, {"phi", 0x03c6}, {"pi", 0x03c0}, {"plus", '+'}, {"plusminus", 0x00b1}, {"psi", 0x03c8},
    {"question", '?'}, {"questiondown", 0x00bf}, {"quotedbl", '"'}, {"quotedblbase", 0x201e}, {"quotedblleft", 0x201c},
    {"quotedblright", 0x201d}, {"quoteleft", 0x2018}, {"quoteright", 0x2019}, {"quotesinglbase", 0x201a}, {"quotesingle", '\''},
    {"registered", 0x00ae}, {"rho", 0x03c1}, {"section", 0x00a7}, {"semicolon", ';'}, {"seven", '7'}, {"sfthyphen", 0x00ad},
    {"sigma", 0x03c3}, {"sigma1", 0x03c2}, {"six", '6'}, {"slash", '/'}, {"space", ' '}, {"sterling", 0x00a3}, {"tau", 0x03c4},
    {"theta", 0x03b8}, {"thorn", 0x00fe}, {"three", '3'}, {"threequarters", 0x00be}, {"threesuperior", 0x00b3},
    {"trademark", 0x2122}, {"two", '2'}, {"twosuperior", 0x00b2}, {"underscore", '_'}, {"upsilon", 0x03c5}, {"xi", 0x03be},
    {"yen", 0x00a5}, {"zero", '0'}, {"zeta", 0x03b6}};

constexpr Named accents[] = {{"acute", 0x0301}, {"breve", 0x0306}, {"caron", 0x030c}, {"cedilla", 0x0327}, {"circumflex", 0x0302},
                             {"commaaccent", 0x0327}, {"dieresis", 0x0308}, {"dotaccent", 0x0307}, {"grave", 0x0300},
                             {"hungarumlaut", 0x030b}, {"macron", 0x0304}, {"ogonek", 0x0328}, {"ring", 0x030a}, {"tilde", 0x0303},
                             {"tonos", 0x0301}};

char32_t plain_name(std::string_view name) {
    if (name.size() == 1) return static_cast<unsigned char>(name[0]);
    const Named* row = std::lower_bound(std::begin(names), std::end(names), name);
    return row != std::end(names) && row->name == name ? row->value : 0;
}

char32_t accented_name(std::string_view name) {
    for (const Named& accent : accents) {
        if (!name.ends_with(accent.name) || name.size() == accent.name.size()) continue;
        const char32_t letter = plain_name(name.substr(0, name.size() - accent.name.size()));
        UErrorCode status = U_ZERO_ERROR;
        const UNormalizer2* composer = unorm2_getNFCInstance(&status);
        if (letter == 0 || U_FAILURE(status)) return 0;
        const UChar32 composed = unorm2_composePair(composer, static_cast<UChar32>(letter), accent.value);
        return composed > 0 ? static_cast<char32_t>(composed) : 0;
    }
    return 0;
}

// Adobe's numbers of Cyrillic letters: the Russian alphabet twice, with io behind ie, then the other languages' letters.
char32_t afii_name(std::string_view digits) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return 0;
    for (const unsigned first : {10017U, 10065U}) {
        const char32_t letter = first == 10017 ? 0x0410 : 0x0430;
        if (number < first || number > first + 32) continue;
        if (number == first + 6) return first == 10017 ? 0x0401 : 0x0451;
        return letter + (number - first) - (number > first + 6 ? 1 : 0);
    }
    switch (number) {
        case 10050: return 0x0490;
        case 10053: return 0x0404;
        case 10055: return 0x0406;
        case 10056: return 0x0407;
        case 10098: return 0x0491;
        case 10101: return 0x0454;
        case 10103: return 0x0456;
        case 10104: return 0x0457;
        default: return 0;
    }
}

char32_t hex_name(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return error == std::errc{} && end == digits.data() + digits.size() ? value : 0;
}

void append_part(std::string& out, std::string_view name) {
    if (const char32_t value = plain_name(name)) return append_character(out, value);
    if (name.starts_with("uni") && name.size() >= 7 && name.size() % 4 == 3) {
        for (std::size_t at = 3; at < name.size(); at += 4)
            if (const char32_t value = hex_name(name.substr(at, 4))) append_character(out, value);
        return;
    }
    char32_t value = 0;
    if (name.starts_with("afii")) value = afii_name(name.substr(4));
    else if (name.starts_with('u') && name.size() >= 5 && name.size() <= 7) value = hex_name(name.substr(1));
    if (value == 0) value = accented_name(name);
    if (value != 0) append_character(out, value);
}
}  // namespace

char32_t character_of(Encoding encoding, std::uint8_t code) {
    if (code < 0x20 || code == 0x7f) return 0;
    if (code < 0x80) {
        if (encoding == Encoding::standard && code == 0x27) return 0x2019;
        if (encoding == Encoding::standard && code == 0x60) return 0x2018;
        return code;
    }
    switch (encoding) {
        case Encoding::win_ansi: return code < 0xa0 ? windows_high[code - 0x80U] : code;
        case Encoding::mac_roman: return mac_high[code - 0x80U];
        case Encoding::standard: return code < 0xa0 ? 0 : standard_high[code - 0xa0U];
    }
    return 0;
}

std::string text_of_glyph(std::string_view name) {
    std::string out;
    if (name.size() > 100) return out;
    name = name.substr(0, name.find('.'));
    while (!name.empty()) {
        const std::size_t end = std::min(name.find('_'), name.size());
        append_part(out, name.substr(0, end));
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return out;
}

void append_character(std::string& out, char32_t code_point) {
    static constexpr std::string_view ligatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    if (code_point >= 0xfb00 && code_point <= 0xfb06) {
        out += ligatures[code_point - 0xfb00];
        return;
    }
    // Symbol fonts put their codes in the private area (0xf000 on).
    if (code_point >= 0xf020 && code_point <= 0xf07e) code_point -= 0xf000;
    if (code_point == 0xa0 || code_point == '\t' || code_point == '\r' || code_point == '\n') code_point = ' ';
    if (code_point < 0x20 || code_point == 0x7f || code_point == 0xfeff) return;
    append_utf8(out, code_point);
}

}  // namespace plumbline::formats::pdf
