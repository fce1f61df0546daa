// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/lexer.h"

#include <algorithm>
#include <array>

namespace plumbline::formats::pdf {

namespace {
enum : std::uint8_t { regular = 0, space = 1, delimiter = 2 };
constexpr auto classes = [] {
    std::array<std::uint8_t, 256> out{};
    for (const char c : {'\0', '\t', '\n', '\f', '\r', ' '}) out[static_cast<unsigned char>(c)] = space;
    for (const char c : {'(', ')', '<', '>', '[', ']', '{', '}', '/', '%'}) out[static_cast<unsigned char>(c)] = delimiter;
    return out;
}();
std::uint8_t class_of(char c) { return classes[static_cast<unsigned char>(c)]; }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
bool is_octal(char c) { return c >= '0' && c <= '7'; }
}  // namespace

Token Lexer::string_token() {
    const std::size_t begin = ++at_;
    for (unsigned depth = 1; at_ < content_.size(); ++at_) {
        const char c = content_[at_];
        if (c == '\\') ++at_;
        else if (c == '(') ++depth;
        else if (c == ')' && --depth == 0) return {TokenKind::string, content_.substr(begin, at_++ - begin)};
    }
    at_ = content_.size();
    return {TokenKind::string, content_.substr(begin)};
}

Token Lexer::next() {
    while (at_ < content_.size()) {
        const char c = content_[at_];
        if (class_of(c) == space) {
            ++at_;
            continue;
        }
        const bool is_double = at_ + 1 < content_.size() && content_[at_ + 1] == c;
        switch (c) {
            case '%': at_ = std::min(content_.find_first_of("\r\n", at_), content_.size()); continue;
            case '(': return string_token();
            case '[': ++at_; return {TokenKind::open_array, {}};
            case ']': ++at_; return {TokenKind::close_array, {}};
            case '<': {
                at_ += is_double ? 2 : 1;
                if (is_double) return {TokenKind::open_dict, {}};
                const std::size_t begin = at_;
                const std::size_t end = std::min(content_.find('>', at_), content_.size());
                at_ = std::min(end + 1, content_.size());
                return {TokenKind::hex, content_.substr(begin, end - begin)};
            }
            case '>': at_ += is_double ? 2 : 1; return {TokenKind::close_dict, {}};
            case ')':
            case '{':
            case '}': ++at_; continue;
            default: break;
        }
        const bool is_name = c == '/';
        const std::size_t begin = is_name ? ++at_ : at_;
        while (at_ < content_.size() && class_of(content_[at_]) == regular) ++at_;
        const bool is_number = (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
        return {is_name ? TokenKind::name : is_number ? TokenKind::number : TokenKind::word, content_.substr(begin, at_ - begin)};
    }
    return {};
}

void Lexer::skip_inline_image() {
    // EI stands between white space, and what follows it is text again.
    for (std::size_t at = at_; (at = content_.find("EI", at)) != std::string_view::npos; ++at) {
        const std::size_t behind = at + 2;
        if (at == 0 || class_of(content_[at - 1]) != space) continue;
        if (behind < content_.size() && class_of(content_[behind]) != space) continue;
        const std::string_view rest = content_.substr(behind, 12);
        if (!std::all_of(rest.begin(), rest.end(), [](char c) { return (c >= ' ' && c < 127) || c == '\n' || c == '\r' || c == '\t'; })) continue;
        at_ = behind;
        return;
    }
    at_ = content_.size();
}

double number_of(std::string_view token) {
    static constexpr double parts[] = {1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9};
    double value = 0;
    std::size_t decimals = 0;
    bool is_negative = false;
    bool is_behind_point = false;
    for (const char c : token.substr(0, 40)) {
        if (c >= '0' && c <= '9') {
            if (is_behind_point && ++decimals >= std::size(parts)) break;
            value = is_behind_point ? value + (c - '0') * parts[decimals] : value * 10 + (c - '0');
        } else if (c == '.') {
            is_behind_point = true;
        } else if (c == '-') {
            is_negative = true;
        } else if (c != '+') {
            break;
        }
    }
    // Beyond this nothing is on a page; it keeps sums and products finite.
    value = std::min(value, 1e9);
    return is_negative ? -value : value;
}

void append_string(std::string& out, const Token& token) {
    const std::string_view text = token.text;
    if (token.kind == TokenKind::hex) {
        int high = -1;
        for (const char c : text) {
            const int digit = hex_digit(c);
            if (digit < 0) continue;
            if (high >= 0) out.push_back(static_cast<char>(high << 4 | digit));
            high = high >= 0 ? -1 : digit;
        }
        if (high >= 0) out.push_back(static_cast<char>(high << 4));
        return;
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\') {
            out.push_back(text[at]);
            continue;
        }
        if (++at == text.size()) return;
        const char c = text[at];
        if (is_octal(c)) {
            unsigned value = 0;
            std::size_t digits = 0;
            for (; digits < 3 && at + digits < text.size() && is_octal(text[at + digits]); ++digits) value = value * 8 + static_cast<unsigned>(text[at + digits] - '0');
            at += digits - 1;
            out.push_back(static_cast<char>(value & 0xff));
            continue;
        }
        switch (c) {
            case 'n': out.push_back('\n'); break;
            case 'r': out.push_back('\r'); break;
            case 't': out.push_back('\t'); break;
            case 'b': out.push_back('\b'); break;
            case 'f': out.push_back('\f'); break;
            case '\r': at += at + 1 < text.size() && text[at + 1] == '\n'; break;
            case '\n': break;
            default: out.push_back(c);
        }
    }
}

std::string name_of(std::string_view token) {
    std::string out;
    for (std::size_t at = 0; at < token.size(); ++at) {
        if (token[at] == '#' && at + 2 < token.size() && hex_digit(token[at + 1]) >= 0 && hex_digit(token[at + 2]) >= 0) {
            out.push_back(static_cast<char>(hex_digit(token[at + 1]) << 4 | hex_digit(token[at + 2])));
            at += 2;
        } else {
            out.push_back(token[at]);
        }
    }
    return out;
}

}  // namespace plumbline::formats::pdf
