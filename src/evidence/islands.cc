// SPDX-License-Identifier: Apache-2.0
#include "evidence/islands.h"

#include <algorithm>

#include "evidence/scanners/sink.h"
#include "formats/mail/transfer.h"
#include "formats/text/writing.h"
#include "formats/uuencode/uuencode.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t reach_before = 256;
constexpr std::size_t reach_behind = 1024;
constexpr std::size_t word_tail_max = 8192;   // a URL may go on that far
constexpr std::size_t base64_min = 24;
constexpr std::size_t base64_back_max = 512;  // of letters before a word: with more, an earlier word was the first of them
constexpr std::size_t hex_min = 32;

bool is_readable(std::byte b) { return (b >= std::byte{' '} && b < std::byte{127}) || b == std::byte{'\n'} || b == std::byte{'\r'} || b == std::byte{'\t'}; }
bool is_base64_letter(char c) { return is_alnum(c) || c == '+' || c == '/' || c == '-' || c == '_'; }
char at_or_nul(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }

bool is_wide_sign(std::string_view text, std::size_t at) {
    const formats::Meant found = formats::disarmed_at(text, at);
    if (found.size == 0) return false;
    const char before = at > 0 ? text[at - 1] : '\0';
    const char after = at_or_nul(text, at + found.size);
    const auto joins = [](char c) { return is_alnum(c) || c == '.' || c == '@' || c == ':' || c == '/' || c == '-' || c == '_'; };
    if (found.text[0] == '\0') return joins(before) && joins(after);
    if (!is_alnum(found.text[0]) && found.text[0] != '.' && found.text[0] != '@') return false;
    // Full-width punctuation ends sentences; it joins names where letters stand on both sides, narrow or wide.
    const bool is_wide_after = static_cast<unsigned char>(after) == 0xef;
    if (is_alnum(found.text[0])) return joins(before) || joins(after) || is_wide_after;
    return (is_alnum(before) || static_cast<unsigned char>(before) >= 0x80) && (is_alnum(after) || is_wide_after);
}
// "%40", "%2e", "%3A", "%2F", letters and digits: what a find needs. "%20" and "%0A" are only the space between.
bool is_percent_sign(std::string_view text, std::size_t at) {
    const char high = at_or_nul(text, at + 1);
    const char low = to_lower(at_or_nul(text, at + 2));
    if (!is_hex(high) || !is_hex(low)) return false;
    if (high == '2') return low == 'e' || low == 'f' || low == '5';
    if (high == '4' || high == '5' || high == '6' || high == '7') return true;
    return high == '3' && (is_digit(low) || low == 'a');
}
bool is_reference_sign(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at + 1, 8);
    if (rest.starts_with('#') && (is_digit(at_or_nul(rest, 1)) || (to_lower(at_or_nul(rest, 1)) == 'x' && is_hex(at_or_nul(rest, 2))))) return true;
    return rest.starts_with("commat;") || rest.starts_with("period;") || rest.starts_with("colon;") || rest.starts_with("sol;");
}

// "=3D", "=40", "=2E", "=2F", "=3A" or a "=" at a line's end, where a "=" near it ends a line and each is an escape or does so: in a text that is no quoted-printable, "=40" is a number.
bool is_quoted_sign(std::string_view text, std::size_t at) {
    const auto is_soft = [&](std::size_t i) { return at_or_nul(text, i + 1) == '\n' || (at_or_nul(text, i + 1) == '\r' && at_or_nul(text, i + 2) == '\n'); };
    const auto is_escape = [&](std::size_t i) {
        const char high = at_or_nul(text, i + 1);
        const char low = at_or_nul(text, i + 2);
        return (is_digit(high) || (high >= 'A' && high <= 'F')) && (is_digit(low) || (low >= 'A' && low <= 'F'));
    };
    const std::string_view digits = text.substr(at + 1, 2);
    if (!is_soft(at) && digits != "3D" && digits != "40" && digits != "2E" && digits != "2F" && digits != "3A") return false;
    const std::size_t to = std::min(text.size(), at + 400);
    unsigned others = 0;
    for (std::size_t i = text.find('=', at > 400 ? at - 400 : 0); i < to && others < 64; i = text.find('=', i + 1)) {
        if (!is_soft(i) && !is_escape(i)) return false;
        others += i != at && is_soft(i);
    }
    return others > 0;
}

