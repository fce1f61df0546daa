// SPDX-License-Identifier: Apache-2.0
#include "evidence/scanners/host.h"

#include <libpsl.h>
#include <unicode/uidna.h>

#include <algorithm>
#include <array>

namespace plumbline::evidence {

namespace {
constexpr std::size_t host_max = 253;

const psl_ctx_t* suffixes() { return psl_builtin(); }
const UIDNA* idna() {
    static const UIDNA* const instance = [] {
        UErrorCode status = U_ZERO_ERROR;
        return uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &status);
    }();
    return instance;
}

bool is_suffix(const std::string& name) {
    return psl_is_public_suffix2(suffixes(), name.c_str(), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) == 1;
}
// A top label is known where a rule names it, or names everything below it ("*.ck").
bool is_known_top(Memo& memo, std::string_view top) {
    const std::string key = "top " + std::string(top);
    const std::string* answer = memo.find(key);
    if (!answer) answer = &memo.keep(key, is_suffix(std::string(top)) || is_suffix("x." + std::string(top)) ? "y" : "");
    return !answer->empty();
}

// File names and source code look like hosts; these are the rules that keep them out where nothing (an '@', a "//") says
// that a host is meant.
bool is_file_ending(std::string_view top) {
    static constexpr std::string_view endings[] = {"zip", "mov", "md", "rs", "sh", "py", "so", "ps", "mm", "pm", "tf", "java", "cab"};
    return std::find(std::begin(endings), std::end(endings), top) != std::end(endings);
}
bool is_source_stem(std::string_view stem) {
    static constexpr std::string_view stems[] = {"this", "self", "std", "document", "window", "system", "makefile", "configure", "config", "object",
                                                 "math", "string", "array", "java", "javax", "console", "os", "sys", "node", "event", "e", "i"};
    return std::find(std::begin(stems), std::end(stems), stem) != std::end(stems);
}
bool looks_like_code(std::string_view name) {
    const std::size_t top_at = name.rfind('.') + 1;
    const std::string_view top = name.substr(top_at);
    const bool has_upper_top = std::any_of(top.begin(), top.end(), is_upper);
    const bool has_lower_top = std::any_of(top.begin(), top.end(), is_lower);
    if (has_upper_top && has_lower_top && !is_upper(name.front())) return true;
    for (std::size_t i = 1; i < name.size(); ++i)
        if (is_upper(name[i]) && is_lower(name[i - 1])) return true;
    const std::string lower = lowered(name);
    const bool has_two_labels = name.find('.') == top_at - 1;
    if (has_two_labels && is_file_ending(std::string_view(lower).substr(top_at))) return true;
    return is_source_stem(std::string_view(lower).substr(0, lower.find('.')));
}

// One piece without empty labels.
void add_domain(Scene& scene, std::size_t begin, std::size_t end) {
    while (begin < end && (scene.text[begin] == '-' || scene.text[begin] == '.')) ++begin;
    while (end > begin && (scene.text[end - 1] == '-' || scene.text[end - 1] == '.')) --end;
    const std::string_view name = scene.text.substr(begin, end - begin);
    if (name.size() < 4 || name.find('.') == std::string_view::npos) return;
    const char before = scene.before(begin);
    const char after = scene.at(end);
    const bool is_meant = before == '@' || (before == '/' && begin >= 2 && scene.text[begin - 2] == '/');
    if (after == '@' || after == '_' || before == '_' || before == '$' || before == '#' || before == '\\' || before == '~') return;
    if (is_ipv4(name)) {
        // A number behind a name ("Mozilla/5.0.0.1", "v1.2.3.4", "version 1.2.3.4") is a version, not an address.
        if (is_letter(before) || (before == '/' && !is_meant)) return;
        const std::string left = lowered(scene.text.substr(begin < 10 ? 0 : begin - 10, std::min<std::size_t>(begin, 10)));
        for (const std::string_view word : {"version ", "ver. ", "ver ", "release ", "build "})
            if (std::string_view(left).ends_with(word)) return;
        scene.add(IndicatorKind::ipv4, begin, end, std::string(name));
        return;
    }
    if (!is_meant && (before == '/' || after == '(' || after == '=' || after == '[' || looks_like_code(name))) return;
    if (std::optional<std::string> value = normal_host(*scene.memo, name)) scene.add(IndicatorKind::domain, begin, end, std::move(*value));
}
}  // namespace

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), to_lower);
    return out;
}

void prepare_hosts() {
    is_suffix("com");
    ascii_host("b\xc3\xbc" "cher.example");
}

