// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include <algorithm>

#include "evidence/scanners/host.h"

namespace plumbline::evidence {

namespace {
bool is_address_letter(char c) { return is_hex(c) || c == ':' || c == '.'; }
}  // namespace

std::optional<std::string> normal_ipv6(std::string_view text) {
    if (text.size() > 45) return std::nullopt;
    in6_addr address{};
    const std::string terminated(text);
    if (inet_pton(AF_INET6, terminated.c_str(), &address) != 1) return std::nullopt;
    // inet_ntop writes what RFC 5952 asks for: lower case, no leading zeros, the first longest run of two zero groups or
    // more shortened. (One zero group stays, as in its section 4.2.2.)
    char out[INET6_ADDRSTRLEN];
    if (!inet_ntop(AF_INET6, &address, out, sizeof out)) return std::nullopt;
    return std::string(out);
}

void scan_ipv6(Scene& scene, std::size_t colon) {
    if (colon < scene.cursor.ipv6_done) return;
    const std::string_view text = scene.text;
    if (!is_hex(scene.at(colon + 1)) && scene.at(colon + 1) != ':') return;
    std::size_t begin = colon;
    while (begin > 0 && colon - begin < 5 && is_hex(text[begin - 1])) --begin;
    std::size_t end = colon;
    std::size_t colons = 0;
    bool is_short = false;
    for (; end < text.size() && is_address_letter(text[end]); ++end) {
        if (text[end] != ':') continue;
        ++colons;
        is_short |= end > colon && text[end - 1] == ':';
    }
    scene.cursor.ipv6_done = end;
    while (end > begin && (text[end - 1] == '.' || (text[end - 1] == ':' && (end < begin + 2 || text[end - 2] != ':')))) colons -= text[--end] == ':';
    const char before = scene.before(begin);
    const char after = scene.at(end);
    if (colons < 2 || (!is_short && colons < 6)) return;  // a time of day
    if (end - begin > 45 || is_alnum(before) || before == '_' || before == '.' || is_alnum(after) || after == '_') return;
    const std::string_view name = text.substr(begin, end - begin);
    // "a::b" is C++ and "12::30" a typing error; an address has a digit and at least two groups.
    const auto digits = std::count_if(name.begin(), name.end(), is_digit);
    if (digits == 0 || (colons == 2 && name.starts_with("::") && name != "::1") || name.size() < 3) return;
    if (is_short && colons < 3 && name.size() < 6 && name != "::1") return;
    if (std::optional<std::string> value = normal_ipv6(name)) scene.add(IndicatorKind::ipv6, begin, end, std::move(*value));
}

}  // namespace plumbline::evidence
