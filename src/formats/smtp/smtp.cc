// SPDX-License-Identifier: Apache-2.0
#include "formats/smtp/smtp.h"

#include <algorithm>
#include <charconv>

#include "formats/mail/mail.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t turn_bytes_max = 4096;  // before a side turns to TLS

bool starts_like(std::string_view text, std::string_view upper) {
    if (text.size() < upper.size()) return false;
    for (std::size_t i = 0; i < upper.size(); ++i) {
        const char c = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 32) : text[i];
        if (c != upper[i]) return false;
    }
    return true;
}
std::size_t line_end(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size() - 1) + 1; }

// Where lines that start with a dot stand, and where the one with a dot alone ends them.
struct Dotted {
    std::size_t content_end = 0;
    std::size_t end = 0;
    bool has_doubled = false;
    bool is_complete = false;
};
Dotted dotted_from(std::string_view text, std::size_t at) {
    Dotted out;
    for (std::size_t line = at; line < text.size(); line = line_end(text, line)) {
        if (text[line] != '.') continue;
        const std::string_view rest = text.substr(line, 3);
        if (rest.starts_with(".\r\n") || rest.starts_with(".\n")) {
            out.content_end = line;
            out.end = line_end(text, line);
            out.is_complete = true;
            return out;
        }
        out.has_doubled = true;
    }
    out.content_end = out.end = text.size();
    return out;
}

// Lines that end with a dot, from `at`: a mail, as it stands or with its dots taken away.
void give_mail(std::string_view text, std::size_t at, const Dotted& dotted, Budget& budget, Visitor& visitor, std::string_view format) {
    if (!dotted.is_complete) visitor.unread(at, "", fmt::format("{}: cut short in a mail", format));
    if (!budget.take_items(1)) return visitor.unread(at, "", fmt::format("{}: over the budget of items", format));
    Hints hints;
    hints.media_type = "message/rfc822";
    if (!dotted.has_doubled) {
        if (at < dotted.content_end) visitor.window(at, dotted.content_end, hints, false);
        return;
    }
    Decoded child = decode_dots(view(text.substr(at)), budget);
    child.offset = at;
    if (!child.damage.empty()) visitor.unread(at, "dots", child.damage);
    if (!child.bytes.empty()) visitor.decoded(std::move(child), hints, false);
}
bool turns_to_tls(std::string_view text, std::size_t at) {
    return text.size() - at >= 3 && text[at] == '\x16' && text[at + 1] == '\x03' && text[at + 2] >= 0 && text[at + 2] <= 4;
}
std::size_t turn_of(std::string_view text) {
    const std::string_view start = text.substr(0, turn_bytes_max);
    // Line ends are many, the first byte of a record is rare.
    for (std::size_t at = 1; (at = start.find("\x16\x03", at)) != npos; ++at)
        if (text[at - 1] == '\n' && turns_to_tls(text, at)) return at;
    return npos;
}
void own(Visitor& visitor, std::size_t begin, std::size_t end) {
    if (begin < end) visitor.window(begin, end, {}, true);
}
}  // namespace

Decoded decode_dots(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "dots";
    const std::string_view text = text_of(source);
    const Dotted dotted = dotted_from(text, 0);
    out.size_in = dotted.end;
    if (!budget.take_bytes(dotted.content_end)) {
        out.damage = "dots: over the budget of decoded bytes";
        return out;
    }
    for (std::size_t line = 0; line < dotted.content_end;) {
        const std::size_t next = std::min(line_end(text, line), dotted.content_end);
        if (text[line] == '.') ++line;
        out.map.add(out.bytes.size(), line, OffsetMap::Run::same);
        append(out.bytes, text.substr(line, next - line));
        line = next;
    }
    return out;
}

bool looks_like_smtp(ByteView bytes, const Hints&) {
    const std::string_view text = text_of(bytes);
    if (text.size() < 6 || (text[0] | 32) < 'e' || (text[0] | 32) > 'm') return false;
    const bool is_command = starts_like(text, "EHLO ") || starts_like(text, "HELO ") || starts_like(text, "LHLO ") || starts_like(text, "MAIL FROM:");
    return is_command && text.substr(0, 1024).find('\n') != npos;
}

