// SPDX-License-Identifier: Apache-2.0
#include "link/grade.h"

#include <algorithm>
#include <bit>

namespace plumbline::link {
namespace {

struct Weight {
    Grade grade;
    double start;
    double fall;
    std::size_t holders_max;
};

Weight weight_of(IndicatorKind kind) {
    using enum IndicatorKind;
    switch (kind) {
        case btc: case bch: case ltc: case doge: case eth: case tron: case xmr: case sol: case xrp: case iban: case md5: case sha1:
        case sha256: case sha512: case file: case message_id: case onion: case magnet: case jwt:
            return {Grade::identity, 24, 4.0 / 3, 513};
        case phone: case card: case mac:
            return {Grade::identity, 20, 4.0 / 3, 65};
        case email: case handle:
            return {Grade::contact, 11, 1, common_holders_max};
        case url:
            return {Grade::site, 10, 1, common_holders_max};
        case domain:
            return {Grade::site, 8, 1, common_holders_max};
        case ipv4: case ipv6:
            return {Grade::site, 7, 1, common_holders_max};
        case bic:
            return {Grade::site, 4, 1, common_holders_max};
        case user_agent: case cve:
            break;
    }
    return {Grade::none, 0, 0, 0};
}

}  // namespace

Grade grade_of(IndicatorKind kind) { return weight_of(kind).grade; }

std::size_t common_limit(std::size_t tips) {
    if (tips < 16) return common_holders_max;
    return std::min(common_holders_max, std::max<std::size_t>(4, tips / 4));
}

std::size_t holders_limit(IndicatorKind kind, std::size_t common) {
    const Weight weight = weight_of(kind);
    return weight.grade == Grade::identity ? weight.holders_max : std::min(weight.holders_max, common);
}

double bits_of(IndicatorKind kind, std::size_t holders, std::size_t common) {
    if (holders < 2 || holders > holders_limit(kind, common)) return 0;
    const Weight weight = weight_of(kind);
    return std::max(0.0, weight.start - weight.fall * static_cast<double>(std::bit_width(holders - 2)));
}

double text_bits(double share) {
    if (share >= text_share_min) return link_bits_min + 20 * (share - text_share_min);
    if (share < text_share_hint_min) return 0;
    return link_bits_min * (share - text_share_hint_min) / (text_share_min - text_share_hint_min);
}

double combine(std::vector<SharedValue>& shared) {
    std::sort(shared.begin(), shared.end(), [](const SharedValue& a, const SharedValue& b) {
        if (a.bits != b.bits) return a.bits > b.bits;
        return a.kind != b.kind ? a.kind < b.kind : a.value < b.value;
    });
    double sum = 0;
    double part = 1;
    std::vector<std::uint64_t> sites;
    std::size_t kept = 0;
    for (SharedValue value : shared) {
        if (value.bits <= 0) continue;
        if (grade_of(value.kind) != Grade::identity) {
            if (value.site != 0) {
                if (std::find(sites.begin(), sites.end(), value.site) != sites.end()) continue;
                sites.push_back(value.site);
            }
            value.bits *= part;
            part /= 2;
        }
        sum += value.bits;
        shared[kept++] = value;
    }
    shared.resize(kept);
    std::stable_sort(shared.begin(), shared.end(), [](const SharedValue& a, const SharedValue& b) { return a.bits > b.bits; });
    return sum;
}

}  // namespace plumbline::link
