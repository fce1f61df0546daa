// SPDX-License-Identifier: Apache-2.0
// CVE numbers, signed tokens (RFC 7519), onion names with their checksum (Tor rend-spec-v3 section 6), magnet links.
#include <algorithm>

#include "evidence/scanners/keccak.h"
#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

namespace {
bool is_token_letter(char c) { return is_alnum(c) || c == '-' || c == '_'; }
constexpr std::size_t token_max = 16 * 1024;

// The bytes of Base32 (RFC 4648 section 6) in lower or upper case without padding; empty where a letter is none.
Bytes base32(std::string_view text) {
    Bytes out;
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const char low = to_lower(c);
        const bool is_value = is_lower(low) || (low >= '2' && low <= '7');
        if (!is_value) return {};
        group = (group << 5 | static_cast<std::uint32_t>(is_lower(low) ? low - 'a' : low - '2' + 26)) & 0xffff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::byte>(group >> bits & 0xff));
        }
    }
    return out;
}
bool is_onion_v3(std::string_view label) {
    const Bytes bytes = base32(label);
    if (label.size() != 56 || bytes.size() != 35 || bytes[34] != std::byte{3}) return false;
    Bytes checked = to_bytes(".onion checksum");
    append(checked, ByteView(bytes).first(32));
    checked.push_back(bytes[34]);
    const ByteArray<32> hash = sha3_256(checked);
    return hash[0] == bytes[32] && hash[1] == bytes[33];
}
}  // namespace

void scan_cve(Scene& scene, std::size_t digits) {
    const std::string_view text = scene.text;
    if (digits < 4 || (text[digits - 1] != '-' && text[digits - 1] != ' ') || to_lower(text[digits - 2]) != 'e' || lowered(text.substr(digits - 4, 3)) != "cve") return;
    const std::size_t begin = digits - 4;
    if (is_alnum(scene.before(begin)) || scene.at(digits + 4) != '-') return;
    // A year from 1999 on, then four digits or more (MITRE's syntax of 2014).
    const std::string_view year = text.substr(digits, 4);
    if (!std::all_of(year.begin(), year.end(), is_digit) || year < "1999" || year > "2099") return;
    std::size_t end = digits + 5;
    while (end - digits <= 5 + 19 && is_digit(scene.at(end))) ++end;
    const std::size_t count = end - digits - 5;
    if (count < 4 || count > 19 || is_alnum(scene.at(end)) || scene.at(end) == '_') return;
    std::string value = "CVE-" + std::string(text.substr(digits, end - digits));
    scene.add(IndicatorKind::cve, begin, end, std::move(value));
}

// Three runs of base64url with dots between; the first is JSON that names an algorithm. `dot` is the first dot.
void scan_jwt(Scene& scene, std::size_t dot) {
    const std::string_view text = scene.text;
    if (scene.at(dot + 1) != 'e' || !is_token_letter(scene.before(dot)) || dot < scene.cursor.jwt_done) return;
    std::size_t begin = dot;
    while (begin > scene.cursor.jwt_done && dot - begin < token_max && is_token_letter(text[begin - 1])) --begin;
    const std::size_t head = text.substr(0, dot).find("eyJ", begin);
    if (head == std::string_view::npos) return;
    std::size_t end = dot + 1;
    while (end < text.size() && end - dot < token_max && is_token_letter(text[end])) ++end;
    scene.cursor.jwt_done = end;
    if (scene.at(end) != '.' || end == dot + 1) return;
    const std::size_t signature = ++end;
    while (end < text.size() && end - signature < token_max && is_token_letter(text[end])) ++end;
    scene.cursor.jwt_done = end;
    const Result<Bytes> header = from_base64url(text.substr(head, dot - head));
    const Result<Bytes> claims = from_base64url(text.substr(dot + 1, signature - dot - 2));
    if (!header || !claims || claims->empty() || (*claims)[0] != std::byte{'{'}) return;
    const std::string_view json = text_of(*header);
    if (!json.starts_with('{') || !json.ends_with('}') || json.find("\"alg\"") == std::string_view::npos) return;
    // Only a token that says "none" may go without a signature.
    if (end == signature && lowered(json).find("\"none\"") == std::string::npos) return;
    scene.add(IndicatorKind::jwt, head, end, std::string(text.substr(head, end - head)));
}

void scan_onion(Scene& scene, std::size_t dot) {
    const std::string_view text = scene.text;
    if (to_lower(scene.at(dot + 1)) != 'o' || lowered(text.substr(dot + 1, 5)) != "onion") return;
    const char after = scene.at(dot + 6);
    if (is_alnum(after) || after == '_' || (after == '-' && is_alnum(scene.at(dot + 7))) || (after == '.' && is_alnum(scene.at(dot + 7)))) return;
    std::size_t begin = dot;
    while (begin > 0 && dot - begin <= 56 && (is_alnum(text[begin - 1]))) --begin;
    const std::string_view label = text.substr(begin, dot - begin);
    // Version 2 (until 2021) is a bare hash of 80 bits without a checksum.
    const bool is_v2 = label.size() == 16 && !base32(label).empty();
    if (!is_v2 && !is_onion_v3(label)) return;
    scene.add(IndicatorKind::onion, begin, dot + 6, lowered(label) + ".onion");
}

// "magnet:?...xt=urn:btih:HASH..." (BEP 9); the normal form is the hash alone, in hexadecimal.
void scan_magnet(Scene& scene, std::size_t colon) {
    const std::string_view text = scene.text;
    if (scene.at(colon + 1) != '?' || colon < 6 || lowered(text.substr(colon - 6, 6)) != "magnet") return;
    std::size_t end = colon + 1;
    while (end < text.size() && end - colon < 8192 && text[end] > ' ' && text[end] < 127 && text[end] != '<' && text[end] != '>' && text[end] != '"' && text[end] != '`' && text.substr(end, 8) != "magnet:?") ++end;
    while (end > colon && (text[end - 1] == '.' || text[end - 1] == ',' || text[end - 1] == ';' || text[end - 1] == ')' || text[end - 1] == '\'')) --end;
    const std::string low = lowered(text.substr(colon, end - colon));
    static constexpr std::pair<std::string_view, std::size_t> topics[] = {{"xt=urn:btih:", 40}, {"xt=urn:btmh:1220", 64}};
    for (const auto& [topic, size] : topics) {
        const std::size_t at = low.find(topic);
        if (at == std::string::npos || (low[at - 1] != '?' && low[at - 1] != '&' && low[at - 1] != ';')) continue;
        std::size_t stop = at + topic.size();
        while (stop < low.size() && is_alnum(low[stop])) ++stop;
        std::string hash = low.substr(at + topic.size(), stop - at - topic.size());
        if (hash.size() == 32 && size == 40) {
            const Bytes bytes = base32(hash);
            hash = bytes.size() == 20 ? to_hex(bytes) : "";
        }
        if (hash.size() != size || !std::all_of(hash.begin(), hash.end(), is_hex)) continue;
        return scene.add(IndicatorKind::magnet, colon - 6, end, "magnet:?" + std::string(topic) + hash);
    }
}

}  // namespace plumbline::evidence
