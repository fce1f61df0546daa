// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/font.h"

#include <algorithm>
#include <cmath>

#include "formats/pdf/glyph_names.h"
#include "formats/pdf/lexer.h"
#include "formats/text/charset.h"

namespace plumbline::formats::pdf {

namespace {
constexpr std::size_t widths_max = 100'000;

// Helvetica's widths in 1/1000 em from 0x20 to 0x7e (Adobe Core 14 AFM): for fonts that give none.
constexpr std::array<std::uint16_t, 95> helvetica = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};

float sane_width(QPDFObjectHandle number) {
    double value = 0;
    if (!number.getValueAsNumber(value) || !std::isfinite(value)) return 0;
    return static_cast<float>(std::clamp(value, -10'000.0, 10'000.0));
}
std::string name_or_empty(QPDFObjectHandle object) { return object.isName() ? object.getName().substr(1) : std::string(); }

// Predefined CMaps (ISO 32000-1 table 118) by a part of their name.
struct Named {
    std::string_view part;
    std::string_view charset;
};
constexpr Named charsets[] = {{"RKSJ", "shift_jis"}, {"EUC-H", "euc-jp"}, {"GBK", "gbk"}, {"GBpc", "gbk"}, {"GB-EUC", "gb2312"},
                              {"ETen", "big5"}, {"B5pc", "big5"}, {"KSC", "ks_c_5601-1987"}};
}  // namespace

Font::Font() {
    for (unsigned code = 0; code < 256; ++code) {
        const char32_t character = character_of(Encoding::win_ansi, static_cast<std::uint8_t>(code));
        if (character != 0) append_character(texts_[code], character);
        widths_[code] = code >= 0x20 && code < 0x7f ? static_cast<float>(helvetica[code - 0x20]) / 1000 : 0.556F;
    }
}

Font Font::load(QPDFObjectHandle dict, Document& document) {
    Font font;
    if (!dict.isDictionary()) return font;
    QPDFObjectHandle map = dict.getKey("/ToUnicode");
    if (map.isStream()) {
        document.note_used(map);
        const StreamBytes program = document.read(map);
        if (program.is_decoded && document.budget().take_steps(program.bytes.size())) font.to_unicode_ = CMap::parse(text_of(program.bytes));
    }
    if (dict.getKey("/Subtype").isNameAndEquals("/Type0")) font.load_composite(dict, document);
    else font.load_simple(dict, document);
    return font;
}

void Font::load_simple(QPDFObjectHandle dict, Document& document) {
    QPDFObjectHandle descriptor = dict.getKey("/FontDescriptor");
    load_encoding(dict, document);
    // No encoding of ISO 32000-1 annex D has a tab. Who writes one in a font that is not embedded means the space between words.
    if (!descriptor.isDictionary() && texts_['\t'].empty()) texts_['\t'] = " ";
    if (dict.getKey("/Subtype").isNameAndEquals("/Type3")) {
        QPDFObjectHandle matrix = dict.getKey("/FontMatrix");
        if (matrix.isMatrix()) em_ = std::clamp(std::abs(matrix.getArrayAsMatrix().a) * 1000, 1e-3, 1e4);
    }
    QPDFObjectHandle widths = dict.getKey("/Widths");
    QPDFObjectHandle first = dict.getKey("/FirstChar");
    const std::string base = name_or_empty(dict.getKey("/BaseFont"));
    if (!widths.isArray()) {
        if (base.find("Courier") != std::string::npos) widths_.fill(0.6F);
        return;
    }
    widths_.fill(sane_width(descriptor.getKeyIfDict("/MissingWidth")) / 1000);
    const long long from = first.isInteger() ? first.getIntValue() : 0;
    for (int i = 0; i < std::min(widths.getArrayNItems(), 256); ++i)
        if (from + i >= 0 && from + i < 256) widths_[static_cast<std::size_t>(from + i)] = sane_width(widths.getArrayItem(i)) / 1000;
}

void Font::load_encoding(QPDFObjectHandle dict, Document& document) {
    QPDFObjectHandle encoding = dict.getKey("/Encoding");
    std::string base = encoding.isDictionary() ? name_or_empty(encoding.getKey("/BaseEncoding")) : name_or_empty(encoding);
    const bool is_type1 = dict.getKey("/Subtype").isNameAndEquals("/Type1");
    if (base == "MacRomanEncoding" || base == "StandardEncoding" || (base.empty() && is_type1)) {
        const Encoding known = base == "MacRomanEncoding" ? Encoding::mac_roman : Encoding::standard;
        for (unsigned code = 0; code < 256; ++code) {
            texts_[code].clear();
            if (const char32_t character = character_of(known, static_cast<std::uint8_t>(code))) append_character(texts_[code], character);
        }
    }
    if (base.empty() && is_type1) load_program(dict.getKey("/FontDescriptor"), document);
    if (encoding.isDictionary()) load_differences(encoding.getKey("/Differences"));
    if (to_unicode_.empty()) return;
    for (std::uint32_t code = 0; code < 256; ++code) {
        std::string text;
        if (to_unicode_.append_text(code, text) && !text.empty() && text != "\xef\xbf\xbd") texts_[code] = std::move(text);
    }
}

