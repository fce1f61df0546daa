// SPDX-License-Identifier: Apache-2.0
// Host names: which stretch of bytes is one, whether its ending is one that exists, and its normal form.
#pragma once
#include <optional>

#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

// Lower case, IDN labels in punycode (UTS 46, ICU), no final dot. Empty where it is not a host name (RFC 1123 section
// 2.1: labels of 1 to 63 letters, digits and inner hyphens, 253 in all) or its top label is not in the Public Suffix List.
// `host` is a part of the scene's text, and so is the normal form, or it stands in the memo's room.
std::string_view host_name(Scene& scene, std::string_view host);
// Four decimal numbers up to 255 without leading zeros; the first is not 0.
bool is_ipv4(std::string_view text);
// Groups as in RFC 4291 section 2.2; the value is the form of RFC 5952.
std::optional<std::string> normal_ipv6(std::string_view text);
// ASCII form of an internationalised name, lower case; empty where it is none.
std::string ascii_host(std::string_view host);

std::size_t wide_label_bytes_at(std::string_view text, std::size_t at);  // where `at` is in the text and no letter of ASCII
// How many bytes at `at` (or, for the left one, ending at `at`) can be part of a host label: one for a letter, digit or
// hyphen, two for a letter of a two-byte UTF-8 script (Latin, Greek, Cyrillic ...), 0 for anything else. Scripts that are
// written without spaces have three bytes: they end a name instead of joining it.
inline std::size_t label_bytes_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return 0;
    const char c = text[at];
    if (is_alnum(c) || c == '-') return 1;
    return static_cast<unsigned char>(c) < 0xc3 ? 0 : wide_label_bytes_at(text, at);
}
inline std::size_t label_bytes_before(std::string_view text, std::size_t at) {
    if (at == 0) return 0;
    const char c = text[at - 1];
    if (is_alnum(c) || c == '-') return 1;
    return static_cast<unsigned char>(c) >= 0x80 && at >= 2 && label_bytes_at(text, at - 2) == 2 ? 2 : 0;
}

void prepare_hosts();

}  // namespace plumbline::evidence
