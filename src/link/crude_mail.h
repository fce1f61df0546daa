// SPDX-License-Identifier: Apache-2.0
// A crude reading of a mail, for tests of linking alone: its text parts decoded, markup dropped, and the URLs, mail
// addresses and sending host that stand in it. The evidence room does this properly; here it must only be independent.
#pragma once
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "model/indicator.h"

namespace plumbline::link::crude {

inline std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return out;
}

inline std::string decode_quoted(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '=') {
            out += text[at];
            continue;
        }
        std::size_t end = at + 1;
        if (end < text.size() && text[end] == '\r') ++end;
        if (end < text.size() && text[end] == '\n') {
            at = end;
            continue;
        }
        const auto byte = from_hex(text.substr(at + 1, 2));
        if (byte && byte->size() == 1) {
            out += static_cast<char>(byte->front());
            at += 2;
        } else {
            out += '=';
        }
    }
    return out;
}

inline std::string decode_base64(std::string_view text) {
    std::string clean;
    for (const char c : text) if (static_cast<unsigned char>(c) > ' ') clean += c;
    while (!clean.empty() && clean.size() % 4 != 0) clean.pop_back();
    const auto bytes = from_base64(clean);
    return bytes ? std::string(text_of(*bytes)) : std::string();
}

inline std::string without_markup(std::string_view html) {
    const std::string low = lower(html);
    std::string out;
    for (std::size_t at = 0; at < html.size();) {
        if (html[at] != '<') {
            out += html[at++];
            continue;
        }
        std::string_view until = ">";
        if (low.compare(at, 6, "<style") == 0) until = "</style>";
        if (low.compare(at, 7, "<script") == 0) until = "</script>";
        if (low.compare(at, 4, "<!--") == 0) until = "-->";
        const std::size_t end = low.find(until, at);
        out += ' ';
        if (end == std::string::npos) break;
        at = end + until.size();
    }
    return out;
}

// The parts of a mail, one after the other, as they are nested: splits at every line that starts with "--" and a
// boundary which some header of the mail has named.
inline void walk(std::string_view mail, std::string& plain, std::string& html, int depth = 0) {
    std::size_t blank = mail.find("\n\n");
    std::size_t skip = 2;
    if (const std::size_t crlf = mail.find("\r\n\r\n"); crlf < blank) {
        blank = crlf;
        skip = 4;
    }
    if (blank == std::string_view::npos || depth > 6) return;
    const std::string head = lower(mail.substr(0, blank));
    const std::string_view body = mail.substr(blank + skip);
    const std::size_t named = head.find("boundary=");
    if (head.find("multipart/") != std::string::npos && named != std::string::npos) {
        std::string_view boundary = mail.substr(named + 9, blank - named - 9);
        const bool is_quoted = boundary.starts_with('"');
        if (is_quoted) boundary.remove_prefix(1);
        boundary = boundary.substr(0, boundary.find_first_of(is_quoted ? "\"" : "; \r\n\t"));
        const std::string mark = "--" + std::string(boundary);
        std::size_t at = body.find(mark);
        while (at != std::string_view::npos) {
            const std::size_t from = body.find('\n', at);
            if (from == std::string_view::npos || body.substr(at + mark.size()).starts_with("--")) return;
            const std::size_t next = body.find(mark, from);
            walk(body.substr(from + 1, next == std::string_view::npos ? next : next - from - 1), plain, html, depth + 1);
            at = next;
        }
        return;
    }
    const std::size_t type = head.find("content-type:");
    const std::string_view media = type == std::string::npos ? std::string_view("text/plain") : std::string_view(head).substr(type, 60);
    if (media.find("text/") == std::string_view::npos) return;
    std::string text(body);
    if (head.find("quoted-printable") != std::string::npos) text = decode_quoted(body);
    if (head.find("encoding: base64") != std::string::npos) text = decode_base64(body);
    (media.find("html") != std::string_view::npos ? html : plain) += text + "\n";
}

inline void add_addresses(std::string_view text, PartEvidence& part) {
    std::set<std::string> seen;
    const auto add = [&part, &seen](IndicatorKind kind, std::string value) {
        if (!seen.insert(value).second) return;
        Sighting sighting;
        sighting.kind = kind;
        sighting.value = std::move(value);
        part.sightings.push_back(std::move(sighting));
    };
    constexpr std::string_view stops = " \t\r\n\"'<>()[]{},;";
    const std::string low = lower(text);
    for (std::size_t at = low.find("http"); at != std::string::npos; at = low.find("http", at + 1)) {
        if (low.compare(at, 7, "http://") != 0 && low.compare(at, 8, "https://") != 0) continue;
        std::size_t host = low.find("://", at) + 3;
        const std::size_t end = std::min(low.find_first_of(stops, at), low.size());
        while (host < end && low[host] != '/' && low[host] != '?') ++host;
        add(IndicatorKind::url, low.substr(at, host - at) + std::string(text.substr(host, end - host)));
    }
    for (std::size_t at = low.find('@'); at != std::string::npos; at = low.find('@', at + 1)) {
        const std::size_t before = low.find_last_of(" \t\r\n\"'<>()[]{},;:=/", at);
        const std::size_t from = before == std::string::npos ? 0 : before + 1;
        std::size_t end = at + 1;
        while (end < low.size() && (std::isalnum(static_cast<unsigned char>(low[end])) != 0 || low[end] == '.' || low[end] == '-')) ++end;
        while (end > at && low[end - 1] == '.') --end;
        if (from < at && low.substr(at, end - at).find('.') != std::string::npos) add(IndicatorKind::email, low.substr(from, end - from));
    }
}

inline PartEvidence read_mail(std::string_view mail) {
    PartEvidence part;
    std::string plain;
    std::string html;
    walk(mail, plain, html);
    part.text = html.empty() ? plain : without_markup(html);
    std::size_t blank = mail.find("\n\n");
    blank = std::min(blank, mail.find("\r\n\r\n"));
    add_addresses(std::string(mail.substr(0, blank)) + "\n" + plain + "\n" + html, part);
    // The addresses in brackets of the Received lines: who handed the mail over.
    const std::string_view head = mail.substr(0, blank);
    for (std::size_t at = head.find_first_of("[("); at != std::string_view::npos; at = head.find_first_of("[(", at + 1)) {
        const std::string_view inner = head.substr(at + 1, head.find_first_of("])", at) - at - 1);
        if (inner.size() < 7 || inner.size() > 15 || inner.find_first_not_of("0123456789.") != std::string_view::npos) continue;
        Sighting sighting;
        sighting.kind = IndicatorKind::ipv4;
        sighting.value = std::string(inner);
        part.sightings.push_back(std::move(sighting));
    }
    return part;
}

}  // namespace plumbline::link::crude