void Font::load_differences(QPDFObjectHandle differences) {
    if (!differences.isArray()) return;
    long long code = 0;
    for (int i = 0; i < std::min(differences.getArrayNItems(), 1024); ++i) {
        QPDFObjectHandle item = differences.getArrayItem(i);
        if (item.isInteger()) code = item.getIntValue();
        if (!item.isName()) continue;
        if (code >= 0 && code < 256) texts_[static_cast<std::size_t>(code)] = text_of_glyph(name_or_empty(item));
        ++code;
    }
}

// "dup 65 /A put" in the clear part of a Type 1 program.
void Font::load_program(QPDFObjectHandle descriptor, Document& document) {
    QPDFObjectHandle file = descriptor.getKeyIfDict("/FontFile");
    if (!file.isStream()) return;
    const StreamBytes program = document.read(file);
    std::string_view text = text_of(program.bytes);
    text = text.substr(0, std::min<std::size_t>(text.find("eexec"), 64 * 1024));
    const std::size_t begin = text.find("/Encoding");
    if (begin == std::string_view::npos || !document.budget().take_steps(text.size())) return;
    Lexer lexer(text.substr(begin + 9));
    for (Token token = lexer.next(); token.kind != TokenKind::end && token.text != "def"; token = lexer.next()) {
        if (token.text != "dup") continue;
        const Token code = lexer.next();
        const Token name = lexer.next();
        const double value = number_of(code.text);
        if (code.kind == TokenKind::number && name.kind == TokenKind::name && value >= 0 && value < 256)
            texts_[static_cast<std::size_t>(value)] = text_of_glyph(name.text);
    }
}

void Font::load_composite(QPDFObjectHandle dict, Document& document) {
    is_composite_ = true;
    QPDFObjectHandle encoding = dict.getKey("/Encoding");
    const std::string name = name_or_empty(encoding);
    is_vertical_ = name.ends_with("-V");
    if (encoding.isStream()) {
        document.note_used(encoding);
        code_space_ = CMap::parse(text_of(document.read(encoding).bytes));
    }
    is_unicode_ = name.find("UCS2") != std::string::npos || name.find("UTF16") != std::string::npos;
    for (const Named& row : charsets)
        if (charset_.empty() && name.find(row.part) != std::string::npos && !is_unicode_) charset_ = row.charset;
    QPDFObjectHandle descendants = dict.getKey("/DescendantFonts");
    QPDFObjectHandle descendant = descendants.isArray() && descendants.getArrayNItems() > 0 ? descendants.getArrayItem(0) : descendants;
    if (QPDFObjectHandle width = descendant.getKeyIfDict("/DW"); width.isNumber()) default_width_ = sane_width(width) / 1000;
    load_widths(descendant.getKeyIfDict("/W"));
}

// "first [ width ... ]" and "first last width".
void Font::load_widths(QPDFObjectHandle array) {
    if (!array.isArray()) return;
    const int count = array.getArrayNItems();
    const auto code_at = [&](int i) {
        QPDFObjectHandle item = array.getArrayItem(i);
        return item.isInteger() ? static_cast<std::uint32_t>(std::clamp<long long>(item.getIntValue(), 0, 0x10ffff)) : 0;
    };
    for (int i = 0; i + 1 < count && wide_.size() < widths_max;) {
        const std::uint32_t first = code_at(i);
        QPDFObjectHandle second = array.getArrayItem(i + 1);
        if (second.isArray()) {
            for (int k = 0; k < second.getArrayNItems() && wide_.size() < widths_max; ++k) {
                const std::uint32_t code = first + static_cast<std::uint32_t>(k);
                wide_.push_back({code, code, sane_width(second.getArrayItem(k)) / 1000});
            }
            i += 2;
        } else {
            if (i + 2 < count) wide_.push_back({first, code_at(i + 1), sane_width(array.getArrayItem(i + 2)) / 1000});
            i += 3;
        }
    }
    std::stable_sort(wide_.begin(), wide_.end(), [](const Width& a, const Width& b) { return a.first < b.first; });
}

Font::Code Font::next(std::string_view bytes) const {
    Code code;
    if (is_composite_) {
        if (charset_ == "shift_jis" || !charset_.empty()) code.size = static_cast<unsigned char>(bytes[0]) < 0x80 ? 1 : 2;
        else code.size = code_space_.has_code_space() ? code_space_.code_size(bytes) : 2;
        if (code.size == 0) code.size = 1;
        code.size = std::min(code.size, bytes.size());
    }
    for (std::size_t i = 0; i < code.size; ++i) code.value = code.value << 8 | static_cast<unsigned char>(bytes[i]);
    return code;
}

bool Font::append_text(Code code, std::string_view bytes, std::string& out) const {
    if (!is_composite_) {
        out += texts_[code.value & 0xff];
        return true;
    }
    if (to_unicode_.append_text(code.value, out)) return true;
    if (!charset_.empty()) {
        out += to_utf8(view(bytes.substr(0, code.size)), charset_);
        return true;
    }
    if (is_unicode_) append_character(out, code.value);
    return is_unicode_;
}

double Font::width(std::uint32_t code) const {
    if (!is_composite_) return widths_[code & 0xff];
    const auto row = std::upper_bound(wide_.begin(), wide_.end(), code, [](std::uint32_t value, const Width& one) { return value < one.first; });
    if (row == wide_.begin() || (row - 1)->last < code) return default_width_;
    return (row - 1)->width;
}

}  // namespace plumbline::formats::pdf
