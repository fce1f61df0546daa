// SPDX-License-Identifier: Apache-2.0
#include "evidence/warning_lists.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t entry_max = 2048;
constexpr std::size_t name_max = 200;

std::uint64_t bit_of(IndicatorKind kind) { return 1ULL << static_cast<unsigned>(kind); }
// What MISP's attribute types are here; 0 for those that no sighting has.
std::uint64_t kinds_of(std::string_view type) {
    using enum IndicatorKind;
    if (type.starts_with("ip-") || type == "ip") return bit_of(ipv4) | bit_of(ipv6) | bit_of(url);
    if (type == "domain|ip") return bit_of(ipv4) | bit_of(ipv6) | bit_of(domain);
    if (type == "domain" || type.starts_with("hostname")) return bit_of(domain) | bit_of(onion);
    if (type == "url" || type == "uri" || type == "link") return bit_of(url);
    if (type.starts_with("email")) return bit_of(email);
    if (type == "md5" || type.ends_with("|md5")) return bit_of(md5);
    if (type == "sha1" || type.ends_with("|sha1")) return bit_of(sha1);
    if (type == "sha256" || type.ends_with("|sha256")) return bit_of(sha256) | bit_of(file);
    if (type == "sha512" || type.ends_with("|sha512")) return bit_of(sha512);
    if (type == "btc") return bit_of(btc);
    if (type == "xmr") return bit_of(xmr);
    if (type == "phone-number") return bit_of(phone);
    if (type == "iban") return bit_of(iban);
    if (type == "bic") return bit_of(bic);
    if (type == "cc-number") return bit_of(card);
    if (type == "mac-address") return bit_of(mac);
    if (type == "vulnerability") return bit_of(cve);
    if (type == "user-agent") return bit_of(user_agent);
    return 0;
}
// The host in a normal URL, without user information and port; of IPv6 without its brackets.
std::string_view host_of(std::string_view url) {
    const std::size_t start = url.find("://");
    if (start == std::string_view::npos) return {};
    std::string_view host = url.substr(start + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    if (host.starts_with('[')) return host.substr(1, host.find(']') == std::string_view::npos ? 0 : host.find(']') - 1);
    return host.substr(0, host.find(':'));
}
}  // namespace

bool WarningLists::List::has(const std::vector<Entry>& entries, std::string_view text) const {
    const auto found = std::lower_bound(entries.begin(), entries.end(), text, [&](const Entry& entry, std::string_view value) { return text_of(entry) < value; });
    return found != entries.end() && text_of(*found) == text;
}
bool WarningLists::List::has_host(std::string_view host) const {
    while (!host.empty()) {
        if (has(hostnames, host)) return true;
        const std::size_t dot = host.find('.');
        if (dot == std::string_view::npos) return false;
        host.remove_prefix(dot + 1);
    }
    return false;
}
bool WarningLists::List::has_address(const Address& address) const {
    const auto after = std::upper_bound(ranges.begin(), ranges.end(), address, [](const Address& value, const Range& range) { return value < range.first; });
    return after != ranges.begin() && address <= std::prev(after)->last;
}
void WarningLists::List::settle() {
    const auto less = [&](const Entry& a, const Entry& b) { return text_of(a) < text_of(b); };
    std::sort(strings.begin(), strings.end(), less);
    std::sort(hostnames.begin(), hostnames.end(), less);
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    std::vector<Range> joined;
    for (const Range& range : ranges) {
        if (!joined.empty() && range.first <= joined.back().last) joined.back().last = std::max(joined.back().last, range.last);
        else joined.push_back(range);
    }
    ranges = std::move(joined);
}

bool WarningLists::parse_address(std::string_view text, Address& out, unsigned& bits_before) {
    const std::string terminated(text.substr(0, 64));
    if (in_addr v4{}; inet_pton(AF_INET, terminated.c_str(), &v4) == 1) {
        out = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        for (unsigned i = 0; i < 4; ++i) out[12 + i] = static_cast<std::uint8_t>(ntohl(v4.s_addr) >> (24 - 8 * i));
        bits_before = 96;
        return true;
    }
    in6_addr v6{};
    if (inet_pton(AF_INET6, terminated.c_str(), &v6) != 1) return false;
    std::copy(std::begin(v6.s6_addr), std::end(v6.s6_addr), out.begin());
    bits_before = 0;
    return true;
}
bool WarningLists::parse_range(std::string_view text, Range& out) {
    const std::size_t slash = text.find('/');
    unsigned before = 0;
    if (!parse_address(text.substr(0, slash), out.first, before)) return false;
    unsigned bits = 128 - before;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        if (error != std::errc{} || end != digits.data() + digits.size() || bits > 128 - before) return false;
    }
    bits += before;
    out.last = out.first;
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned fixed = bits > 8 * i ? std::min(8U, bits - 8 * i) : 0;
        const auto free = static_cast<std::uint8_t>(0xffU >> fixed);
        out.first[i] = static_cast<std::uint8_t>(out.first[i] & ~free);
        out.last[i] = static_cast<std::uint8_t>(out.last[i] | free);
    }
    return true;
}

