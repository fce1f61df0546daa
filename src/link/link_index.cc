// SPDX-License-Identifier: Apache-2.0
// Tips, values and texts as numbers, and the lists from values and MinHash buckets back to them. Whatever may change a
// link is told to clusters.cc: "doubt" where a link may be gone, "wait" where one may be new.
#include "link/link_index.h"

#include <algorithm>

#include "base/check.h"
#include "link/key.h"

namespace plumbline::link {
namespace {

// FNV-1a: only to see that two values are of one site.
std::uint64_t site_hash_of(std::string_view site) {
    if (site.empty()) return 0;
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : site) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash | 1;
}

template <class Row>
std::uint32_t take_number(std::vector<Row>& rows, std::vector<std::uint32_t>& free_numbers) {
    if (!free_numbers.empty()) {
        const std::uint32_t number = free_numbers.back();
        free_numbers.pop_back();
        return number;
    }
    rows.emplace_back();
    CHECK(rows.size() < 0x7fffffff);
    return static_cast<std::uint32_t>(rows.size() - 1);
}

}  // namespace

LinkIndex::LinkIndex() : common_limit_(common_limit(0)) {}

LinkIndex::Number LinkIndex::number_of_value(IndicatorKind kind, const std::string& value) {
    std::string key;
    key.reserve(value.size() + 1);
    key += static_cast<char>(kind);
    key += value;
    const auto [entry, is_new] = value_numbers_.try_emplace(std::move(key), 0);
    if (is_new) {
        entry->second = take_number(values_, free_values_);
        Value& row = values_[entry->second];
        row.kind = kind;
        row.site = site_hash_of(site_of_value(kind, value));
        row.key = &entry->first;
    }
    return entry->second;
}

void LinkIndex::insert(const TipId& id, const LinkFacts& facts) {
    withdraw(id);
    const Number tip = take_number(tips_, free_tips_);
    numbers_.emplace(id, tip);
    tips_[tip].id = id;
    groups_.add(tip);
    add_values(tip, facts);
    add_text(tip, facts);
    wait_for_tip(tip);
    limit_may_have_changed();
}

void LinkIndex::add_values(Number tip, const LinkFacts& facts) {
    std::vector<Number> held;
    for (const auto& [kind, value] : facts.values) {
        if (held.size() == values_max) break;
        if (grade_of(kind) == Grade::none || value.size() > value_bytes_max) continue;
        held.push_back(number_of_value(kind, value));
    }
    std::sort(held.begin(), held.end());
    held.erase(std::unique(held.begin(), held.end()), held.end());
    for (const Number number : held) {
        Value& value = values_[number];
        const std::size_t holders = value.holders.size();
        const double before = bits_of(value.kind, holders, common_limit_);
        if (before > bits_of(value.kind, holders + 1, common_limit_)) {
            for (const Number holder : value.holders) doubt(holder);
        }
        value.holders.push_back(tip);
    }
    tips_[tip].values = std::move(held);
}

void LinkIndex::add_text(Number tip, const LinkFacts& facts) {
    TextSketch sketch = sketch_of(facts.shingles);
    if (sketch.size() < shingles_min) return;
    const Fingerprint print = fingerprint_of(sketch);
    const auto [entry, is_new] = text_numbers_.try_emplace(print, 0);
    if (is_new) {
        entry->second = take_number(texts_, free_texts_);
        Text& text = texts_[entry->second];
        text.print = print;
        text.sketch = std::move(sketch);
    }
    const Number number = entry->second;
    std::vector<Number>& tips = texts_[number].tips;
    tips.insert(std::lower_bound(tips.begin(), tips.end(), tip, [this](Number a, Number b) { return is_before(a, b); }), tip);
    tips_[tip].text = number;
    if (is_new) add_to_buckets(number);
}

void LinkIndex::add_to_buckets(Number number) {
    const auto order = [this](Number a, Number b) { return texts_[a].print < texts_[b].print; };
    for (const std::uint64_t key : band_keys_of(texts_[number].sketch)) {
        const std::size_t place = buckets_.insert(key, number, order);
        const auto bucket = buckets_.at(key);
        // One that stood at the front no longer does, so it is no longer compared with those behind.
        if (place < bucket_front && bucket.size() > bucket_front) lose_front(key, bucket[bucket_front]);
    }
    wait_for_text(number);
}

void LinkIndex::remove_from_buckets(Number number) {
    for (const std::uint64_t key : band_keys_of(texts_[number].sketch)) {
        const std::size_t place = buckets_.remove(key, number);
        const auto bucket = buckets_.at(key);
        if (place < bucket_front && bucket.size() >= bucket_front) wait_for_text(bucket[bucket_front - 1]);
    }
}

void LinkIndex::withdraw(const TipId& id) {
    const auto entry = numbers_.find(id);
    if (entry == numbers_.end()) return;
    const Number tip = entry->second;
    doubt(tip);
    for (const Number value : tips_[tip].values) remove_value(tip, value);
    remove_text(tip);
    groups_.remove(tip);
    numbers_.erase(entry);
    tips_[tip] = Tip{};
    free_tips_.push_back(tip);
    limit_may_have_changed();
}

void LinkIndex::remove_value(Number tip, Number number) {
    Value& value = values_[number];
    const auto found = std::find(value.holders.begin(), value.holders.end(), tip);
    CHECK(found != value.holders.end());
    *found = value.holders.back();
    value.holders.pop_back();
    if (value.holders.empty()) {
        value_numbers_.erase(std::string(*value.key));
        value = Value{};
        free_values_.push_back(number);
        return;
    }
    const std::size_t holders = value.holders.size();
    if (bits_of(value.kind, holders, common_limit_) > bits_of(value.kind, holders + 1, common_limit_)) {
        for (const Number holder : value.holders) wait_for_tip(holder);
    }
}

void LinkIndex::remove_text(Number tip) {
    const Number number = tips_[tip].text;
    if (number == no_text_) return;
    Text& text = texts_[number];
    text.tips.erase(std::lower_bound(text.tips.begin(), text.tips.end(), tip, [this](Number a, Number b) { return is_before(a, b); }));
    if (!text.tips.empty()) return;
    remove_from_buckets(number);
    text_numbers_.erase(text.print);
    text = Text{};
    free_texts_.push_back(number);
}

}  // namespace plumbline::link
