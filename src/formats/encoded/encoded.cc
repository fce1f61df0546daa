// SPDX-License-Identifier: Apache-2.0
#include "formats/encoded/encoded.h"

#include <algorithm>
#include <cstdlib>

#include "base/utf8.h"
#include "formats/mail/transfer.h"
#include "formats/text/rewritten.h"
#include "formats/text/writing.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t probe_max = 2048;
constexpr std::size_t quoted_probe_max = 16 * 1024;
constexpr std::size_t size_min = 48;

enum class Writing : std::uint8_t { none, base64, hex, hexdump, quoted, references, percent, escapes };

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_upper_hex(char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }
bool is_base64(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '-' || c == '_'; }
char at_or_nul(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }

// Text of any language, UTF-16 with Latin letters, or the first bytes of something that is opened.
bool is_plausible(ByteView bytes) {
    if (bytes.size() < 16) return false;
    const std::string_view text = text_of(bytes);
    using namespace std::string_view_literals;
    for (const std::string_view magic : {"PK\x03\x04"sv, "\x1f\x8b\x08"sv, "%PDF-"sv, "\xd0\xcf\x11\xe0"sv, "7z\xbc\xaf"sv, "Rar!\x1a"sv, "\xfd" "7zXZ"sv, "BZh"sv, "\x89PNG"sv, "\xff\xd8\xff"sv,
                                         "SQLite format 3"sv, "MZ\x90"sv, "\x7f" "ELF"sv, "\xff\xfe"sv, "\xfe\xff"sv, "\x28\xb5\x2f\xfd"sv, "\x78\x9c"sv, "\x78\xda"sv, "{\\rtf"sv})
        if (text.starts_with(magic)) return true;
    std::size_t controls = 0;
    std::size_t zeros[2] = {};
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        zeros[at % 2] += c == 0;
        controls += (c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b) || c == 127;
    }
    const std::size_t half = text.size() / 2;
    if ((zeros[0] == 0 && zeros[1] * 10 >= half * 9) || (zeros[1] == 0 && zeros[0] * 10 >= half * 9)) return true;
    // Bytes of chance are controls once in nine, and over 127 once in two.
    const auto high = std::count_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    return controls * 50 <= text.size() && (high == 0 || static_cast<std::size_t>(high) * 3 < text.size());
}

// All of one alphabet in lines of one length; a last one may be shorter. The probe may end in a line.
template <class IsLetter>
bool is_in_lines(std::string_view probe, bool is_whole, IsLetter&& is_one) {
    std::size_t line = 0;
    std::size_t first = 0;
    bool has_short = false;
    for (std::size_t at = 0; at < probe.size(); ++at) {
        const char c = probe[at];
        if (is_one(c)) {
            if (has_short) return false;
            ++line;
            continue;
        }
        if (c == '=' && is_whole) continue;
        if (!is_line_end(c)) return false;
        if (line == 0) continue;
        if (first == 0) first = line;
        if (line > first) return false;
        has_short = line < first;
        line = 0;
    }
    return first == 0 || line <= first;
}

