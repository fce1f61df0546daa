// SPDX-License-Identifier: Apache-2.0
#include "formats/text/writing.h"

#include <algorithm>

#include "formats/html/html.h"
#include "formats/text/rewritten.h"

namespace plumbline::formats {

namespace {
bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char at_or_nul(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }
bool is_name_byte(char c) { return is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 || c == '-' || c == '_'; }
bool is_open(char c) { return c == '[' || c == '(' || c == '{'; }
bool is_close(char c) { return c == ']' || c == ')' || c == '}'; }
int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
    return -1;
}
Meant meant(std::size_t size, std::string_view text) {
    Meant out;
    out.size = size;
    text.copy(out.text, 3);
    return out;
}

struct Core {
    std::string_view written;
    std::string_view means;
};
constexpr Core cores[] = {{".", "."}, {"dot", "."}, {"@", "@"}, {"at", "@"}, {"://", "://"}, {":", ":"}, {"/", "/"}, {"punkt", "."}};

// "[.]", "( dot )", "{at}", "[:]//", and "[.com" where the other bracket is missing. `from` is behind a space, if one was.
Meant bracketed(std::string_view text, std::size_t at, std::size_t open) {
    const auto behind_spaces = [&](std::size_t from) {
        std::size_t to = from;
        while (to < from + 3 && at_or_nul(text, to) == ' ') ++to;
        return to;
    };
    const std::size_t core_at = behind_spaces(open + 1);
    for (const Core& core : cores) {
        bool is_it = text.size() - std::min(core_at, text.size()) >= core.written.size();
        for (std::size_t i = 0; is_it && i < core.written.size(); ++i) is_it = lower(text[core_at + i]) == core.written[i];
        if (!is_it) continue;
        std::size_t end = core_at + core.written.size();
        if (is_close(at_or_nul(text, behind_spaces(end)))) end = behind_spaces(end);
        const bool is_closed = is_close(at_or_nul(text, end));
        if (is_closed) ++end;
        else if (core.written != "." || open != at || core_at != open + 1) continue;
        if (at != open) end = behind_spaces(end);
        const char before = at > 0 ? text[at - 1] : '\0';
        const char after = at_or_nul(text, end);
        const bool is_joint = core.means == "." || core.means == "@";
        if (is_joint && !((is_name_byte(before) || is_close(before) || before == '.') && (is_name_byte(after) || is_open(after) || after == '.'))) continue;
        if (!is_joint && (!is_name_byte(before) && !is_close(before))) continue;
        return meant(end - at, core.means);
    }
    return {};
}

// Full-width forms (U+FF01 to U+FF5E), other full stops, and letters without width.
Meant wide(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(at_or_nul(text, at + i)); };
    if (byte(0) == 0xc2 && byte(1) == 0xad) return meant(2, "");
    if (byte(0) == 0xe2 && byte(1) == 0x80 && byte(2) >= 0x8b && byte(2) <= 0x8d) return meant(3, "");
    if (byte(0) == 0xe2 && byte(1) == 0x80 && byte(2) == 0xa4) return meant(3, ".");
    if (byte(0) == 0xe2 && byte(1) == 0x81 && byte(2) == 0xa0) return meant(3, "");
    if (byte(0) == 0xe3 && byte(1) == 0x80 && byte(2) == 0x82) return meant(3, ".");
    if (byte(0) != 0xef) return {};
    if (byte(1) == 0xbb && byte(2) == 0xbf) return meant(3, "");
    if (byte(1) == 0xbd && byte(2) == 0xa1) return meant(3, ".");
    const char plain = byte(1) == 0xbc && byte(2) >= 0x81 && byte(2) <= 0xbf ? static_cast<char>(byte(2) - 0x60)
                     : byte(1) == 0xbd && byte(2) >= 0x80 && byte(2) <= 0x9e ? static_cast<char>(byte(2) - 0x20)
                                                                             : '\0';
    return plain == '\0' ? Meant{} : meant(3, std::string_view(&plain, 1));
}
// "http://a.example/x", a letter without width, "http://b.example/": it parts two URLs, and what is hidden is not in it.
bool starts_url(std::string_view rest) {
    for (const std::string_view scheme : {"http://", "https://", "ftp://", "hxxp://", "hxxps://"})
        if (rest.size() >= scheme.size() && std::equal(scheme.begin(), scheme.end(), rest.begin(), [](char a, char b) { return a == lower(b); })) return true;
    return false;
}
}  // namespace

