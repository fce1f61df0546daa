// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/cmap.h"

#include <algorithm>

#include "formats/pdf/glyph_names.h"
#include "formats/pdf/lexer.h"

namespace plumbline::formats::pdf {

namespace {
constexpr std::size_t entries_max = 200'000;

std::string bytes_of(const Token& token) {
    std::string out;
    append_string(out, token);
    return out;
}
std::uint32_t code_of(std::string_view bytes) {
    std::uint32_t code = 0;
    for (const char c : bytes.substr(0, 4)) code = code << 8 | static_cast<unsigned char>(c);
    return code;
}
// UTF-16BE; a name of a glyph may stand instead, which no program writes.
std::u32string text_of(std::string_view bytes) {
    std::u32string out;
    if (bytes.size() == 1) out.push_back(static_cast<unsigned char>(bytes[0]));
    for (std::size_t at = 0; at + 1 < bytes.size() && out.size() < 32; at += 2) {
        const char32_t unit = code_of(bytes.substr(at, 2));
        const bool is_pair = unit >= 0xd800 && unit < 0xdc00 && at + 3 < bytes.size();
        if (is_pair) out.push_back(0x10000 + ((unit - 0xd800) << 10) + (code_of(bytes.substr(at + 2, 2)) & 0x3ff));
        else out.push_back(unit);
        at += is_pair ? 2 : 0;
    }
    return out;
}
bool is_bytes(const Token& token) { return token.kind == TokenKind::hex || token.kind == TokenKind::string; }
}  // namespace

void CMap::add(std::uint32_t low, std::uint32_t high, const std::u32string& text) {
    if (text.empty() || high < low || ranges_.size() >= entries_max) return;
    Range range{low, high, text.back(), 0};
    if (text.size() > 1) {
        texts_.push_back(text);
        range.text = static_cast<std::uint32_t>(texts_.size());
    }
    ranges_.push_back(range);
}

CMap CMap::parse(std::string_view program) {
    CMap out;
    Lexer lexer(program);
    enum class Part { none, space, chars, ranges } part = Part::none;
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
        if (token.kind == TokenKind::word) {
            if (token.text == "begincodespacerange") part = Part::space;
            else if (token.text == "beginbfchar") part = Part::chars;
            else if (token.text == "beginbfrange") part = Part::ranges;
            else if (token.text.starts_with("end")) part = Part::none;
            continue;
        }
        if (part == Part::none || !is_bytes(token)) continue;
        const std::string low = bytes_of(token);
        token = lexer.next();
        if (!is_bytes(token)) continue;
        const std::string second = bytes_of(token);
        if (part == Part::space) {
            if (!low.empty() && low.size() <= 4 && low.size() == second.size() && out.spaces_.size() < 100)
                out.spaces_.push_back({low.size(), code_of(low), code_of(second)});
            continue;
        }
        if (part == Part::chars) {
            out.add(code_of(low), code_of(low), text_of(second));
            continue;
        }
        token = lexer.next();
        if (is_bytes(token)) out.add(code_of(low), code_of(second), text_of(bytes_of(token)));
        if (token.kind != TokenKind::open_array) continue;
        std::uint32_t code = code_of(low);
        for (token = lexer.next(); is_bytes(token); token = lexer.next(), ++code) out.add(code, code, text_of(bytes_of(token)));
    }
    std::stable_sort(out.ranges_.begin(), out.ranges_.end(), [](const Range& a, const Range& b) { return a.low < b.low; });
    return out;
}

bool CMap::append_text(std::uint32_t code, std::string& out) const {
    auto range = std::upper_bound(ranges_.begin(), ranges_.end(), code, [](std::uint32_t value, const Range& row) { return value < row.low; });
    if (range == ranges_.begin() || (--range)->high < code) return false;
    if (range->text > 0) {
        const std::u32string& text = texts_[range->text - 1];
        for (std::size_t i = 0; i + 1 < text.size(); ++i) append_character(out, text[i]);
    }
    append_character(out, range->first + (code - range->low));
    return true;
}

std::size_t CMap::code_size(std::string_view bytes) const {
    for (const Space& space : spaces_) {
        if (bytes.size() < space.size) continue;
        bool fits = true;
        for (std::size_t i = 0; i < space.size; ++i) {
            const unsigned shift = static_cast<unsigned>(8 * (space.size - 1 - i));
            const std::uint32_t byte = static_cast<unsigned char>(bytes[i]);
            fits = fits && byte >= (space.low >> shift & 0xff) && byte <= (space.high >> shift & 0xff);
        }
        if (fits) return space.size;
    }
    return 0;
}

}  // namespace plumbline::formats::pdf