bool is_base64_file(std::string_view probe, bool is_whole, Budget& budget) {
    if (!std::all_of(probe.begin(), probe.begin() + 32, is_base64)) return false;
    if (!is_in_lines(probe, is_whole, is_base64)) return false;
    return is_plausible(decode_base64(view(probe.substr(0, 1024)), budget).bytes);
}
bool is_hex_file(std::string_view probe, bool is_whole, Budget& budget) {
    // Pairs may stand alone ("48 65 6c"), or run on in lines.
    const bool is_pairs = at_or_nul(probe, 2) == ' ' && at_or_nul(probe, 5) == ' ';
    if (!std::all_of(probe.begin(), probe.end(), [&](char c) { return is_hex(c) || is_line_end(c) || (is_pairs && c == ' '); })) return false;
    if (!is_pairs && !is_in_lines(probe, is_whole, is_hex)) return false;
    return is_plausible(decode_hex(view(probe), budget).bytes);
}
// Nine bytes in ten are escapes that `size_of` knows, and the first ones are.
template <class SizeOf>
bool is_covered(std::string_view probe, SizeOf&& size_of) {
    std::size_t covered = 0;
    for (std::size_t at = 0; at < probe.size();) {
        const std::size_t size = size_of(probe.substr(at));
        if (size == 0 && covered == 0 && at > 2) return false;
        covered += size;
        at += std::max<std::size_t>(size, 1);
    }
    return covered * 10 >= probe.size() * 9;
}
std::size_t reference_size(std::string_view text) {
    if (!text.starts_with("&#")) return is_line_end(text[0]) ? 1 : 0;
    const bool is_hexadecimal = (at_or_nul(text, 2) | 0x20) == 'x';
    std::size_t at = is_hexadecimal ? 3 : 2;
    while (at < 12 && (is_hexadecimal ? is_hex(at_or_nul(text, at)) : is_digit(at_or_nul(text, at)))) ++at;
    return at_or_nul(text, at) == ';' ? at + 1 : 0;
}
std::size_t escape_size(std::string_view text) {
    if (text[0] != '\\') return 0;
    const std::size_t digits = at_or_nul(text, 1) == 'u' ? 4 : at_or_nul(text, 1) == 'x' ? 2 : 0;
    if (digits == 0) return std::string_view("nrt/\"\\'bf").find(at_or_nul(text, 1)) != std::string_view::npos && text.size() > 1 ? 2 : 0;
    for (std::size_t at = 2; at < 2 + digits; ++at)
        if (!is_hex(at_or_nul(text, at))) return 0;
    return 2 + digits;
}
// A whole text in percent escapes: nothing in it that an encoder would not leave, and what stood between its words.
bool is_percent_file(std::string_view probe) {
    std::size_t escapes = 0;
    std::size_t spaces = 0;
    for (std::size_t at = 0; at < probe.size(); ++at) {
        const char c = probe[at];
        if (c == '%') {
            if (at + 2 >= probe.size()) break;
            if (!is_hex(probe[at + 1]) || !is_hex(probe[at + 2])) return false;
            ++escapes;
            spaces += (probe[at + 1] == '2' && probe[at + 2] == '0') || (probe[at + 1] == '0' && (probe[at + 2] | 0x20) == 'a');
            at += 2;
        } else if (!is_letter(c) && !is_digit(c) && std::string_view("_.~/-").find(c) == std::string_view::npos) {
            return false;
        }
    }
    return escapes >= 8 && spaces >= 4;
}
// Every "=" starts an escape or ends a line, and there are enough of them: where no line ends so, "id=34637" is none. In a
// mail as it was sent, some "=" of its own header does not.
bool is_quoted_file(std::string_view probe) {
    std::size_t escapes = 0;
    std::size_t lettered = 0;  // "=3D", "=E9"; "=34" may be the start of a number
    std::size_t equals = 0;
    std::size_t soft = 0;
    for (std::size_t at = probe.find('='); at != std::string_view::npos && at + 2 < probe.size(); at = probe.find('=', at + 1)) {
        if (is_line_end(probe[at + 1])) {
            ++soft;
            continue;
        }
        if (!is_upper_hex(probe[at + 1]) || !is_upper_hex(probe[at + 2])) return false;
        ++escapes;
        lettered += probe[at + 1] >= 'A' || probe[at + 2] >= 'A';
        equals += probe[at + 1] == '3' && probe[at + 2] == 'D';
    }
    if (escapes == 0 || (soft == 0 && lettered < 4)) return false;
    const bool is_mail = probe.starts_with("From ") || probe.substr(0, probe.find('\n')).find(": ") != std::string_view::npos;
    if (is_mail && equals == 0) return false;
    // Lines of 76 letters and no more (RFC 2045 section 6.7, rule 5), but for a few of careless writers.
    std::size_t line_at = 0;
    for (std::size_t end = probe.find('\n'); end != std::string_view::npos; end = probe.find('\n', line_at)) {
        if (end - line_at > 80) return false;
        line_at = end + 1;
    }
    return true;
}

