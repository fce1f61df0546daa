// SPDX-License-Identifier: Apache-2.0
#include "formats/mail/transfer.h"

#include <array>

#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
constexpr std::uint8_t not_base64 = 0xff;
constexpr std::array<std::uint8_t, 256> base64_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(not_base64);
    for (unsigned i = 0; i < 26; ++i) {
        values['A' + i] = static_cast<std::uint8_t>(i);
        values['a' + i] = static_cast<std::uint8_t>(26 + i);
    }
    for (unsigned i = 0; i < 10; ++i) values['0' + i] = static_cast<std::uint8_t>(52 + i);
    values['+'] = values['-'] = 62;
    values['/'] = values['_'] = 63;
    return values;
}();

// Without '-', which may be the start of a boundary.
constexpr std::array<std::uint8_t, 256> group_values = [] {
    std::array<std::uint8_t, 256> values = base64_values;
    values['-'] = not_base64;
    return values;
}();

// Whole groups of four letters from the start of `data`, decoded behind `out`: how many letters they had.
std::size_t take_groups(const unsigned char* data, std::size_t size, Bytes& out) {
    std::array<std::byte, 192> made;
    for (std::size_t at = 0;;) {
        std::size_t count = 0;
        for (; count < made.size() && at + 4 <= size; at += 4) {
            const unsigned a = group_values[data[at]];
            const unsigned b = group_values[data[at + 1]];
            const unsigned c = group_values[data[at + 2]];
            const unsigned d = group_values[data[at + 3]];
            if ((a | b | c | d) > 63) break;
            const unsigned group = a << 18 | b << 12 | c << 6 | d;
            made[count++] = static_cast<std::byte>(group >> 16);
            made[count++] = static_cast<std::byte>(group >> 8 & 0xff);
            made[count++] = static_cast<std::byte>(group & 0xff);
        }
        append(out, ByteView(made).first(count));
        if (count < made.size()) return at;
    }
}

bool is_space(unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
int hex_value(unsigned char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}
constexpr std::size_t npos = std::string_view::npos;
}  // namespace

Decoded decode_base64(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "base64";
    if (!budget.take_steps(source.size()) || !budget.take_bytes(source.size() / 4 * 3 + 3)) {
        out.damage = "base64: over the budget";
        return out;
    }
    out.bytes.reserve(source.size() / 4 * 3 + 3);
    const unsigned char* data = uchar(source);
    std::uint32_t group = 0;
    unsigned letters = 0;
    bool line_starts = true;
    std::size_t at = 0;
    for (; at < source.size(); ++at) {
        const std::uint8_t value = base64_values[data[at]];
        if (value == not_base64) {
            if (!is_space(data[at])) break;
            line_starts = true;
            continue;
        }
        // "--" starts a MIME boundary; one '-' alone is the URL-safe 62.
        if (data[at] == '-' && at + 1 < source.size() && data[at + 1] == '-') break;
        if (line_starts && letters == 0) {
            out.map.add(out.bytes.size(), at, OffsetMap::Run::base64);
            line_starts = false;
        }
        if (letters == 0) {
            if (const std::size_t taken = take_groups(data + at, source.size() - at, out.bytes); taken > 0) {
                at += taken - 1;
                continue;
            }
        }
        group = group << 6 | value;
        if (++letters == 4) {
            for (const int shift : {16, 8, 0}) out.bytes.push_back(static_cast<std::byte>(group >> shift & 0xff));
            group = 0;
            letters = 0;
        }
    }
    if (letters >= 2) out.bytes.push_back(static_cast<std::byte>(group >> (letters * 6 - 8) & 0xff));
    if (letters == 3) out.bytes.push_back(static_cast<std::byte>(group >> 2 & 0xff));
    while (at < source.size() && data[at] == '=') ++at;
    out.size_in = at;
    while (at < source.size() && is_space(data[at])) ++at;
    if (at < source.size()) out.damage = "base64: ends before its part does";
    else if (letters == 1) out.damage = "base64: one letter too many";
    return out;
}

