// SPDX-License-Identifier: Apache-2.0
// Floods: many near-equal tips that nobody has opened yet, folded into one line of the queue. It sorts what is shown and
// changes nothing. The rule (docs/steps/link.md, "Floods"):
//
// 1. Tips whose texts share flood_share_min of their shingles with a head text stand together; a text joins the first head, in
//    the order in which heads came, that it is so like. Texts of fewer than shingles_min shingles stand together where their
//    letters are the same; a tip without letters stands alone.
// 2. Fewer than flood_tips_min together are no flood: nothing is folded.
// 3. In a flood a tip that has something of its own stands on its own line:
//    a) danger to life, or money sent within 72 hours, where at most own_lines_max of the flood say so;
//    b) a severity that at most own_lines_max of the flood reach;
//    c) a value (address, account, wallet ...) that at most own_holders_max of the flood hold. A kind of which more than
//       own_lines_max tips have such values says nothing in this flood;
//    d) own_shingles_min shingles that at most own_holders_max of the flood hold, and more than twice as many as the middle tip.
// 4. Of c and d together at most own_lines_max stand out, those with the most of their own first; the others come first where
//    the flood is unfolded. Of a and b there are at most 3 * own_lines_max by their own bounds.
//
// Bounds: a flood holds flood_members_max tips, then a new one begins. A flood is worked out anew when it is asked for and has
// changed: O(tips * (shingles + values)). A resource, one thread or the caller's own lock. Pure.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "link/sketch.h"
#include "model/decision.h"
#include "model/ids.h"
#include "model/link.h"

namespace plumbline::link {

inline constexpr double flood_share_min = 0.7;
inline constexpr std::size_t flood_tips_min = 20;
inline constexpr std::size_t flood_members_max = 50'000;
inline constexpr std::size_t own_lines_max = 50;
inline constexpr std::size_t own_holders_max = 2;
inline constexpr std::size_t own_shingles_min = 8;

struct FloodTip {
    Severity severity = Severity::low;
    bool is_aside = false;
};
struct Flood {
    std::vector<TipId> folded;             // those with the most of their own first, then by id
    std::vector<TipId> aside;              // of these: put aside already
    std::vector<TipId> standing;           // near-equal too, each on its own line
};

class FloodIndex {
  public:
    void insert(const TipId& tip, const LinkFacts& facts, const FloodTip& place);   // one that is here is withdrawn first
    void withdraw(const TipId& tip);                                                 // nothing where it is absent
    void set_aside(const TipId& tip, bool is_aside);
    // Whether the queue folds it away behind a line for all of them; a number that is the same for all of its flood.
    std::optional<std::uint32_t> folded_into(const TipId& tip);
    Flood flood_of(const TipId& tip);      // of a tip that is folded or stands beside a flood; else empty
    std::size_t tips() const { return numbers_.size(); }
    // Whether there are enough alike for any flood at all: where not, nothing is folded.
    bool has_floods() const { return large_groups_ > 0; }

  private:
    using Number = std::uint32_t;
    struct Member {
        TipId id;
        TextSketch sketch;
        std::vector<std::pair<IndicatorKind, std::uint64_t>> values;
        FloodTip place;
        bool is_danger = false;
        bool is_recallable = false;
        std::uint32_t group = 0;
        std::uint32_t at = 0;              // in its group
        bool is_folded = false;
        std::uint32_t own = 0;             // how much of its own: values count as own_shingles_min each
    };
    struct Group {
        TextSketch head;                   // empty: of a short text
        std::uint64_t short_print = 0;
        std::vector<Number> members;
        bool is_stale = true;
    };
    std::uint32_t group_for(const TextSketch& sketch, std::uint64_t print);
    std::uint32_t new_group(const TextSketch& sketch, std::uint64_t print);
    void work_out(Group& group);
    void lift_claims(Group& group);
    void lift_by_own(Group& group);
    void count_own_values(const Group& group, std::vector<std::uint32_t>& own) const;
    void count_own_shingles(const Group& group, std::vector<std::uint32_t>& own) const;

    std::vector<Member> members_;
    std::vector<Number> free_;
    std::unordered_map<TipId, Number> numbers_;
    std::vector<Group> groups_;
    std::vector<std::uint32_t> free_groups_;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_band_;   // heads, in the order in which they came
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_print_;
    std::size_t large_groups_ = 0;
};

}  // namespace plumbline::link