Writing writing_of(ByteView bytes) {
    const std::string_view text = text_of(bytes);
    if (text.size() < size_min) return Writing::none;
    const std::string_view probe = text.substr(0, probe_max);
    const bool is_whole = probe.size() == text.size();
    Budget budget;
    const char first = text[0];
    if (first == '&' && is_covered(probe, reference_size)) return Writing::references;
    if ((first == '\\' || (first == '"' && text[1] == '\\')) && is_covered(probe, escape_size)) return Writing::escapes;
    if (is_hex(first)) {
        const std::string_view line = text.substr(0, std::min(text.find('\n'), std::size_t{400}));
        if (dump_row_of(line).count > 0) {
            const std::string_view next = text.substr(std::min(line.size() + 1, text.size()));
            if (dump_row_of(next.substr(0, std::min(next.find('\n'), std::size_t{400}))).count > 0 || next.starts_with('*')) return Writing::hexdump;
        }
        if (is_hex(text[1]) && is_hex_file(probe, is_whole, budget)) return Writing::hex;
    }
    if (is_base64(first) && is_base64(text[1]) && is_base64_file(probe, is_whole, budget)) return Writing::base64;
    if (probe.find_first_of(" \n:@") == std::string_view::npos && is_percent_file(probe)) return Writing::percent;
    return is_quoted_file(text.substr(0, quoted_probe_max)) ? Writing::quoted : Writing::none;
}
}  // namespace

bool looks_like_encoded(ByteView bytes, const Hints&) { return writing_of(bytes) != Writing::none; }

namespace {
Decoded decode_as(Writing writing, ByteView bytes, Budget& budget) {
    switch (writing) {
        case Writing::none: break;
        case Writing::base64: return decode_base64(bytes, budget);
        case Writing::hex: return decode_hex(bytes, budget);
        case Writing::hexdump: return decode_hexdump(bytes, budget);
        case Writing::quoted: return decode_quoted_printable(bytes, budget);
        case Writing::references: return decode_references(bytes, budget);
        case Writing::percent: return decode_percent(bytes, budget);
        case Writing::escapes: return decode_escapes(bytes, budget);
    }
    return {};
}
}  // namespace

void open_encoded(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    Hints inside = hints;
    inside.is_file = false;
    inside.charset.clear();
    std::uint64_t at = 0;
    while (at < bytes.size()) {
        // Behind a block there may be one more, or text.
        Decoded child = decode_as(writing_of(bytes.subspan(at)), bytes.subspan(at), budget);
        if (child.bytes.empty() || !budget.take_items(1)) {
            if (child.damage.ends_with("budget")) visitor.unread(at, child.decoder, child.damage);
            break;
        }
        const std::uint64_t end = at + std::max<std::uint64_t>(child.size_in, 1);
        child.offset = at;
        visitor.decoded(std::move(child), inside, false);
        for (at = end; at < bytes.size() && is_line_end(static_cast<char>(bytes[at]));) ++at;
    }
    if (at < bytes.size()) visitor.window(at, bytes.size(), hints, true);
}

DumpRow dump_row_of(std::string_view line) {
    DumpRow row;
    std::size_t at = 0;
    while (at < line.size() && is_hex(line[at])) ++at;
    if (at < 4 || at > 16) return {};
    row.offset = line.substr(0, at);
    const bool is_xxd = at_or_nul(line, at) == ':';
    if (is_xxd) ++at;
    while (at < line.size() && line[at] == ' ') {
        std::size_t digits_at = at;
        while (at_or_nul(line, digits_at) == ' ') ++digits_at;
        if (is_xxd && row.count > 0 && digits_at > at + 1) break;  // the letters of xxd stand behind two spaces
        std::size_t end = digits_at;
        while (is_hex(at_or_nul(line, end))) ++end;
        const std::size_t digits = end - digits_at;
        const char after = at_or_nul(line, end);
        const bool is_group = is_xxd ? digits % 2 == 0 && digits >= 2 && digits <= 64 : digits == 2;
        if (!is_group || (after != '\0' && after != ' ' && after != '\r')) break;
        if (row.count + digits / 2 > std::size(row.bytes)) return {};
        const auto value = [](char c) { return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; };
        for (std::size_t i = digits_at; i < end; i += 2) row.bytes[row.count++] = static_cast<std::byte>(value(line[i]) * 16 + value(line[i + 1]));
        at = end;
    }
    // Behind the bytes stand their letters between "|" or ">" and "<", or after two spaces, or nothing.
    while (at_or_nul(line, at) == ' ') ++at;
    const char mark = at_or_nul(line, at);
    if (!is_xxd && mark != '\0' && mark != '\r' && mark != '|' && mark != '>') return {};
    return row;
}

