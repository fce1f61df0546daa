// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include "base/time.h"
#include "reports/schema/schema.h"

namespace plumbline::reports {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !is_hex(text[i])) return false;
    return true;
}

// RFC 5321 section 4.1.2, without quoted local parts.
bool is_email(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 320) return false;
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '<' || c == '>' || c == ',') return false;
    return text.find('@') == at;
}

// RFC 1123 section 2.1.
bool is_hostname(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > 253) return false;
    std::size_t label = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == '.') {
            if (label == 0 || label > 63 || text[i - 1] == '-') return false;
            label = 0;
            continue;
        }
        if (!is_letter(text[i]) && !is_digit(text[i]) && !(text[i] == '-' && label > 0)) return false;
        ++label;
    }
    return true;
}

bool is_address(std::string_view text, int family) {
    unsigned char bytes[16];
    return text.size() < 46 && text.find('\0') == std::string_view::npos && inet_pton(family, std::string(text).c_str(), bytes) == 1;
}

// RFC 3986: a scheme, then no space or control letter. Letters beyond ASCII are let through: many write addresses as they show.
bool is_uri(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_letter(text[0])) return false;
    for (std::size_t i = 1; i < colon; ++i)
        if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '+' && text[i] != '-' && text[i] != '.') return false;
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '<' || c == '>' || c == '"') return false;
    return colon + 1 < text.size();
}

}  // namespace

bool fits_format(std::string_view format, std::string_view text) {
    if (format == "uuid") return is_uuid(text);
    if (format == "date-time") return instant_from(text).has_value();
    if (format == "date") return day_from(text).has_value();
    if (format == "email") return is_email(text);
    if (format == "hostname") return is_hostname(text);
    if (format == "ipv4") return is_address(text, AF_INET);
    if (format == "ipv6") return is_address(text, AF_INET6);
    if (format == "uri") return is_uri(text);
    return true;
}

std::string pointer_to(std::string_view pointer, std::string_view name) {
    std::string out(pointer);
    out += '/';
    for (const char c : name) {
        if (c == '~') out += "~0";
        else if (c == '/') out += "~1";
        else out += c;
    }
    return out;
}

}  // namespace plumbline::reports
