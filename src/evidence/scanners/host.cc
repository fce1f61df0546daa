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
// "someThing.in", "file.Txt": a change of case as in source code.
bool has_case_of_code(std::string_view name) {
    const std::string_view top = name.substr(name.rfind('.') + 1);
    const bool has_upper_top = std::any_of(top.begin(), top.end(), is_upper);
    const bool has_lower_top = std::any_of(top.begin(), top.end(), is_lower);
    if (has_upper_top && has_lower_top && !is_upper(name.front())) return true;
    for (std::size_t i = 1; i < name.size(); ++i)
        if (is_upper(name[i]) && is_lower(name[i - 1])) return true;
    return false;
}
// Of a name in lower case: a file's ending, or the stem of an expression.
bool has_name_of_code(std::string_view lower) {
    const std::size_t top_at = lower.rfind('.') + 1;
    const bool has_two_labels = lower.find('.') == top_at - 1;
    if (has_two_labels && is_file_ending(lower.substr(top_at))) return true;
    return is_source_stem(lower.substr(0, lower.find('.')));
}

// Of a name in lower case without a final dot: labels that may be, an ending that is known, and more than an ending.
bool is_host(Memo& memo, const std::string& name) {
    if (name.empty() || name.size() > host_max) return false;
    std::size_t label_at = 0;
    std::size_t labels = 0;
    while (label_at <= name.size()) {
        const std::size_t dot = std::min(name.find('.', label_at), name.size());
        const std::string_view label = std::string_view(name).substr(label_at, dot - label_at);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
        if (!std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; })) return false;
        ++labels;
        if (dot == name.size()) break;
        label_at = dot + 1;
    }
    if (labels < 2) return false;
    if (!is_known_top(memo, std::string_view(name).substr(label_at))) {
        // Below some top labels ("za") there are rules for their second labels only.
        const std::size_t second_at = label_at < 2 ? std::string::npos : name.rfind('.', label_at - 2);
        if (second_at == std::string::npos || !is_known_top(memo, std::string_view(name).substr(second_at + 1))) return false;
    }
    return labels > 3 || !is_suffix(name);
}

constexpr std::uint8_t host_bit = 1, code_bit = 2;

HostLook look_closer(Memo& memo, std::string_view host) {
    HostLook out;
    LowName low;
    const std::string_view written = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
    if (!low.read(written)) {
        if (host.size() > 4 * host_max) return out;
        std::string name = ascii_host(host);
        if (!name.empty() && name.back() == '.') name.pop_back();
        if (is_host(memo, name)) out.name = memo.copy(name);
        out.has_upper = true;
        out.is_code = has_name_of_code(lowered(host));
        return out;
    }
    int answer = memo.hosts.find(low);
    if (answer < 0) {
        answer = (is_host(memo, std::string(low.view())) ? host_bit : 0) | (has_name_of_code(low.view()) ? code_bit : 0);
        memo.hosts.keep(low, static_cast<std::uint8_t>(answer));
    }
    out.has_upper = low.has_upper;
    out.is_code = answer & code_bit;
    if (answer & host_bit) out.name = low.has_upper ? memo.copy(low.view()) : written;
    return out;
}
const HostLook& look_at(Scene& scene, std::string_view host) {
    if (host.data() != scene.last_host.data() || host.size() != scene.last_host.size()) {
        scene.last_look = look_closer(*scene.memo, host);
        scene.last_host = host;
    }
    return scene.last_look;
}

constexpr std::array<bool, 256> label_bytes = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 0; c < 128; ++c) table[c] = is_alnum(static_cast<char>(c)) || c == '-';
    return table;
}();
bool is_label_byte(char c) { return label_bytes[static_cast<unsigned char>(c)]; }

// One piece without empty labels.
void add_domain(Scene& scene, std::size_t begin, std::size_t end) {
    while (begin < end && (scene.text[begin] == '-' || scene.text[begin] == '.')) ++begin;
    while (end > begin && (scene.text[end - 1] == '-' || scene.text[end - 1] == '.')) --end;
    const std::string_view name = scene.text.substr(begin, end - begin);
    if (name.size() < 4) return;
    const char before = scene.before(begin);
    const char after = scene.at(end);
    const bool is_meant = before == '@' || (before == '/' && begin >= 2 && scene.text[begin - 2] == '/');
    if (after == '@' || after == '_' || before == '_' || before == '$' || before == '#' || before == '\\' || before == '~') return;
    if (is_digit(name.front()) && is_ipv4(name)) {
        // A number behind a name ("Mozilla/5.0.0.1", "v1.2.3.4", "version 1.2.3.4") is a version, not an address.
        if (is_letter(before) || (before == '/' && !is_meant)) return;
        const std::string left = lowered(scene.text.substr(begin < 10 ? 0 : begin - 10, std::min<std::size_t>(begin, 10)));
        for (const std::string_view word : {"version ", "ver. ", "ver ", "release ", "build "})
            if (std::string_view(left).ends_with(word)) return;
        scene.add(IndicatorKind::ipv4, begin, end, std::string(name));
        return;
    }
    if (!is_meant && (before == '/' || after == '(' || after == '=' || after == '[')) return;
    const HostLook& look = look_at(scene, name);
    if (look.name.empty() || (!is_meant && (look.is_code || (look.has_upper && has_case_of_code(name))))) return;
    scene.add_kept(IndicatorKind::domain, begin, end, look.name);
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

std::size_t wide_label_bytes_at(std::string_view text, std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    // U+00C0 to U+07FF but for the two signs in it; letters of Latin, Greek, Cyrillic, Hebrew, Arabic.
    if (first < 0xc3 || first > 0xdf || at + 1 >= text.size()) return 0;
    const auto second = static_cast<unsigned char>(text[at + 1]);
    if ((second & 0xc0) != 0x80 || (first == 0xc3 && (second == 0x97 || second == 0xb7))) return 0;
    return 2;
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

std::string_view host_name(Scene& scene, std::string_view host) { return look_at(scene, host).name; }

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
        if (is_label_byte(scene.text[begin - 1])) {
            --begin;
            continue;
        }
        const std::size_t size = label_bytes_before(scene.text, begin);
        if (size == 0 || size > begin - floor) break;
        begin -= size;
    }
    // A run that goes on for thousands of bytes is no name; it is walked once and left.
    std::size_t end = dot;
    std::size_t piece = begin;
    while (end < scene.text.size()) {
        if (is_label_byte(scene.text[end])) {
            ++end;
            continue;
        }
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
