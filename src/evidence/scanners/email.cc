// SPDX-License-Identifier: Apache-2.0
// Addresses (RFC 5321 section 4.1.2, RFC 5322 section 3.4.1) and message ids (RFC 5322 section 3.6.4) around an '@'.
#include <algorithm>
#include <array>
#include <cstring>

#include "evidence/scanners/host.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t local_max = 64;
constexpr std::size_t message_id_max = 500;

// What a byte may be. Letters that stand in nearly every local part are usual. The others that RFC 5322 allows ("=", "!",
// "#" ...) are more often what an address is glued to, so they count only between angle brackets.
constexpr std::uint8_t usual_bit = 1, allowed_bit = 2, ends_id_bit = 4;
constexpr std::array<std::uint8_t, 256> bytes_of_addresses = [] {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 1; c < 128; ++c) {
        const char letter = static_cast<char>(c);
        if (is_alnum(letter) || std::string_view("._-+'").find(letter) != std::string_view::npos) table[c] = usual_bit | allowed_bit;
        if (std::string_view("!#$%&*/=?^`{|}~").find(letter) != std::string_view::npos) table[c] = allowed_bit;
        if (is_blank(letter) || std::string_view("<>@").find(letter) != std::string_view::npos) table[c] |= ends_id_bit;
    }
    return table;
}();
bool is_of(char c, std::uint8_t bit) { return bytes_of_addresses[static_cast<unsigned char>(c)] & bit; }
bool is_usual(char c) { return is_of(c, usual_bit); }
bool is_allowed(char c) { return is_of(c, allowed_bit); }
bool ends_id(char c) { return is_of(c, ends_id_bit); }

// Header fields whose '@' is in a message id and not in an address.
bool is_message_id_field(std::string_view name) {
    static constexpr std::string_view fields[] = {"message-id", "in-reply-to", "references", "resent-message-id", "x-message-id", "original-message-id", "content-id"};
    return std::any_of(std::begin(fields), std::end(fields), [&](std::string_view field) {
        return field.size() == name.size() && std::equal(name.begin(), name.end(), field.begin(), [](char a, char b) { return to_lower(a) == b; });
    });
}
// The name of the header field that `at` stands in, looking back over folded lines; empty where it is none.
std::string_view field_of(std::string_view text, std::size_t at) {
    std::size_t line_at = at;
    for (unsigned lines = 0; lines < 40; ++lines) {
        const std::size_t floor = line_at > 1000 ? line_at - 1000 : 0;
        const void* found = ::memrchr(text.data() + floor, '\n', line_at - floor);
        line_at = found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1 : floor;
        if (line_at >= text.size() || (line_at == floor && floor > 0)) return {};
        if (text[line_at] != ' ' && text[line_at] != '\t') {
            const std::string_view line = text.substr(line_at, std::min<std::size_t>(40, at - line_at));
            const std::size_t colon = line.find(':');
            return colon == std::string_view::npos ? std::string_view{} : line.substr(0, colon);
        }
        if (line_at == 0) return {};
        --line_at;
    }
    return {};
}

bool scan_message_id(Scene& scene, std::size_t at) {
    const std::string_view text = scene.text;
    std::size_t begin = at;
    while (begin > 0 && at - begin < message_id_max && !ends_id(text[begin - 1])) --begin;
    if (scene.before(begin) != '<' && scene.before(begin) != ' ' && scene.before(begin) != ':') return false;
    const bool is_bracketed = scene.before(begin) == '<';
    std::size_t end = at + 1;
    while (end < text.size() && end - at < message_id_max && !ends_id(text[end])) ++end;
    if (is_bracketed != (scene.at(end) == '>') || begin == at || end == at + 1) return false;
    const std::string_view field = field_of(text, begin);
    if (!is_message_id_field(field)) return false;
    scene.cursor.message_id_begin = begin;
    scene.cursor.message_id_end = end;
    // Names that seemed to stand in its left part are none.
    while (!scene.found->empty() && scene.found->back().begin >= begin) scene.found->pop_back();
    if (to_lower(field[0]) != 'c' && is_bracketed) scene.add_kept(IndicatorKind::message_id, begin, end, text.substr(begin, end - begin));
    return true;
}