Meant disarmed_at(std::string_view text, std::size_t at) {
    const char c = text[at];
    const char before = at > 0 ? text[at - 1] : '\0';
    const char after = at_or_nul(text, at + 1);
    if (is_open(c)) return bracketed(text, at, at);
    if (c == ' ' && before != ' ') {
        std::size_t open = at + 1;
        while (open < at + 3 && at_or_nul(text, open) == ' ') ++open;
        if (is_open(at_or_nul(text, open))) return bracketed(text, at, open);
        // "http:// example.com": the space belongs to nothing.
        if (open == at + 1 && at > 3 && text.substr(at - 3, 3) == "://" && is_alnum(text[at - 4])) {
            std::size_t end = open;
            while (end < text.size() && end - open < 64 && is_name_byte(text[end])) ++end;
            const bool is_host = end > open && (at_or_nul(text, end) == '.' || is_open(at_or_nul(text, end)));
            if (is_host) return meant(1, "");
        }
    }
    if (c == '.' && is_close(after) && is_name_byte(before) && is_alnum(at_or_nul(text, at + 2))) return meant(2, ".");
    if (c == '\\' && after == '.' && is_alnum(before) && is_alnum(at_or_nul(text, at + 2))) return meant(2, ".");
    const bool is_slashes = (after == '\\' || after == '_') && at_or_nul(text, at + 2) == after;
    if (c == ':' && is_slashes && (lower(before) == 'p' || lower(before) == 's')) return meant(3, "://");
    if (static_cast<unsigned char>(c) < 0xc2) return {};
    const Meant found = wide(text, at);
    return found.size > 0 && found.text[0] == '\0' && starts_url(text.substr(at + found.size)) ? Meant{} : found;
}

Decoded decode_plain(ByteView source, Budget& budget) {
    static constexpr std::string_view starts = "[({ .\\:\xc2\xe2\xe3\xef";
    return rewritten("plain", starts, source, budget, [](std::string_view text, std::size_t at, std::string& made) {
        const Meant found = disarmed_at(text, at);
        made += found.text;
        return found.size;
    });
}

Decoded decode_percent(ByteView source, Budget& budget) {
    return rewritten("percent", "%", source, budget, [](std::string_view text, std::size_t at, std::string& made) {
        const int high = hex_value(at_or_nul(text, at + 1));
        const int low = hex_value(at_or_nul(text, at + 2));
        if (high < 0 || low < 0) return std::size_t{0};
        made.push_back(static_cast<char>(high * 16 + low));
        return std::size_t{3};
    });
}

Decoded decode_references(ByteView source, Budget& budget) {
    return rewritten("entities", "&", source, budget,
                     [](std::string_view text, std::size_t at, std::string& made) { return character_reference(text.substr(at), false, made); });
}

Decoded decode_hex(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "hex";
    const std::string_view text = text_of(source);
    if (!budget.take_steps(text.size()) || !budget.take_bytes(text.size() / 2)) {
        out.damage = "hex: over the budget";
        return out;
    }
    out.bytes.reserve(text.size() / 2);
    for (std::size_t at = 0; at < text.size();) {
        // Pairs stand side by side, or with white space between two of them.
        std::size_t pair = at;
        while (pair < text.size() && pair - at < 4 && (text[pair] == ' ' || text[pair] == '\n' || text[pair] == '\r')) ++pair;
        const int high = hex_value(at_or_nul(text, pair));
        const int low = hex_value(at_or_nul(text, pair + 1));
        if (high < 0 || low < 0) break;
        out.map.add(out.bytes.size(), pair, OffsetMap::Run::wide);
        out.bytes.push_back(static_cast<std::byte>(high * 16 + low));
        at = pair + 2;
        out.size_in = at;
    }
    return out;
}

}  // namespace plumbline::formats