bool is_text(ByteView bytes) { return !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), is_readable); }
// "p\0o\0w\0e\0r\0": what programs are told in base64.
bool is_wide_text(ByteView bytes) {
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2)
        if (!is_readable(bytes[at]) || bytes[at + 1] != std::byte{0}) return false;
    return bytes.size() >= 12;
}
bool is_container(ByteView bytes) {
    const std::string_view text = text_of(bytes);
    for (const std::string_view magic : {"PK\x03\x04", "\x1f\x8b\x08", "%PDF-", "\xef\xbb\xbf"})
        if (text.starts_with(magic)) return true;
    return false;
}

// Lines and, where they are long, what lies within reach.
// `known` is how far the stretch before reaches, where the sign stands in that one; what is before the sign is known then.
Island around(std::string_view text, const Sign& sign, std::size_t known) {
    Island out{sign.writing, sign.begin, std::max(sign.begin, known)};
    const bool word_only = sign.writing == Writing::percent;
    if (sign.writing == Writing::quoted) {
        // A line that ends softly goes on in the next one.
        const auto is_soft = [&](std::size_t line_end) { return line_end > 0 && (text[line_end - 1] == '=' || (line_end > 1 && text[line_end - 1] == '\r' && text[line_end - 2] == '=')); };
        while (known == 0 && out.begin > 0 && sign.begin - out.begin < reach_behind && (text[out.begin - 1] != '\n' || is_soft(out.begin - 1))) --out.begin;
        while (out.end < text.size() && out.end - sign.begin < word_tail_max && (text[out.end] != '\n' || is_soft(out.end))) ++out.end;
        return out;
    }
    const auto ends = [&](char c) { return word_only ? is_blank(c) : c == '\n'; };
    while (known == 0 && out.begin > 0 && sign.begin - out.begin < reach_before && !ends(text[out.begin - 1])) --out.begin;
    if (known == 0 && out.begin > 0 && !ends(text[out.begin - 1]))
        while (out.begin < sign.begin && !is_blank(text[out.begin])) ++out.begin;
    while (out.end < text.size() && out.end - sign.begin < reach_behind && !ends(text[out.end])) ++out.end;
    while (out.end < text.size() && out.end - sign.begin < word_tail_max && !is_blank(text[out.end])) ++out.end;
    return out;
}
}  // namespace

void note_writing(std::string_view text, std::size_t at, std::vector<Sign>& signs) {
    const char c = text[at];
    bool is_sign = false;
    Writing writing = Writing::plain;
    if (c == '=') {
        is_sign = is_quoted_sign(text, at);
        writing = Writing::quoted;
    } else if (c == '\\') {
        is_sign = true;
        writing = Writing::escapes;
    } else if (c == 'b') {
        if (!signs.empty() && signs.back().writing == Writing::uuencoded && at < signs.back().end) return;
        if (at > 0 && text[at - 1] != '\n') return;
        formats::Budget budget;
        const std::uint64_t size = formats::uu_start(text.substr(at)).size == 0 ? 0 : formats::decode_uuencode(view(text.substr(at)), budget).size_in;
        if (size > 0) signs.push_back({Writing::uuencoded, at, at + static_cast<std::size_t>(size)});
        return;
    } else if (c == ':' && text.substr(at + 1, 4) == "\\/\\/") {
        is_sign = true;
        writing = Writing::escapes;
    } else if (c == '%') {
        is_sign = is_percent_sign(text, at);
        writing = Writing::percent;
    } else if (c == '&') {
        is_sign = is_reference_sign(text, at);
        writing = Writing::entities;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
        is_sign = is_wide_sign(text, at);
    } else {
        std::size_t from = at;
        while (from > 0 && at - from < 3 && text[from - 1] == ' ') --from;
        is_sign = formats::disarmed_at(text, at).size > 0 || (from < at && formats::disarmed_at(text, from).size > 0) ||
                  (at > 0 && text[at - 1] == '\\' && formats::disarmed_at(text, at - 1).size > 0) ||
                  (c == ':' && text.substr(at, 4) == ":// " && formats::disarmed_at(text, at + 3).size > 0);
    }
    if (is_sign) signs.push_back({writing, at, at});
}