std::size_t label_bytes_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return 0;
    const char c = text[at];
    if (is_alnum(c) || c == '-') return 1;
    const auto first = static_cast<unsigned char>(c);
    // U+00C0 to U+07FF but for the two signs in it; letters of Latin, Greek, Cyrillic, Hebrew, Arabic.
    if (first < 0xc3 || first > 0xdf || at + 1 >= text.size()) return 0;
    const auto second = static_cast<unsigned char>(text[at + 1]);
    if ((second & 0xc0) != 0x80 || (first == 0xc3 && (second == 0x97 || second == 0xb7))) return 0;
    return 2;
}
std::size_t label_bytes_before(std::string_view text, std::size_t at) {
    if (at == 0) return 0;
    if (is_alnum(text[at - 1]) || text[at - 1] == '-') return 1;
    return at >= 2 && label_bytes_at(text, at - 2) == 2 ? 2 : 0;
}

std::string ascii_host(std::string_view host) {
    if (std::all_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return lowered(host);
    char out[host_max + 2];
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    const std::int32_t size = uidna_nameToASCII_UTF8(idna(), host.data(), static_cast<std::int32_t>(std::min<std::size_t>(host.size(), 1000)), out,
                                                     static_cast<std::int32_t>(sizeof out), &info, &status);
    if (U_FAILURE(status) || info.errors != 0 || size <= 0 || size > static_cast<std::int32_t>(host_max)) return {};
    return std::string(out, static_cast<std::size_t>(size));
}

std::optional<std::string> normal_host(Memo& memo, std::string_view host) {
    if (host.size() > 4 * host_max) return std::nullopt;
    std::string name = ascii_host(host);
    if (!name.empty() && name.back() == '.') name.pop_back();
    if (name.empty() || name.size() > host_max) return std::nullopt;
    std::size_t label_at = 0;
    std::size_t labels = 0;
    while (label_at <= name.size()) {
        const std::size_t dot = std::min(name.find('.', label_at), name.size());
        const std::string_view label = std::string_view(name).substr(label_at, dot - label_at);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return std::nullopt;
        if (!std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; })) return std::nullopt;
        ++labels;
        if (dot == name.size()) break;
        label_at = dot + 1;
    }
    if (labels < 2) return std::nullopt;
    if (!is_known_top(memo, std::string_view(name).substr(label_at))) {
        // Below some top labels ("za") there are rules for their second labels only.
        const std::size_t second_at = label_at < 2 ? std::string::npos : name.rfind('.', label_at - 2);
        if (second_at == std::string::npos || !is_known_top(memo, std::string_view(name).substr(second_at + 1))) return std::nullopt;
    }
    if (labels <= 3) {
        const std::string key = "suffix " + name;
        const std::string* answer = memo.find(key);
        if (!answer) answer = &memo.keep(key, is_suffix(name) ? "y" : "");
        if (!answer->empty()) return std::nullopt;
    }
    return name;
}

bool is_ipv4(std::string_view text) {
    unsigned numbers = 0;
    std::size_t at = 0;
    while (numbers < 4) {
        std::size_t size = 0;
        unsigned value = 0;
        while (size < 4 && at + size < text.size() && is_digit(text[at + size])) value = value * 10 + static_cast<unsigned>(text[at + size++] - '0');
        if (size == 0 || size > 3 || value > 255 || (size > 1 && text[at] == '0')) return false;
        if (numbers == 0 && value == 0) return false;
        at += size;
        if (++numbers < 4 && (at >= text.size() || text[at++] != '.')) return false;
    }
    return at == text.size();
}

void scan_host(Scene& scene, std::size_t dot) {
    if (dot < scene.cursor.host_done || dot < scene.cursor.message_id_end) return;
    if (label_bytes_before(scene.text, dot) == 0 || label_bytes_at(scene.text, dot + 1) == 0) return;
    std::size_t begin = dot;
    const std::size_t floor = std::max(scene.cursor.host_done, dot > 300 ? dot - 300 : 0);
    while (begin > floor) {
        const std::size_t size = label_bytes_before(scene.text, begin);
        if (size == 0 || size > begin - floor) break;
        begin -= size;
    }
    // A run that goes on for thousands of bytes is no name; it is walked once and left.
    std::size_t end = dot;
    std::size_t piece = begin;
    while (end < scene.text.size()) {
        if (scene.text[end] == '.') {
            if (scene.at(end + 1) == '.') {
                if (end - piece <= 2 * host_max) add_domain(scene, piece, end);
                while (scene.at(end) == '.') ++end;
                piece = end;
                continue;
            }
            ++end;
            continue;
        }
        const std::size_t size = label_bytes_at(scene.text, end);
        if (size == 0) break;
        end += size;
    }
    if (end > piece && end - piece <= 2 * host_max) add_domain(scene, piece, end);
    scene.cursor.host_done = end;
}

}  // namespace plumbline::evidence