Result<std::string> WarningLists::load(std::string_view json) {
    const Json whole = TRY(parse_json(json));
    if (!whole.is_object()) return fail(ErrorKind::invalid, "warning list: it is no object");
    List list;
    list.name = TRY(whole.text_at("name"));
    if (list.name.empty() || list.name.size() > name_max) return fail(ErrorKind::invalid, "name: must have 1 to {} bytes", name_max);
    const std::string type = TRY(whole.text_at("type"));
    const Json* rows = whole.find("list");
    if (!rows || !rows->is_array()) return fail(ErrorKind::invalid, "list: must be an array");
    if (lists_.size() == lists_max) return fail(ErrorKind::too_large, "more than {} warning lists", lists_max);
    if (rows->as_array().size() > entries_max - entries_) return fail(ErrorKind::too_large, "list: more than {} entries in all lists", entries_max);
    if (type == "substring" && rows->as_array().size() > substrings_max) return fail(ErrorKind::too_large, "list: more than {} substrings", substrings_max);
    const bool is_known = type == "string" || type == "substring" || type == "hostname" || type == "cidr";
    if (!is_known) return fail(ErrorKind::unsupported, "type: \"{}\" is not read; there are string, substring, hostname, cidr", type.substr(0, 40));
    if (const Json* types = whole.find("matching_attributes"); types && types->is_array() && !types->as_array().empty()) {
        list.kinds = 0;
        for (const Json& row : types->as_array())
            if (row.is_text()) list.kinds |= kinds_of(row.as_text());
    }
    for (const Json& row : rows->as_array()) {
        if (!row.is_text()) return fail(ErrorKind::invalid, "list: every entry must be a text");
        const std::string text = lowered(row.as_text());
        std::string_view entry = text;
        if (entry.size() > entry_max) return fail(ErrorKind::too_large, "list: an entry of {} bytes", entry.size());
        if (type == "cidr") {
            Range range{};
            if (!parse_range(entry, range)) return fail(ErrorKind::invalid, "list: no range of addresses: {}", entry.substr(0, 60));
            list.ranges.push_back(range);
            continue;
        }
        if (type == "hostname") {
            while (entry.starts_with('.')) entry.remove_prefix(1);
            while (entry.ends_with('.') || entry.ends_with('/')) entry.remove_suffix(1);
        }
        if (entry.empty()) continue;  // an empty text would match everything
        if (list.bytes.size() + entry.size() > 0xffff'ffffU) return fail(ErrorKind::too_large, "list: over 4 GiB");
        const Entry kept{static_cast<std::uint32_t>(list.bytes.size()), static_cast<std::uint32_t>(entry.size())};
        list.bytes += entry;
        (type == "string" ? list.strings : type == "hostname" ? list.hostnames : list.substrings).push_back(kept);
    }
    list.settle();
    entries_ += rows->as_array().size();
    lists_.push_back(std::move(list));
    return lists_.back().name;
}

bool WarningLists::matches(const List& list, IndicatorKind kind, std::string_view value) {
    if ((list.kinds & bit_of(kind)) == 0) return false;
    if (!list.strings.empty() && list.has(list.strings, value)) return true;
    for (const Entry& entry : list.substrings)
        if (value.find(list.text_of(entry)) != std::string_view::npos) return true;
    if (list.hostnames.empty() && list.ranges.empty()) return false;
    std::string_view host;
    if (kind == IndicatorKind::url) host = host_of(value);
    else if (kind == IndicatorKind::email) host = value.substr(value.rfind('@') + 1);
    else if (kind == IndicatorKind::domain || kind == IndicatorKind::onion || kind == IndicatorKind::ipv4 || kind == IndicatorKind::ipv6) host = value;
    if (host.empty()) return false;
    if (list.has_host(host)) return true;
    Address address{};
    unsigned before = 0;
    return !list.ranges.empty() && parse_address(host, address, before) && list.has_address(address);
}

std::vector<std::string_view> WarningLists::names_for(IndicatorKind kind, std::string_view value) const {
    std::vector<std::string_view> out;
    const std::string low = lowered(value);
    for (const List& list : lists_)
        if (matches(list, kind, low)) out.push_back(list.name);
    return out;
}

WarningLists WarningLists::built_in() {
    static constexpr std::string_view sources[] = {
        R"x({"name":"Documentation (RFC 5737, 3849, 9637)","type":"cidr","list":["192.0.2.0/24","198.51.100.0/24","203.0.113.0/24","2001:db8::/32","3fff::/20"]})x",
        R"x({"name":"Reserved names (RFC 2606, 6761)","type":"hostname","list":["example.com","example.net","example.org","example","test","invalid","localhost"]})x",
        R"x({"name":"Private addresses (RFC 1918, 4193, 6598)","type":"cidr","list":["10.0.0.0/8","172.16.0.0/12","192.168.0.0/16","fc00::/7","100.64.0.0/10"]})x",
        R"x({"name":"Loopback (RFC 1122, 4291)","type":"cidr","list":["127.0.0.0/8","::1/128"]})x",
        R"x({"name":"Link-local (RFC 3927, 4291)","type":"cidr","list":["169.254.0.0/16","fe80::/10"]})x",
        R"x({"name":"Multicast and broadcast (RFC 5771, 4291, 1122)","type":"cidr","list":["224.0.0.0/4","ff00::/8","255.255.255.255/32"]})x"};
    WarningLists out;
    for (const std::string_view source : sources) CHECK(out.load(source));
    return out;
}

}  // namespace plumbline::evidence
