// SPDX-License-Identifier: Apache-2.0
// What links one tip to others: the values and the text that they share, added up, and said in words.
#include <algorithm>

#include "base/utf8.h"
#include "link/key.h"
#include "link/link_index.h"

namespace plumbline::link {
namespace {

constexpr std::size_t reasons_max = 12;
constexpr double reason_bits_min = 0.5;   // less is counted, not told
constexpr std::size_t shown_value_bytes_max = 120;

std::string_view noun_of(IndicatorKind kind) {
    using enum IndicatorKind;
    switch (kind) {
        case email: return "e-mail address";
        case url: return "web address";
        case domain: return "host or domain";
        case ipv4: case ipv6: return "IP address";
        case mac: return "network card address";
        case phone: return "phone number";
        case card: return "card number";
        case iban: return "bank account (IBAN)";
        case bic: return "bank (BIC)";
        case btc: return "Bitcoin address";
        case bch: return "Bitcoin Cash address";
        case ltc: return "Litecoin address";
        case doge: return "Dogecoin address";
        case eth: return "Ethereum address";
        case tron: return "Tron address";
        case xmr: return "Monero address";
        case sol: return "Solana address";
        case xrp: return "XRP address";
        case md5: return "MD5 hash";
        case sha1: return "SHA-1 hash";
        case sha256: return "SHA-256 hash";
        case sha512: return "SHA-512 hash";
        case message_id: return "message id";
        case user_agent: return "program";
        case handle: return "account name";
        case cve: return "vulnerability";
        case jwt: return "access token";
        case onion: return "onion service";
        case magnet: return "magnet link";
        case file: return "file (SHA-256)";
    }
    return "value";
}

std::string shown(std::string_view value) {
    const std::string_view prefix = utf8_prefix(value, shown_value_bytes_max);
    return prefix.size() == value.size() ? std::string(value) : std::string(prefix) + "...";
}

}  // namespace

double LinkIndex::bits_of_value(const Value& value) const { return bits_of(value.kind, value.holders.size(), common_limit_); }

SharedValue LinkIndex::shared_value_of(const Value& value) const {
    return {value.kind, value.site, bits_of_value(value), std::string_view(*value.key).substr(1)};
}

double LinkIndex::share_between(const Tip& tip, const Tip& other) const {
    if (tip.text == no_text_ || other.text == no_text_) return 0;
    if (tip.text == other.text) return 1;
    return share_of(texts_[tip.text].sketch, texts_[other.text].sketch);
}

std::vector<LinkIndex::Shared> LinkIndex::shared_by(Number number) const {
    std::vector<Shared> shared;
    for (const Number value : tips_[number].values) {
        if (bits_of_value(values_[value]) <= 0) continue;
        for (const Number holder : values_[value].holders) {
            if (holder != number) shared.push_back(Shared{holder, value});
        }
    }
    std::sort(shared.begin(), shared.end(), [](const Shared& a, const Shared& b) { return a.tip != b.tip ? a.tip < b.tip : a.value < b.value; });
    return shared;
}

std::vector<std::pair<LinkIndex::Number, double>> LinkIndex::like_texts_of(Number number) const {
    std::vector<Number> near;
    for (const std::uint64_t key : band_keys_of(texts_[number].sketch)) {
        const auto bucket = buckets_.at(key);
        const auto front = bucket.first(std::min(bucket.size(), bucket_front));
        near.insert(near.end(), front.begin(), front.end());
    }
    std::sort(near.begin(), near.end());
    near.erase(std::unique(near.begin(), near.end()), near.end());
    std::vector<std::pair<Number, double>> like;
    for (const Number other : near) {
        if (other == number) continue;
        const double share = share_of(texts_[number].sketch, texts_[other].sketch);
        if (share >= text_share_min) like.emplace_back(other, share);
    }
    return like;
}

void LinkIndex::add_like_tips(Number number, std::vector<Number>& others) const {
    const Number text = tips_[number].text;
    if (text == no_text_) return;
    std::size_t listed = 0;
    for (const Number other : texts_[text].tips) {
        if (other == number) continue;
        if (++listed > same_text_listed) break;
        others.push_back(other);
    }
    for (const auto& like : like_texts_of(text)) {
        const std::vector<Number>& tips = texts_[like.first].tips;
        others.insert(others.end(), tips.begin(), tips.begin() + static_cast<std::ptrdiff_t>(std::min(tips.size(), like_text_listed)));
    }
}

Link LinkIndex::link_from(Number number, Number other, std::vector<SharedValue> shared) const {
    Link link;
    link.other = tips_[other].id;
    link.bits = combine(shared);
    for (const SharedValue& value : shared) {
        if (link.reasons.size() == reasons_max || value.bits < reason_bits_min) break;
        std::string key(1, static_cast<char>(value.kind));
        key += value.value;
        const std::size_t holders = values_[value_numbers_.at(key)].holders.size();
        link.reasons.push_back(LinkReason{std::string(name_of(value.kind)), std::string(value.value), value.bits,
                                          fmt::format("the same {} {}, in {} tips", noun_of(value.kind), shown(value.value), holders)});
    }
    const double share = share_between(tips_[number], tips_[other]);
    const double bits = text_bits(share);
    link.bits += bits;
    if (bits >= reason_bits_min) {
        const bool is_same = tips_[number].text == tips_[other].text;
        std::string words = is_same ? "the text is the same" : fmt::format("the text is {} % the same", std::min(99, static_cast<int>(share * 100)));
        const LinkReason reason{"text", "", bits, std::move(words)};
        const auto place = std::find_if(link.reasons.begin(), link.reasons.end(), [bits](const LinkReason& held) { return held.bits < bits; });
        link.reasons.insert(place, reason);
    }
    return link;
}

std::vector<Link> LinkIndex::links_of(const TipId& id, std::size_t most) const {
    const auto entry = numbers_.find(id);
    if (entry == numbers_.end()) return {};
    const Number number = entry->second;
    const std::vector<Shared> shared = shared_by(number);
    std::vector<Number> others;
    for (const Shared& row : shared) others.push_back(row.tip);
    add_like_tips(number, others);
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());