// Where the local part starts that ends at `at`; `at` itself where there is none.
std::size_t local_begin(const Scene& scene, std::size_t at) {
    const std::string_view text = scene.text;
    if (scene.before(at) == '"') {
        std::size_t quote = at - 1;
        while (quote > 0 && at - quote < local_max && text[quote - 1] != '"' && text[quote - 1] >= ' ' && text[quote - 1] < 127) --quote;
        if (quote == 0 || quote + 1 >= at || text[quote - 1] != '"') return at;
        // The quote opens where a word may start; the one that ends an attribute's value does not.
        const char before = scene.before(quote - 1);
        return before == '\0' || is_blank(before) || std::string_view("<:,;(>").find(before) != std::string_view::npos ? quote - 1 : at;
    }
    std::size_t begin = at;
    while (begin > 0 && at - begin <= local_max && is_allowed(text[begin - 1])) --begin;
    if (scene.before(begin) != '<' || at - begin > local_max) {
        begin = at;
        while (begin > 0 && at - begin <= local_max && (is_usual(text[begin - 1]) || text[begin - 1] == '&')) {
            // An apostrophe or ampersand joins two letters ("o'neil", "a&b"); elsewhere it is punctuation.
            const char c = text[begin - 1];
            if ((c == '\'' || c == '&') && (c == '&' || begin < 2 || !is_letter(text[begin - 2]) || begin == at)) break;
            --begin;
        }
    }
    // "..", and dots, hyphens and signs at the start, belong to the text before.
    for (std::size_t i = at; i > begin + 1; --i) {
        if (text[i - 1] == '.' && text[i - 2] == '.') {
            begin = i;
            break;
        }
    }
    while (begin < at && (text[begin] == '.' || text[begin] == '-' || text[begin] == '\'' || text[begin] == '+')) ++begin;
    return begin;
}
}  // namespace

void scan_at_sign(Scene& scene, std::size_t at) {
    if (at < scene.cursor.message_id_end || scan_message_id(scene, at)) return;
    const std::string_view text = scene.text;
    const std::size_t begin = local_begin(scene, at);
    if (begin == at || at - begin > local_max || text[at - 1] == '.' || scene.before(begin) == '@') return;
    std::size_t end = at + 1;
    while (end < text.size() && end - at <= 300) {
        const std::size_t size = text[end] == '.' ? label_bytes_at(text, end + 1) : label_bytes_at(text, end);
        if (size == 0) break;
        end += text[end] == '.' ? 1 : size;
    }
    while (end > at + 1 && (text[end - 1] == '-' || text[end - 1] == '.')) --end;
    if (scene.at(end) == '@') return;
    // A sentence may go on without a space: "jo@example.com.Thanks". One label is given back then.
    for (unsigned tries = 0; tries < 2; ++tries) {
        const std::string_view written = text.substr(at + 1, end - at - 1);
        const std::string_view host = host_name(scene, written);
        if (!host.empty()) {
            if (host.data() == written.data() && host.size() == written.size()) return scene.add_kept(IndicatorKind::email, begin, end, text.substr(begin, end - begin));
            const std::size_t local = at + 1 - begin;
            char* value = scene.memo->room(local + host.size());
            std::memcpy(value, text.data() + begin, local);
            std::memcpy(value + local, host.data(), host.size());
            return scene.add_kept(IndicatorKind::email, begin, end, {value, local + host.size()});
        }
        const std::size_t dot = text.substr(at, end - at).rfind('.');
        if (dot == std::string_view::npos || is_lower(scene.at(at + dot + 1))) return;
        end = at + dot;
    }
}

}  // namespace plumbline::evidence