void open_smtp(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    const std::string_view text = text_of(bytes);
    if (!budget.take_steps(2 * bytes.size())) return visitor.unread(0, "", "smtp: over the budget of steps");
    std::size_t said = 0;  // commands since here are not given yet
    for (std::size_t line = 0; line < text.size();) {
        if (turns_to_tls(text, line)) {
            own(visitor, said, line);
            return visitor.window(line, text.size(), {}, false);
        }
        const std::string_view command = text.substr(line, 64);
        const std::size_t next = line_end(text, line);
        const bool is_data = starts_like(command, "DATA\r") || starts_like(command, "DATA\n");
        std::uint64_t chunk = 0;
        if (starts_like(command, "BDAT ")) std::from_chars(command.data() + 5, command.data() + command.size(), chunk);
        if (!is_data && chunk == 0) {
            line = next;
            continue;
        }
        own(visitor, said, next);
        Dotted mail;
        if (is_data) mail = dotted_from(text, next);
        else {
            mail.is_complete = chunk <= text.size() - next;
            mail.content_end = mail.end = next + static_cast<std::size_t>(std::min<std::uint64_t>(chunk, text.size() - next));
        }
        give_mail(text, next, mail, budget, visitor, "smtp");
        line = said = std::max(mail.end, next);
    }
    own(visitor, said, text.size());
}

bool looks_like_pop3(ByteView bytes, const Hints&) { return bytes.size() > 4 && text_of(bytes).starts_with("+OK"); }

void open_pop3(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    const std::string_view text = text_of(bytes);
    if (!budget.take_steps(2 * bytes.size())) return visitor.unread(0, "", "pop3: over the budget of steps");
    std::size_t said = 0;
    for (std::size_t line = 0; line < text.size();) {
        if (turns_to_tls(text, line)) {
            own(visitor, said, line);
            return visitor.window(line, text.size(), {}, false);
        }
        const std::size_t next = line_end(text, line);
        // A mail starts with a header field: behind other answers of many lines there is none.
        const std::string_view first = text.substr(next, 200);
        const std::size_t colon = first.find(':');
        const bool is_mail = text.substr(line).starts_with("+OK") && colon != npos && colon > 0 && colon < 64 &&
                             std::all_of(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) { return c > ' ' && c < 127; });
        if (!is_mail) {
            line = next;
            continue;
        }
        own(visitor, said, next);
        const Dotted mail = dotted_from(text, next);
        give_mail(text, next, mail, budget, visitor, "pop3");
        line = said = std::max(mail.end, next);
    }
    own(visitor, said, text.size());
}

bool looks_like_imap(ByteView bytes, const Hints&) {
    const std::string_view text = text_of(bytes);
    return text.starts_with("* OK") || text.starts_with("* PREAUTH");
}

void open_imap(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    const std::string_view text = text_of(bytes);
    if (!budget.take_steps(2 * bytes.size())) return visitor.unread(0, "", "imap: over the budget of steps");
    std::size_t said = 0;
    for (std::size_t line = 0; line < text.size();) {
        if (turns_to_tls(text, line)) {
            own(visitor, said, line);
            return visitor.window(line, text.size(), {}, false);
        }
        const std::size_t next = line_end(text, line);
        // A literal: its size in braces at the end of the line, RFC 9051 section 4.3.
        const std::string_view end = text.substr(line, next - line);
        const std::size_t brace = end.rfind('{');
        std::uint64_t size = 0;
        if (brace != npos && end.ends_with("}\r\n")) std::from_chars(end.data() + brace + 1, end.data() + end.size(), size);
        if (size == 0) {
            line = next;
            continue;
        }
        const std::size_t stop = next + static_cast<std::size_t>(std::min<std::uint64_t>(size, text.size() - next));
        own(visitor, said, next);
        if (!budget.take_items(1)) return visitor.unread(next, "", "imap: over the budget of items");
        if (size > text.size() - next) visitor.unread(next, "", "imap: cut short in a literal");
        if (next < stop) visitor.window(next, stop, {}, false);
        line = said = stop;
    }
    own(visitor, said, text.size());
}

constexpr std::size_t turn_reach = 16 * 1024;  // a conversation turns to TLS early, or is read as its protocol

bool looks_like_starttls(ByteView bytes, const Hints&) {
    const std::string_view text = text_of(bytes.first(std::min(bytes.size(), turn_reach)));
    if (text.size() < 12 || text[0] < ' ' || text[0] > 'z') return false;
    const std::size_t turn = turn_of(text);
    if (turn == npos) return false;
    return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(turn), [](char c) { return c >= ' ' || c == '\r' || c == '\n' || c == '\t'; });
}

void open_starttls(ByteView bytes, const Hints&, Budget&, Visitor& visitor) {
    const std::size_t turn = std::min(turn_of(text_of(bytes.first(std::min(bytes.size(), turn_reach)))), bytes.size());
    own(visitor, 0, turn);
    if (turn < bytes.size()) visitor.window(turn, bytes.size(), {}, false);
}

}  // namespace plumbline::formats