void note_word(std::string_view text, std::size_t begin, std::size_t end, std::vector<Sign>& signs) {
    for (auto last = signs.rbegin(); last != signs.rend(); ++last) {
        if (!is_block(last->writing)) {
            if (last->begin + word_tail_max < begin) break;
            continue;
        }
        if (begin < last->end) return;
        break;
    }
    formats::Budget budget;
    if (end - begin >= hex_min && (end - begin) % 2 == 0 && is_text(formats::decode_hex(view(text.substr(begin, 16)), budget).bytes)) {
        const formats::Decoded decoded = formats::decode_hex(view(text.substr(begin, end - begin)), budget);
        if (decoded.size_in == end - begin && is_text(decoded.bytes)) return signs.push_back({Writing::hex, begin, end});
    }
    const std::size_t floor = begin > base64_back_max ? begin - base64_back_max : 0;
    while (begin > floor && is_base64_letter(text[begin - 1])) --begin;
    if (begin == floor && floor > 0) return;
    const ByteView start = view(text.substr(begin, 16));
    const formats::Decoded head = formats::decode_base64(start, budget);
    if (head.bytes.size() < 12 || (!is_text(ByteView(head.bytes).first(12)) && !is_wide_text(head.bytes) && !is_container(head.bytes))) return;
    // Lines of one block have one length, and the last may be shorter.
    const auto line_end = [&](std::size_t at) {
        while (at < text.size() && is_base64_letter(text[at])) ++at;
        return at;
    };
    end = line_end(begin);
    const std::size_t line = end - begin;
    for (std::size_t next = end; line >= 40;) {
        if (at_or_nul(text, next) == '\r') ++next;
        if (at_or_nul(text, next) != '\n') break;
        const std::size_t stop = line_end(next + 1);
        if (stop == next + 1 || stop - next - 1 > line) break;
        end = stop;
        if (stop - next - 1 < line) break;
        next = stop;
    }
    while (at_or_nul(text, end) == '=') ++end;
    if (end - begin >= base64_min) signs.push_back({Writing::base64, begin, end});
}

void reach_on(std::string_view reached, std::size_t size, std::vector<Sign>& signs) {
    if (reached.size() == size) return;
    for (Sign& sign : signs) {
        const bool is_block = sign.writing == Writing::base64 || sign.writing == Writing::hex;
        if (!is_block || sign.end + 2 < size) continue;
        std::size_t end = sign.begin;
        while (end < reached.size() && is_alnum(reached[end])) ++end;
        std::vector<Sign> whole;
        note_word(reached, sign.begin, end, whole);
        if (!whole.empty()) sign = whole.front();
    }
}

std::vector<Island> islands_of(std::string_view text, const std::vector<Sign>& signs) {
    std::vector<Island> out;
    unsigned present = 0;
    for (const Sign& sign : signs) present |= 1U << static_cast<unsigned>(sign.writing);
    for (const Writing writing : {Writing::plain, Writing::percent, Writing::entities, Writing::quoted, Writing::escapes, Writing::base64, Writing::hex, Writing::uuencoded}) {
        if (!(present >> static_cast<unsigned>(writing) & 1)) continue;
        std::size_t first = out.size();
        for (const Sign& sign : signs) {
            if (sign.writing != writing) continue;
            const bool is_in_last = out.size() > first && sign.begin < out.back().end;
            if (is_in_last && is_block(writing)) continue;
            // Within the last stretch and far from its end, nothing changes.
            if (is_in_last && (sign.begin + reach_behind <= out.back().end || at_or_nul(text, out.back().end) == '\n' || out.back().end == text.size())) continue;
            const Island island = is_block(writing) ? Island{writing, sign.begin, sign.end} : around(text, sign, is_in_last ? out.back().end : 0);
            if (out.size() > first && island.begin < out.back().end) out.back().end = std::max(out.back().end, island.end);
            else out.push_back(island);
        }
    }
    return out;
}

}  // namespace plumbline::evidence
