// SPDX-License-Identifier: Apache-2.0
// The clusters of a LinkIndex, brought up to date when they are asked for. A change notes which groups may have lost a
// link (they are taken apart into single tips) and which tips and texts may have got one (they are scanned again, and
// what they are linked with is joined). A group that is in no doubt and a tip that does not wait have all their links
// joined already: that is the invariant which settle() restores.
#include <algorithm>

#include "link/link_index.h"

namespace plumbline::link {
namespace {
constexpr std::size_t lost_fronts_max = 256;
}

void LinkIndex::limit_may_have_changed() {
    const std::size_t limit = common_limit(numbers_.size());
    if (limit == common_limit_) return;
    // Only between 16 and 4 * common_holders_max tips: so few that a fresh start costs nothing.
    common_limit_ = limit;
    all_doubted_ = true;
}

void LinkIndex::wait_for_tip(Number tip) {
    if (tips_[tip].is_waiting) return;
    tips_[tip].is_waiting = true;
    waiting_tips_.push_back(tip);
}

void LinkIndex::wait_for_text(Number text) {
    if (texts_[text].is_waiting) return;
    texts_[text].is_waiting = true;
    waiting_texts_.push_back(text);
}

void LinkIndex::doubt(Number tip) {
    const std::uint32_t group = groups_.group_of(tip);
    if (group >= is_doubted_.size()) is_doubted_.resize(groups_.groups_size(), false);
    if (is_doubted_[group]) return;
    is_doubted_[group] = true;
    doubted_groups_.push_back(group);
}

void LinkIndex::doubt_text(Number text) {
    for (const Number tip : texts_[text].tips) doubt(tip);
}

void LinkIndex::lose_front(std::uint64_t bucket, Number text) {
    // Looking each of them up is worth it while they are few; in a bulk load the groups are joined once anyway.
    if (lost_fronts_.size() < lost_fronts_max) {
        lost_fronts_.emplace_back(bucket, text);
    } else {
        doubt_text(text);
    }
}

// Whether all texts of the bucket that `text` was linked with while it stood at the front hang together without it. Were
// the group taken apart each time, a flood of n like texts would cost n for every text that comes to the front.
bool LinkIndex::is_held_without_front(std::uint64_t key, Number number) const {
    const auto bucket = buckets_.at(key);
    const auto front = bucket.first(std::min(bucket.size(), bucket_front));
    const auto behind = bucket.subspan(front.size());
    // It stands at the front again, or not in the bucket at all: then its withdrawal was noted by itself.
    if (std::find(behind.begin(), behind.end(), number) == behind.end()) return true;
    const TextSketch& sketch = texts_[number].sketch;
    const auto is_like = [this](const TextSketch& a, Number b) { return share_of(a, texts_[b].sketch) >= text_share_min; };
    // The texts at the front that hang together with it over links that stand now.
    std::vector<Number> held;
    std::vector<Number> rest;
    for (const Number other : front) (is_like(sketch, other) ? held : rest).push_back(other);
    for (std::size_t at = 0; at < held.size(); ++at) {
        const auto reached = std::stable_partition(rest.begin(), rest.end(), [&](Number other) { return !is_like(texts_[held[at]].sketch, other); });
        const std::vector<Number> found(reached, rest.end());
        rest.erase(reached, rest.end());
        held.insert(held.end(), found.begin(), found.end());
    }
    return std::all_of(behind.begin(), behind.end(), [&](Number other) {
        if (other == number || !is_like(sketch, other)) return true;
        return std::any_of(held.begin(), held.end(), [&](Number one) { return is_like(texts_[other].sketch, one); });
    });
}

void LinkIndex::take_apart(std::uint32_t group) {
    for (const Number tip : groups_.dissolve(group)) {
        wait_for_tip(tip);
        if (tips_[tip].text != no_text_) wait_for_text(tips_[tip].text);
    }
}

void LinkIndex::settle() {
    if (all_doubted_) {
        for (const auto& [id, tip] : numbers_) doubt(tip);
        all_doubted_ = false;
    }
    for (const auto& [bucket, text] : lost_fronts_) {
        if (!texts_[text].tips.empty() && !is_held_without_front(bucket, text)) doubt_text(text);
    }
    lost_fronts_.clear();
    // Groups made by taking one apart have other numbers than those still to come, or are single tips already.
    for (const std::uint32_t group : doubted_groups_) {
        is_doubted_[group] = false;
        take_apart(group);
    }
    doubted_groups_.clear();
    for (const Number tip : waiting_tips_) {
        // A number may have been given to another tip meanwhile, or to none.
        if (!tips_[tip].is_waiting) continue;
        tips_[tip].is_waiting = false;
        scan_tip(tip);
    }
    waiting_tips_.clear();
    for (const Number text : waiting_texts_) {
        if (!texts_[text].is_waiting) continue;
        texts_[text].is_waiting = false;
        scan_text(text);
    }
    waiting_texts_.clear();
}

void LinkIndex::scan_tip(Number number) {
    const Tip& tip = tips_[number];
    if (tip.text != no_text_) {
        const std::vector<Number>& same = texts_[tip.text].tips;
        const auto here = std::lower_bound(same.begin(), same.end(), number, [this](Number a, Number b) { return is_before(a, b); });
        if (here != same.begin()) groups_.join(number, *(here - 1));
        if (here + 1 != same.end()) groups_.join(number, *(here + 1));
    }
    const std::vector<Shared> shared = shared_by(number);
    std::vector<SharedValue> values;
    for (std::size_t at = 0; at < shared.size();) {
        const Number other = shared[at].tip;
        values.clear();
        for (; at < shared.size() && shared[at].tip == other; ++at) values.push_back(shared_value_of(values_[shared[at].value]));
        if (groups_.group_of(other) == groups_.group_of(number)) continue;
        double bits = combine(values);
        if (bits < link_bits_min) bits += text_bits(share_between(tip, tips_[other]));
        if (bits >= link_bits_min) groups_.join(number, other);
    }
}

void LinkIndex::scan_text(Number number) {
    const Text& text = texts_[number];
    for (const std::uint64_t key : band_keys_of(text.sketch)) {
        const auto bucket = buckets_.at(key);
        const auto front = bucket.first(std::min(bucket.size(), bucket_front));
        const bool is_front = std::find(front.begin(), front.end(), number) != front.end();
        for (const Number other : is_front ? bucket : front) {
            const Number tip = texts_[other].tips.front();
            if (groups_.group_of(tip) == groups_.group_of(text.tips.front())) continue;
            if (share_of(text.sketch, texts_[other].sketch) >= text_share_min) groups_.join(text.tips.front(), tip);
        }
    }
}

std::vector<TipId> LinkIndex::cluster_of(const TipId& id) {
    const auto entry = numbers_.find(id);
    if (entry == numbers_.end()) return {};
    settle();
    std::vector<TipId> ids;
    for (const Number tip : groups_.members(groups_.group_of(entry->second))) ids.push_back(tips_[tip].id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<std::vector<TipId>> LinkIndex::clusters() {
    settle();
    std::vector<std::vector<TipId>> all;
    for (std::uint32_t group = 0; group < groups_.groups_size(); ++group) {
        if (groups_.members(group).size() < 2) continue;
        std::vector<TipId> ids;
        for (const Number tip : groups_.members(group)) ids.push_back(tips_[tip].id);
        std::sort(ids.begin(), ids.end());
        all.push_back(std::move(ids));
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.size() != b.size() ? a.size() > b.size() : a.front() < b.front();
    });
    return all;
}

}  // namespace plumbline::link