    struct Scored {
        double bits;
        Number tip;
        std::vector<SharedValue> values;
    };
    std::vector<Scored> scored;
    auto row = shared.begin();
    for (const Number other : others) {
        std::vector<SharedValue> values;
        for (; row != shared.end() && row->tip == other; ++row) values.push_back(shared_value_of(values_[row->value]));
        std::vector<SharedValue> counted = values;
        const double bits = combine(counted) + text_bits(share_between(tips_[number], tips_[other]));
        if (bits >= link_bits_min) scored.push_back(Scored{bits, other, std::move(values)});
    }
    std::sort(scored.begin(), scored.end(), [this](const Scored& a, const Scored& b) {
        return a.bits != b.bits ? a.bits > b.bits : is_before(a.tip, b.tip);
    });
    if (scored.size() > most) scored.resize(most);
    std::vector<Link> links;
    for (Scored& one : scored) links.push_back(link_from(number, one.tip, std::move(one.values)));
    return links;
}

Link LinkIndex::link_between(const TipId& id, const TipId& other_id) const {
    Link none;
    none.other = other_id;
    const auto entry = numbers_.find(id);
    const auto other = numbers_.find(other_id);
    if (entry == numbers_.end() || other == numbers_.end() || entry == other) return none;
    std::vector<Number> both;
    const std::vector<Number>& a = tips_[entry->second].values;
    const std::vector<Number>& b = tips_[other->second].values;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    std::vector<SharedValue> values;
    for (const Number value : both) values.push_back(shared_value_of(values_[value]));
    return link_from(entry->second, other->second, std::move(values));
}

}  // namespace plumbline::link
