// SPDX-License-Identifier: Apache-2.0
// All tips present, and which of them are about the same offender or campaign.
//
//     LinkIndex index;
//     index.insert(tip, link_facts_of(evidence, content));
//     for (const Link& link : index.links_of(tip)) ...      // strongest first, each with its reasons in words
//     index.cluster_of(tip);                                // everything reached from it over links
//
// What it says depends on the set of tips present and on nothing else: not on the order of insertions, not on what was
// withdrawn meanwhile. link_test.cc proves that against a naive reading of these rules:
//
// 1. Two tips that share a value which still says something (grade.h) are linked where the bits of all such values and of
//    their texts' likeness reach link_bits_min.
// 2. Two tips whose texts are alike by text_share_min are linked, where MinHash finds the pair (sketch.h). Tips whose
//    texts have the same shingles are one text; a text of fewer than shingles_min shingles is none.
// 3. Floods stay bounded: in a bucket of MinHash every text is compared with the first bucket_front texts of the bucket,
//    in the order of their fingerprints. The texts of a flood are thus linked through those few.
// 4. A cluster is a connected component over the links of 1 to 3.
//
// links_of() names, of equal texts, the first same_text_listed tips by id, of each like text the first like_text_listed. Of a
// link it tells the reasons of half a bit and more, at most 12; `bits` is the sum of all.
//
// Bounds: a value's list is walked only while it is at most 513 tips long, so a query costs at most values_max * 513
// comparisons however many tips there are. Clusters are brought up to date when they are asked for; what changed since is
// taken apart and joined anew.
// A resource, one thread or the caller's own lock.
#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "link/bucket_table.h"
#include "link/grade.h"
#include "link/partition.h"
#include "link/sketch.h"
#include "model/link.h"

namespace plumbline::link {

inline constexpr std::size_t bucket_front = 16;
inline constexpr std::size_t same_text_listed = 64;
inline constexpr std::size_t like_text_listed = 8;
inline constexpr std::size_t links_listed = 50;

class LinkIndex {
  public:
    LinkIndex();
    LinkIndex(const LinkIndex&) = delete;
    LinkIndex& operator=(const LinkIndex&) = delete;

    // A tip that is present already is withdrawn first. Facts beyond values_max and shingles_max are left out.
    void insert(const TipId& tip, const LinkFacts& facts);
    void withdraw(const TipId& tip);  // nothing where it is absent
    bool holds(const TipId& tip) const { return numbers_.count(tip) != 0; }
    std::size_t tips() const { return numbers_.size(); }

    // Empty where the tip is absent or has no link.
    std::vector<Link> links_of(const TipId& tip, std::size_t most = links_listed) const;
    // How two tips are linked directly: bits 0 and no reasons where they share nothing.
    Link link_between(const TipId& tip, const TipId& other) const;
    // Sorted ids, the tip itself among them; empty where it is absent.
    std::vector<TipId> cluster_of(const TipId& tip);
    // Clusters of two tips and more, each sorted; the largest first, equal ones by their first id.
    std::vector<std::vector<TipId>> clusters();

  private:
    using Number = std::uint32_t;
    static constexpr Number no_text_ = 0xffffffff;
    struct Value {
        IndicatorKind kind = IndicatorKind::email;
        std::uint64_t site = 0;
        const std::string* key = nullptr;   // in value_numbers_: the kind's byte, then the value
        std::vector<Number> holders;
    };
    struct FingerprintHash {
        std::size_t operator()(const Fingerprint& print) const { return print[0]; }
    };
    struct Text {
        Fingerprint print{};
        TextSketch sketch;
        std::vector<Number> tips;           // ascending by id
        bool is_waiting = false;            // for scan_text
    };
    struct Tip {
        TipId id;
        std::vector<Number> values;
        Number text = no_text_;
        bool is_waiting = false;            // for scan_tip
    };
    struct Shared {
        Number tip;
        Number value;
    };

    // link_index.cc
    void add_values(Number tip, const LinkFacts& facts);
    void add_text(Number tip, const LinkFacts& facts);
    void remove_value(Number tip, Number value);
    void remove_text(Number tip);
    void add_to_buckets(Number text);
    void remove_from_buckets(Number text);
    Number number_of_value(IndicatorKind kind, const std::string& value);
    bool is_before(Number tip, Number other) const { return tips_[tip].id < tips_[other].id; }
    // clusters.cc
    void limit_may_have_changed();
    void wait_for_tip(Number tip);
    void wait_for_text(Number text);
    void doubt(Number tip);                 // its group may have lost a link
    void doubt_text(Number text);
    void lose_front(std::uint64_t bucket, Number text);   // the text no longer stands at the front of the bucket
    bool is_held_without_front(std::uint64_t bucket, Number text) const;
    void settle();
    void take_apart(std::uint32_t group);
    void scan_tip(Number tip);
    void scan_text(Number text);
    // links.cc
    double bits_of_value(const Value& value) const;
    double share_between(const Tip& tip, const Tip& other) const;
    SharedValue shared_value_of(const Value& value) const;
    std::vector<Shared> shared_by(Number tip) const;               // ascending by tip; without the tip itself
    std::vector<std::pair<Number, double>> like_texts_of(Number text) const;
    void add_like_tips(Number tip, std::vector<Number>& others) const;
    Link link_from(Number tip, Number other, std::vector<SharedValue> shared) const;

    std::vector<Tip> tips_;
    std::vector<Number> free_tips_;
    std::unordered_map<TipId, Number> numbers_;
    std::vector<Value> values_;
    std::vector<Number> free_values_;
    std::unordered_map<std::string, Number> value_numbers_;
    std::vector<Text> texts_;
    std::vector<Number> free_texts_;
    std::unordered_map<Fingerprint, Number, FingerprintHash> text_numbers_;
    BucketTable buckets_;
    std::size_t common_limit_;

    Partition groups_;
    std::vector<Number> waiting_tips_;
    std::vector<Number> waiting_texts_;
    std::vector<std::uint32_t> doubted_groups_;
    std::vector<bool> is_doubted_;          // by group
    bool all_doubted_ = false;
    std::vector<std::pair<std::uint64_t, Number>> lost_fronts_;
};

}  // namespace plumbline::link
