// SPDX-License-Identifier: Apache-2.0
#include "link/key.h"

#include <algorithm>
#include <set>

#include "link/commonplace.h"
#include "link/grade.h"
#include "link/sketch.h"

namespace plumbline::link {
namespace {

using ValueSet = std::set<std::pair<IndicatorKind, std::string>>;

constexpr std::string_view empty_md5 = "d41d8cd98f00b204e9800998ecf8427e";
constexpr std::string_view empty_sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
constexpr std::string_view empty_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ipv4_text(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
}

std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text) if (is_digit(c)) digits += c;
    return digits;
}

std::string lower_of(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return lower;
}

// The reporter's own contact, to be kept out of the keys.
class OwnContact {
  public:
    explicit OwnContact(std::string_view contact) : lower_(lower_of(contact)), digits_(digits_of(contact)) {}
    bool holds(IndicatorKind kind, std::string_view value) const {
        if (lower_.size() < 2) return false;
        if (kind != IndicatorKind::phone) return lower_.find(lower_of(value)) != std::string::npos;
        // A number may stand there without its country code: compare the last nine digits.
        const std::string digits = digits_of(value);
        if (digits.size() < 7 || digits_.size() < 7) return false;
        const std::size_t tail = std::min<std::size_t>({digits.size(), digits_.size(), 9});
        return digits_.find(digits.substr(digits.size() - tail)) != std::string::npos;
    }

  private:
    std::string lower_;
    std::string digits_;
};

void add_host(ValueSet& values, std::string_view host) {
    if (host.empty() || host.size() > value_bytes_max) return;
    if (host.find(':') != std::string_view::npos) {
        if (!is_silent_ipv6(host)) values.emplace(IndicatorKind::ipv6, host);
        return;
    }
    if (is_ipv4_text(host)) {
        if (!is_silent_ipv4(host)) values.emplace(IndicatorKind::ipv4, host);
        return;
    }
    if (is_silent_host(host) || is_shared_host(host)) return;
    values.emplace(IndicatorKind::domain, host);
    values.emplace(IndicatorKind::domain, site_of(host));
}

// A URL says more than its host only where something follows the host.
bool has_path(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::size_t path = url.find_first_of("/?#", from);
    return path != std::string_view::npos && path + 1 < url.size();
}

// A value on a warning list is everyone's: it weighs nothing. Of a URL with a path, and of an address, the list has the host
// alone, and who shares the whole of it shares more.
void add_listed(ValueSet& values, IndicatorKind kind, std::string_view value, const OwnContact& own) {
    const bool is_more_than_host = (kind == IndicatorKind::url && has_path(value)) || kind == IndicatorKind::email;
    if (is_more_than_host && value.size() <= value_bytes_max && !is_silent_host(host_of(value)) && !own.holds(kind, value)) values.emplace(kind, value);
}

void add_value(ValueSet& values, IndicatorKind kind, std::string_view value, const OwnContact& own) {
    if (value.empty() || value.size() > value_bytes_max || grade_of(kind) == Grade::none || own.holds(kind, value)) return;
    switch (kind) {
        case IndicatorKind::url: {
            const std::string_view host = host_of(value);
            if (host.empty() || (host.find(':') == std::string_view::npos && !is_ipv4_text(host) && is_silent_host(host))) return;
            if (has_path(value)) values.emplace(kind, value);
            add_host(values, host);
            return;
        }
        case IndicatorKind::email: {
            const std::string_view host = host_of(value);
            if (is_silent_host(host)) return;
            values.emplace(kind, value);
            add_host(values, host);
            return;
        }
        case IndicatorKind::domain: case IndicatorKind::ipv4: case IndicatorKind::ipv6:
            add_host(values, value.starts_with("www.") ? value.substr(4) : value);
            return;
        case IndicatorKind::file: {
            const std::string_view hash = sha256_in(value);
            if (!hash.empty() && hash != empty_sha256) values.emplace(kind, lower_of(hash));
            return;
        }
        default:
            if (value == empty_md5 || value == empty_sha1 || value == empty_sha256) return;
            values.emplace(kind, value);
    }
}

}  // namespace

