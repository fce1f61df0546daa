// SPDX-License-Identifier: Apache-2.0
// URLs (RFC 3986) around "://": the scheme to the left, and to the right as far as a reader would take it.
#include <algorithm>
#include <array>

#include "evidence/scanners/host.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t url_max = 8192;
constexpr unsigned urls_inside_max = 8;  // URLs that stand inside another one ("?u=http://")
constexpr std::size_t urls_inside_bytes_max = url_max;  // of all of them together
constexpr std::string_view schemes[] = {"http", "https", "ftp", "ftps", "sftp", "ws", "wss", "ssh", "telnet", "smb", "ldap", "ldaps", "rtsp", "rtmp",
                                        "tcp", "udp", "irc", "ircs", "git", "svn", "gopher", "rdp", "vnc", "mysql", "tg", "imap", "imaps", "dav",
                                        "socks4", "socks5", "nntp", "news", "rsync", "stratum+tcp", "stratum+ssl", "hxxp", "hxxps", "fxp", "ftx", "meow", "meows"};
// Spellings that keep a link from being opened, and what they mean.
constexpr std::pair<std::string_view, std::string_view> disarmed[] = {{"hxxp", "http"}, {"hxxps", "https"}, {"fxp", "ftp"}, {"ftx", "ftp"}, {"meow", "http"}, {"meows", "https"}};
constexpr std::pair<std::string_view, std::string_view> default_ports[] = {
    {"http", "80"}, {"https", "443"}, {"ftp", "21"}, {"ws", "80"}, {"wss", "443"}, {"ssh", "22"}, {"sftp", "22"}, {"telnet", "23"}};

bool is_scheme_letter(char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; }
bool is_known(std::string_view scheme) { return std::find(std::begin(schemes), std::end(schemes), scheme) != std::end(schemes); }

// Printable ASCII but for what RFC 3986 appendix C names as delimiters. Other scripts end a URL behind its host.
constexpr std::array<bool, 256> url_letters = [] {
    std::array<bool, 256> table{};
    for (unsigned c = '!'; c < 127; ++c) table[c] = c != '<' && c != '>' && c != '"' && c != '`' && c != '{' && c != '}' && c != '|' && c != '\\' && c != '^';
    return table;
}();
bool is_url_letter(char c) { return url_letters[static_cast<unsigned char>(c)]; }

std::size_t scheme_begin(const Scene& scene, std::size_t colon) {
    std::size_t begin = colon;
    while (begin > 0 && colon - begin < 16 && is_scheme_letter(scene.text[begin - 1])) --begin;
    const std::string_view written = scene.text.substr(begin, colon - begin);
    if (written == "http" || written == "https") return begin;
    if (is_known(lowered(scene.text.substr(begin, colon - begin)))) return begin;
    // Glued to something ("Linkhttp://", "=3Dhttp://"): the longest known scheme that ends here.
    for (std::size_t at = begin; at < colon; ++at)
        if (colon - at >= 3 && is_known(lowered(scene.text.substr(at, colon - at)))) return at;
    return colon;
}

struct Authority {
    std::size_t host_begin = 0;
    std::size_t host_end = 0;
    std::size_t end = 0;        // behind the port
    std::string_view host;      // normal form
    std::string_view port;
    IndicatorKind kind = IndicatorKind::url;  // domain, ipv4 or ipv6; url where the host is neither
};

// True where `at` is the start of a host; fills all but user information.
bool read_host(Scene& scene, std::size_t at, Authority& out) {
    const std::string_view text = scene.text;
    out.host_begin = at;
    if (scene.at(at) == '[') {
        const std::size_t close = text.substr(0, std::min(text.size(), at + 60)).find(']', at);
        if (close == std::string_view::npos) return false;
        std::optional<std::string> value = normal_ipv6(text.substr(at + 1, close - at - 1));
        if (!value) return false;
        out.kind = IndicatorKind::ipv6;
        out.host = scene.memo->copy("[" + *value + "]");
        out.host_end = close + 1;
    } else {
        std::size_t end = at;
        while (end < text.size() && end - at < 300) {
            const std::size_t size = text[end] == '.' || text[end] == '_' ? 1 : label_bytes_at(text, end);
            if (size == 0) break;
            end += size;
        }
        // A host in a script of three-byte letters, where what stands before the first of them is no host by itself.
        if (static_cast<unsigned char>(scene.at(end)) >= 0xe0 && host_name(scene, text.substr(at, end - at)).empty()) {
            std::size_t wide = end;
            while (wide < text.size() && wide - at < 300 && (static_cast<unsigned char>(text[wide]) >= 0x80 || is_alnum(text[wide]) || text[wide] == '-' || text[wide] == '.')) ++wide;
            if (!host_name(scene, text.substr(at, wide - at)).empty()) end = wide;
        }
        while (end > at && (text[end - 1] == '.' || text[end - 1] == '-' || text[end - 1] == '_')) --end;
        if (end == at) return false;
        const std::string_view name = text.substr(at, end - at);
        out.host_end = end;
        if (is_digit(name.front()) && is_ipv4(name)) {
            out.kind = IndicatorKind::ipv4;
            out.host = name;
        } else if (const std::string_view value = host_name(scene, name); !value.empty()) {
            out.kind = IndicatorKind::domain;
            out.host = value;
        } else {
            out.host = scene.memo->copy(ascii_host(name));
            if (out.host.empty() || !std::any_of(out.host.begin(), out.host.end(), is_alnum)) return false;
        }
    }
    out.end = out.host_end;
    if (scene.at(out.end) == ':' && is_digit(scene.at(out.end + 1))) {
        std::size_t end = out.end + 1;
        while (end - out.end <= 5 && is_digit(scene.at(end))) ++end;
        out.port = text.substr(out.end + 1, end - out.end - 1);
        out.end = end;
    }
    return true;
}