Decoded decode_quoted_printable(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "qp";
    if (!budget.take_steps(source.size()) || !budget.take_bytes(source.size())) {
        out.damage = "qp: over the budget";
        return out;
    }
    const std::string_view text = text_of(source);
    out.bytes.reserve(text.size());
    out.size_in = text.size();
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t equals = std::min(text.find('=', at), text.size());
        if (equals > at) {
            out.map.add(out.bytes.size(), at, OffsetMap::Run::same);
            append(out.bytes, text.substr(at, equals - at));
        }
        if (equals == text.size()) break;
        at = equals + 1;
        const int high = at < text.size() ? hex_value(static_cast<unsigned char>(text[at])) : -1;
        const int low = at + 1 < text.size() ? hex_value(static_cast<unsigned char>(text[at + 1])) : -1;
        if (high >= 0 && low >= 0) {
            out.map.add(out.bytes.size(), equals, OffsetMap::Run::made);
            out.bytes.push_back(static_cast<std::byte>(high * 16 + low));
            at += 2;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
        if (end < text.size() && text[end] == '\r') ++end;
        if (end < text.size() && text[end] == '\n') {
            at = end + 1;
            continue;
        }
        out.map.add(out.bytes.size(), equals, OffsetMap::Run::same);
        out.bytes.push_back(std::byte{'='});
    }
    return out;
}

namespace {
// One encoded word: "=?charset*lang?B?text?=" (RFC 2047 section 2, RFC 2231 section 5).
struct Word {
    std::size_t size = 0;
    std::string charset;
    char encoding = 0;
    std::size_t text_at = 0;
    std::size_t text_size = 0;
};
Word word_at(std::string_view text) {
    Word word;
    if (!text.starts_with("=?")) return word;
    const std::size_t charset_end = text.substr(0, 80).find('?', 2);
    if (charset_end == npos || charset_end + 3 >= text.size() || text[charset_end + 2] != '?') return word;
    const char encoding = static_cast<char>(text[charset_end + 1] | 0x20);
    if (encoding != 'b' && encoding != 'q') return word;
    const std::size_t end = text.substr(0, 4096).find("?=", charset_end + 3);
    if (end == npos) return word;
    const std::string_view inside = text.substr(charset_end + 3, end - charset_end - 3);
    if (inside.find('\n') != npos) return word;
    word.charset = text.substr(2, std::min(charset_end, text.find('*')) - 2);
    word.encoding = encoding;
    word.text_at = charset_end + 3;
    word.text_size = inside.size();
    word.size = end + 2;
    return word;
}
// The bytes of one word go to `out`, with their places.
void decode_word(std::string_view text, const Word& word, std::size_t word_at_source, Decoded& out, Budget& budget) {
    const std::string_view inside = text.substr(word.text_at, word.text_size);
    if (word.encoding == 'b') {
        const Decoded piece = decode_base64(view(inside), budget);
        out.map.add(out.bytes.size(), word_at_source + word.text_at, OffsetMap::Run::base64);
        append(out.bytes, piece.bytes);
        return;
    }
    for (std::size_t at = 0; at < inside.size(); ++at) {
        const auto c = static_cast<unsigned char>(inside[at]);
        const std::size_t source = word_at_source + word.text_at + at;
        const int high = c == '=' && at + 2 < inside.size() ? hex_value(static_cast<unsigned char>(inside[at + 1])) : -1;
        const int low = high >= 0 ? hex_value(static_cast<unsigned char>(inside[at + 2])) : -1;
        const bool is_made = low >= 0 || c == '_';
        out.map.add(out.bytes.size(), source, is_made ? OffsetMap::Run::made : OffsetMap::Run::same);
        out.bytes.push_back(static_cast<std::byte>(low >= 0 ? high * 16 + low : c == '_' ? ' ' : c));
        if (low >= 0) at += 2;
    }
}
}  // namespace

EncodedWords decode_words(ByteView source, Budget& budget) {
    EncodedWords out;
    out.view.decoder = "words";
    const std::string_view text = text_of(source);
    std::size_t at = 0;
    std::size_t end = 0;
    std::string charset;
    std::size_t charset_from = 0;  // bytes of one character set are converted together: a letter may be cut between words
    const auto flush = [&] {
        out.utf8 += to_utf8(ByteView(out.view.bytes).subspan(charset_from), charset);
        charset_from = out.view.bytes.size();
    };
    for (;;) {
        const Word word = word_at(text.substr(at));
        if (word.size == 0 || !budget.take_steps(word.size) || !budget.take_bytes(word.size)) break;
        if (word.charset != charset) flush();
        charset = word.charset;
        decode_word(text.substr(at), word, at, out.view, budget);
        at = end = at + word.size;
        while (at < text.size() && is_space(static_cast<unsigned char>(text[at]))) ++at;
    }
    flush();
    out.view.size_in = end;
    return out;
}

}  // namespace plumbline::formats
