// SPDX-License-Identifier: Apache-2.0
// Names of machines and programs: MAC addresses (EUI-48, IEEE 802) in their three writings, and the programs that header
// fields name.
#include <algorithm>

#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t mac_size = 17;  // six pairs and five separators

bool add_mac(Scene& scene, std::size_t begin, char separator) {
    if (begin + mac_size > scene.text.size()) return false;
    const std::string_view written = scene.text.substr(begin, mac_size);
    for (std::size_t i = 0; i < mac_size; ++i)
        if (i % 3 == 2 ? written[i] != separator : !is_hex(written[i])) return false;
    std::string value = lowered(written);
    // One pair more on either side makes it something else: a fingerprint, an EUI-64, an IPv6 address.
    const char before = scene.before(begin);
    const char after = scene.at(begin + mac_size);
    if (is_alnum(before) || before == separator || before == '_' || before == '.' || is_alnum(after) || after == '_') return false;
    if (after == separator && is_alnum(scene.at(begin + mac_size + 1))) return false;
    for (std::size_t i = 2; i < mac_size; i += 3) value[i] = ':';
    if (value == "00:00:00:00:00:00" || value == "ff:ff:ff:ff:ff:ff") return false;
    // Numbers alone may be a time or an account; a machine's address has a letter but once in seventeen.
    if (separator == '-' && std::none_of(value.begin(), value.end(), is_letter)) return false;
    scene.add(IndicatorKind::mac, begin, begin + mac_size, std::move(value));
    return true;
}

constexpr std::size_t agent_max = 512;
// A field name, a colon: does the line at `at` look like one of a header?
bool is_header_line(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && end - at < 64 && (is_alnum(text[end]) || text[end] == '-')) ++end;
    return end > at + 1 && end < text.size() && text[end] == ':';
}
}  // namespace

void scan_mac_colon(Scene& scene, std::size_t colon) {
    if (colon < 2 || scene.at(colon + 3) != ':' || !is_hex(scene.text[colon - 1]) || !is_hex(scene.text[colon - 2])) return;
    if (colon >= 3 && scene.text[colon - 3] == ':') return;
    add_mac(scene, colon - 2, ':');
}

void scan_mac_digits(Scene& scene, std::size_t digits) {
    if (digits < scene.cursor.mac_done) return;
    const bool is_first = scene.at(digits + 2) == '-';
    const bool is_second = scene.at(digits + 1) == '-' && is_hex(scene.before(digits));
    if (!is_first && !is_second && scene.before(digits) != '-') return;
    // The pair of this digit, then back over whole pairs, at most five.
    std::size_t begin = is_second && !(is_first && !is_hex(scene.before(digits))) ? digits - 1 : digits;
    for (unsigned pairs = 0; pairs < 5; ++pairs) {
        if (begin < 3 || scene.text[begin - 1] != '-' || !is_hex(scene.text[begin - 2]) || !is_hex(scene.text[begin - 3])) break;
        begin -= 3;
    }
    if (add_mac(scene, begin, '-')) scene.cursor.mac_done = begin + mac_size;
}

// "0011.22ab.33cd" at its first dot.
void scan_mac_dot(Scene& scene, std::size_t dot) {
    if (dot < 4 || scene.at(dot + 5) != '.' || dot + 10 > scene.text.size()) return;
    const std::size_t begin = dot - 4;
    if (!is_hex(scene.text[begin]) || !is_hex(scene.text[dot + 9])) return;
    const std::string word = lowered(scene.text.substr(begin, 14));
    std::string value;
    for (std::size_t i = 0; i < 14; ++i) {
        if (i == 4 || i == 9) continue;
        if (!is_hex(word[i])) return;
        if (!value.empty() && value.size() % 3 == 2) value.push_back(':');
        value.push_back(word[i]);
    }
    const char before = scene.before(begin);
    const char after = scene.at(begin + 14);
    if (is_alnum(before) || before == '.' || before == '-' || before == '_' || is_alnum(after) || after == '-' || after == '_') return;
    if (after == '.' && is_alnum(scene.at(begin + 15))) return;
    if (std::none_of(value.begin(), value.end(), is_letter) || std::none_of(value.begin(), value.end(), is_digit) || value == "ff:ff:ff:ff:ff:ff") return;
    scene.add(IndicatorKind::mac, begin, begin + 14, std::move(value));
}

void scan_user_agent(Scene& scene, std::size_t colon) {
    const std::string_view text = scene.text;
    static constexpr std::string_view fields[] = {"user-agent", "x-mailer"};
    for (const std::string_view field : fields) {
        if (colon < field.size() || to_lower(text[colon - 1]) != field.back()) continue;
        const std::size_t line = colon - field.size();
        if ((line > 0 && text[line - 1] != '\n') || lowered(text.substr(line, field.size())) != field) continue;
        std::size_t begin = colon + 1;
        while (scene.at(begin) == ' ' || scene.at(begin) == '\t') ++begin;
        std::size_t end = begin;
        while (end < text.size() && end - begin < agent_max && text[end] != '\n' && text[end] != '\r') ++end;
        // In a header a neighbour is a field too, the request line of HTTP, or a folded line.
        const std::size_t next = text.find('\n', end) == std::string_view::npos ? text.size() : text.find('\n', end) + 1;
        std::size_t previous = line > 0 ? line - 1 : 0;
        while (previous > 0 && line - previous < 1000 && text[previous - 1] != '\n') --previous;
        const bool is_request = text.substr(previous, line - previous).find(" HTTP/1.") != std::string_view::npos;
        if (!is_header_line(text, next) && !(line > 0 && is_header_line(text, previous)) && !is_request) return;
        while (end > begin && is_blank(text[end - 1])) --end;
        if (end < begin + 3) return;
        return scene.add(IndicatorKind::user_agent, begin, end, std::string(text.substr(begin, end - begin)));
    }
}

}  // namespace plumbline::evidence
