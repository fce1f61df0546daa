// SPDX-License-Identifier: Apache-2.0
// The rules of link_index.h read naively, for tests: every pair of tips is looked at, nothing is kept from one question
// to the next. It shares the arithmetic (grade.h, sketch.h) with LinkIndex and none of its bookkeeping.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "link/grade.h"
#include "link/key.h"
#include "link/link_index.h"
#include "link/sketch.h"

namespace plumbline::link {

class NaiveLinks {
  public:
    using Facts = std::map<TipId, LinkFacts>;
    struct Scored {
        double bits = 0;
        TipId other;
        bool operator==(const Scored&) const = default;
    };

    explicit NaiveLinks(const Facts& facts) : facts_(facts), common_(common_limit(facts.size())) {
        for (const auto& [tip, fact] : facts) {
            for (const auto& value : fact.values) holders_[value] += 1;
            TextSketch sketch = sketch_of(fact.shingles);
            if (sketch.size() < shingles_min) continue;
            prints_[tip] = fingerprint_of(sketch);
            tips_of_[prints_[tip]].insert(tip);
            sketches_[prints_[tip]] = std::move(sketch);
        }
        for (const auto& [print, sketch] : sketches_) {
            for (const std::uint64_t key : band_keys_of(sketch)) buckets_[key].push_back(print);  // ascending: a map's order
        }
    }

    double bits_between(const TipId& a, const TipId& b) const {
        double bits = 0;
        std::vector<SharedValue> shared = shared_values(a, b);
        if (!shared.empty()) bits = combine(shared);
        return bits + text_bits(share(a, b));
    }

    // What links_of() gives, reasons apart.
    std::vector<Scored> links_of(const TipId& tip) const {
        std::set<TipId> like;
        if (prints_.count(tip) != 0) {
            const Fingerprint print = prints_.at(tip);
            take_first(tips_of_.at(print), tip, same_text_listed, like);
            for (const auto& [other, tips] : tips_of_) {
                if (other != print && meets_front(print, other) && share_of(sketches_.at(print), sketches_.at(other)) >= text_share_min) {
                    take_first(tips, tip, like_text_listed, like);
                }
            }
        }
        std::vector<Scored> links;
        for (const auto& entry : facts_) {
            const TipId other = entry.first;
            if (other == tip || (shared_values(tip, other).empty() && like.count(other) == 0)) continue;
            const double bits = bits_between(tip, other);
            if (bits >= link_bits_min) links.push_back({bits, other});
        }
        std::sort(links.begin(), links.end(), [](const Scored& a, const Scored& b) { return a.bits != b.bits ? a.bits > b.bits : a.other < b.other; });
        if (links.size() > links_listed) links.resize(links_listed);
        return links;
    }

    std::vector<std::vector<TipId>> clusters() const {
        std::map<TipId, TipId> parent;
        for (const auto& entry : facts_) parent[entry.first] = entry.first;
        const std::function<TipId(TipId)> root = [&parent](TipId tip) {
            while (parent[tip] != tip) tip = parent[tip];
            return tip;
        };
        for (auto a = facts_.begin(); a != facts_.end(); ++a) {
            if (a->second.values.empty() && a->second.shingles.empty()) continue;
            for (auto b = std::next(a); b != facts_.end(); ++b) {
                if (b->second.values.empty() && b->second.shingles.empty()) continue;
                if (is_linked(a->first, b->first)) parent[root(a->first)] = root(b->first);
            }
        }
        std::map<TipId, std::vector<TipId>> groups;
        for (const auto& entry : facts_) groups[root(entry.first)].push_back(entry.first);
        std::vector<std::vector<TipId>> all;
        for (auto& [first, tips] : groups) if (tips.size() > 1) all.push_back(std::move(tips));
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() > b.size() : a.front() < b.front(); });
        return all;
    }

  private:
    static void take_first(const std::set<TipId>& tips, const TipId& but, std::size_t most, std::set<TipId>& into) {
        std::size_t taken = 0;
        for (const TipId& tip : tips) {
            if (tip == but) continue;
            if (taken++ == most) return;
            into.insert(tip);
        }
    }
    bool is_linked(const TipId& a, const TipId& b) const {
        if (!shared_values(a, b).empty() && bits_between(a, b) >= link_bits_min) return true;
        if (prints_.count(a) == 0 || prints_.count(b) == 0) return false;
        const Fingerprint& left = prints_.at(a);
        const Fingerprint& right = prints_.at(b);
        if (left == right) return true;
        return share(a, b) >= text_share_min && (meets_front(left, right) || meets_front(right, left));
    }
    // Whether `other` stands among the first of a bucket that `print` is in.
    bool meets_front(const Fingerprint& print, const Fingerprint& other) const {
        for (const std::uint64_t key : band_keys_of(sketches_.at(print))) {
            const std::vector<Fingerprint>& bucket = buckets_.at(key);
            const auto end = bucket.begin() + static_cast<std::ptrdiff_t>(std::min(bucket.size(), bucket_front));
            if (std::find(bucket.begin(), end, other) != end) return true;
        }
        return false;
    }
    double share(const TipId& a, const TipId& b) const {
        if (prints_.count(a) == 0 || prints_.count(b) == 0) return 0;
        return share_of(sketches_.at(prints_.at(a)), sketches_.at(prints_.at(b)));
    }
    std::vector<SharedValue> shared_values(const TipId& a, const TipId& b) const {
        std::vector<SharedValue> shared;
        for (const auto& value : facts_.at(a).values) {
            const auto& others = facts_.at(b).values;
            if (std::find(others.begin(), others.end(), value) == others.end()) continue;
            const double bits = bits_of(value.first, holders_.at(value), common_);
            const std::string_view site = site_of_value(value.first, value.second);
            if (bits > 0) shared.push_back({value.first, site.empty() ? 0 : std::hash<std::string_view>()(site) | 1, bits, value.second});
        }
        return shared;
    }

    const Facts& facts_;
    std::size_t common_;
    std::map<std::pair<IndicatorKind, std::string>, std::size_t> holders_;
    std::map<TipId, Fingerprint> prints_;
    std::map<Fingerprint, std::set<TipId>> tips_of_;
    std::map<Fingerprint, TextSketch> sketches_;
    std::map<std::uint64_t, std::vector<Fingerprint>> buckets_;
};

}  // namespace plumbline::link