std::string_view host_of(std::string_view value) {
    const std::size_t scheme = value.find("://");
    std::string_view host = scheme == std::string_view::npos ? value : value.substr(scheme + 3);
    host = host.substr(0, host.find_first_of("/?#\\"));
    const std::size_t at = host.rfind('@');
    if (at != std::string_view::npos) host.remove_prefix(at + 1);
    if (host.starts_with('[')) return host.substr(1, host.find(']') == std::string_view::npos ? host.npos : host.find(']') - 1);
    host = host.substr(0, host.find(':'));
    while (host.ends_with('.')) host.remove_suffix(1);
    if (host.starts_with("www.")) host.remove_prefix(4);
    return host;
}

std::string_view site_of_value(IndicatorKind kind, std::string_view value) {
    switch (kind) {
        case IndicatorKind::url: case IndicatorKind::email: {
            const std::string_view host = host_of(value);
            if (kind == IndicatorKind::email && is_shared_host(host)) return {};
            return is_ipv4_text(host) ? host : site_of(host);
        }
        case IndicatorKind::domain:
            return site_of(value);
        case IndicatorKind::ipv4:
            return value;
        default:
            return {};
    }
}

std::string_view sha256_in(std::string_view value) {
    std::size_t run = 0;
    for (std::size_t at = 0; at <= value.size(); ++at) {
        const bool is_hex = at < value.size() && (is_digit(value[at]) || (value[at] >= 'a' && value[at] <= 'f') || (value[at] >= 'A' && value[at] <= 'F'));
        if (is_hex) {
            ++run;
            continue;
        }
        if (run == 64) return value.substr(at - 64, 64);
        run = 0;
    }
    return {};
}

namespace {
// FNV-1a over the letters of all parts, so that a counter or punctuation makes no difference.
std::uint64_t letters_print(const Evidence& evidence) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    bool has_letter = false;
    for (const PartEvidence& part : evidence.parts)
        for (const char c : lower_of(part.text)) {
            const auto value = static_cast<unsigned char>(c);
            if (value < 0x80 && (c < 'a' || c > 'z')) continue;
            hash = (hash ^ value) * 0x100000001b3ULL;
            has_letter = true;
        }
    return has_letter ? std::max<std::uint64_t>(hash, 1) : 0;
}
}  // namespace

LinkFacts link_facts_of(const Evidence& evidence, const TipContent& content) {
    const OwnContact own(content.contact + " " + content.own_values + " " + content.recall.account);
    ValueSet values;
    LinkFacts facts;
    for (const PartEvidence& part : evidence.parts) {
        for (const Sighting& sighting : part.sightings) {
            if (sighting.warnings.empty()) add_value(values, sighting.kind, sighting.value, own);
            else add_listed(values, sighting.kind, sighting.value, own);
        }
        if (part.part != 0 && part.size_bytes > 0) add_value(values, IndicatorKind::file, part.sha256, own);
        merge_shingles(facts.shingles, shingles_of(part.text));
    }
    if (facts.shingles.size() < shingles_min) facts.text_print = letters_print(evidence);
    facts.is_danger = content.danger_now == Answer::yes;
    facts.is_recallable = content.sent_within_72_hours == Answer::yes;
    facts.values.assign(values.begin(), values.end());
    if (facts.values.size() > values_max) {
        std::stable_sort(facts.values.begin(), facts.values.end(),
                         [](const auto& a, const auto& b) { return grade_of(a.first) > grade_of(b.first); });
        facts.values.resize(values_max);
        std::sort(facts.values.begin(), facts.values.end());
    }
    return facts;
}

}  // namespace plumbline::link