// Takes back punctuation that belongs to the sentence around the URL.
std::size_t trimmed_end(std::string_view text, std::size_t begin, std::size_t end, std::size_t floor) {
    const std::string_view whole = text.substr(begin, end - begin);
    // Most end in a letter, a digit or a slash, and have no bracket.
    if ((is_alnum(whole.back()) || whole.back() == '/') && whole.find('[') == std::string_view::npos) return end;
    // How many more brackets of a kind open than close, up to `end`.
    auto round = std::count(whole.begin(), whole.end(), '(') - std::count(whole.begin(), whole.end(), ')');
    auto square = std::count(whole.begin(), whole.end(), '[') - std::count(whole.begin(), whole.end(), ']');
    const auto give_back = [&](std::size_t to) {
        for (; end > to; --end) {
            const char c = text[end - 1];
            round += c == ')' ? 1 : c == '(' ? -1 : 0;
            square += c == ']' ? 1 : c == '[' ? -1 : 0;
        }
    };
    while (end > floor) {
        const char c = text[end - 1];
        const bool is_surplus = (c == ')' && round < 0) || (c == ']' && square < 0);
        if (is_surplus || std::string_view(".,;:!?'*").find(c) != std::string_view::npos) {
            give_back(end - 1);
            continue;
        }
        if (c == ')' || c == ']') break;
        // "http://example.com/[What it says" in wiki and AsciiDoc text: a bracket that is not closed starts a label.
        const std::size_t bracket = square > 0 ? text.substr(begin, end - begin).rfind('[') : std::string_view::npos;
        if (bracket == std::string_view::npos || begin + bracket < floor || text.substr(0, end).find(']', begin + bracket) != std::string_view::npos) break;
        give_back(begin + bracket);
    }
    return end;
}

std::string normal_url(std::string_view scheme, std::string_view user, const Authority& authority, std::string_view rest) {
    std::string value(scheme);
    value += "://";
    value += user;
    value += authority.host;
    const bool is_default = std::any_of(std::begin(default_ports), std::end(default_ports),
                                        [&](const auto& row) { return row.first == scheme && row.second == authority.port; });
    if (!authority.port.empty() && !is_default) value.append(":").append(authority.port);
    if (rest.empty() || rest.front() != '/') value += '/';
    value += rest;
    return value;
}
}  // namespace

void scan_url(Scene& scene, std::size_t colon) {
    const std::string_view text = scene.text;
    if (scene.at(colon + 1) != '/' || scene.at(colon + 2) != '/') return;
    if (colon < scene.cursor.url_end && (++scene.cursor.urls_inside > urls_inside_max || scene.cursor.urls_inside_bytes >= urls_inside_bytes_max)) return;
    const std::size_t begin = scheme_begin(scene, colon);
    if (begin == colon) return;
    const std::size_t authority_at = colon + 3;

    // User information ends at the last '@' before the path (WHATWG URL, section 4.4).
    std::size_t limit = authority_at;
    std::size_t host_at = authority_at;
    while (limit < text.size() && limit - authority_at < 512 && is_url_letter(text[limit]) && text[limit] != '/' && text[limit] != '?' && text[limit] != '#') {
        if (text[limit++] == '@') host_at = limit;
    }
    Authority authority;
    if (!read_host(scene, host_at, authority) && (host_at == authority_at || !read_host(scene, host_at = authority_at, authority))) return;

    std::size_t end = authority.end;
    const char next = scene.at(end);
    if (next == '/' || next == '?' || next == '#') {
        const char quote = scene.before(begin) == '\'' ? '\'' : '\0';
        while (end < text.size() && end - begin < url_max && is_url_letter(text[end]) && (quote == '\0' || text[end] != quote)) ++end;
        end = trimmed_end(text, begin, end, authority.end);
    }
    if (colon >= scene.cursor.url_end) {
        scene.cursor.url_end = end;
        scene.cursor.urls_inside = 0;
        scene.cursor.urls_inside_bytes = 0;
    } else {
        scene.cursor.urls_inside_bytes += end - begin;
    }
    // Most are written as their normal form is.
    const std::string_view written = text.substr(begin, colon - begin);
    const std::string_view rest = text.substr(authority.end, end - authority.end);
    const bool is_plain = (written == "http" || written == "https") && authority.port.empty() && rest.starts_with('/') &&
                          authority.host.data() == text.data() + authority.host_begin;
    if (is_plain) return scene.add_kept(IndicatorKind::url, begin, end, text.substr(begin, end - begin));
    std::string scheme = lowered(written);
    for (const auto& [spelled, meant] : disarmed)
        if (scheme == spelled) {
            scheme = meant;
            break;
        }
    scene.add(IndicatorKind::url, begin, end,
              normal_url(scheme, text.substr(authority_at, host_at - authority_at), authority, rest));
    // Domains and IPv4 addresses of a URL are found at their dots, IPv6 ones at their colons; a host without either is
    // in the URL alone.
}

}  // namespace plumbline::evidence