Decoded decode_hexdump(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "hexdump";
    const std::string_view text = text_of(source);
    DumpRow last;
    bool has_star = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, std::min<std::size_t>(end - at, 512));
        const std::size_t next = std::min(end + 1, text.size());
        if (!budget.take_steps(end - at + 1)) {
            out.damage = "hexdump: over the budget";
            break;
        }
        const bool is_star = line.starts_with('*') && line.size() <= 2 && last.count > 0;
        const DumpRow row = is_star ? DumpRow{} : dump_row_of(line);
        const bool is_last = !is_star && row.count == 0 && last.count > 0 && !line.empty() && line.size() <= 17 && std::all_of(line.begin(), line.end(), [](char c) { return is_hex(c) || c == '\r' || c == ':'; });
        if (!is_star && row.count == 0 && !is_last) break;
        if (has_star && (row.count > 0 || is_last)) {
            // The offsets say how often the row stood there: hexadecimal, or octal where they are of od.
            const std::string digits(is_last ? line.substr(0, line.find_first_of("\r:")) : row.offset);
            const std::uint64_t sixteen = std::strtoull(digits.c_str(), nullptr, 16);
            const std::uint64_t eight = digits.find_first_of("89abcdefABCDEF") == std::string::npos ? std::strtoull(digits.c_str(), nullptr, 8) : 0;
            const std::uint64_t upto = digits.size() == 7 && eight > out.bytes.size() ? eight : sixteen;
            while (out.bytes.size() + last.count <= upto && budget.take_bytes(last.count)) out.bytes.insert(out.bytes.end(), last.bytes, last.bytes + last.count);
        }
        has_star = is_star;
        if (row.count > 0) {
            if (!budget.take_bytes(row.count)) {
                out.damage = "hexdump: over the budget";
                break;
            }
            out.map.add(out.bytes.size(), at, OffsetMap::Run::made);
            out.bytes.insert(out.bytes.end(), row.bytes, row.bytes + row.count);
            last = row;
        }
        at = next;
        out.size_in = next;
    }
    return out;
}

Decoded decode_escapes(ByteView source, Budget& budget) {
    static constexpr std::string_view letters = "nrt/\"\\'bf";
    static constexpr std::string_view meant = "\n\r\t/\"\\'\b\f";
    return rewritten("escapes", "\\", source, budget, [](std::string_view text, std::size_t at, std::string& made) {
        const std::size_t size = escape_size(text.substr(at));
        if (size == 2) {
            made.push_back(meant[letters.find(text[at + 1])]);
            return size;
        }
        if (size == 0) return size;
        const auto number = [&](std::size_t from, std::size_t digits) { return static_cast<char32_t>(std::strtoul(std::string(text.substr(from, digits)).c_str(), nullptr, 16)); };
        if (size == 4) {
            made.push_back(static_cast<char>(number(at + 2, 2)));
            return size;
        }
        const char32_t unit = number(at + 2, 4);
        if (unit >= 0xd800 && unit < 0xdc00 && text.substr(at + 6, 2) == "\\u" && escape_size(text.substr(at + 6)) == 6) {
            const char32_t low = number(at + 8, 4);
            if (low >= 0xdc00 && low < 0xe000) {
                append_utf8(made, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                return std::size_t{12};
            }
        }
        append_utf8(made, unit);
        return size;
    });
}

Decoded decode_xor(ByteView source, std::uint8_t key, Budget& budget) {
    Decoded out;
    out.decoder = fmt::format("xor:{:02x}", key);
    if (!budget.take_steps(source.size()) || !budget.take_bytes(source.size())) {
        out.damage = "xor: over the budget";
        return out;
    }
    out.size_in = source.size();
    out.bytes = to_bytes(source);
    for (std::byte& byte : out.bytes) byte ^= static_cast<std::byte>(key);
    return out;
}

}  // namespace plumbline::formats
