// SPDX-License-Identifier: Apache-2.0
// Counts from the public log alone, with their frame. The same function makes the published figures and recounts them.
//
//     Options options;
//     options.from = ...; options.to = ...; options.as_of = today;
//     const Figures figures = TRY(count(entries, options));          // entries: the log's, in log order
//     to_json(figures).pretty();                                     // figures.json, docs/formats/figures.md
//     differences(published, figures);                               // empty where an outsider gets the same
//
// Pure; values; no thread rules.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "figures/suppress.h"
#include "figures/waits.h"
#include "model/category.h"
#include "model/event.h"

namespace plumbline::figures {

inline constexpr std::int64_t period_days_max = 3'660;  // ten years

// Counts per category group, in the order of category_groups.
class GroupCounts {
  public:
    std::uint64_t& operator[](CategoryGroup group) { return counts_[static_cast<std::size_t>(group) - 1]; }
    std::uint64_t operator[](CategoryGroup group) const { return counts_[static_cast<std::size_t>(group) - 1]; }
    std::uint64_t total() const;
    bool operator==(const GroupCounts&) const = default;

  private:
    std::array<std::uint64_t, category_groups.size()> counts_{};
};

struct Frame {
    std::string unit = "tips";      // reports received; not offences, victims or suspects
    Day from;                       // UTC, inclusive
    Day to;                         // UTC, inclusive
    Day as_of;                      // when it was counted
    std::uint64_t log_size = 0;     // entries that were counted: the first ones of the log
    std::string rulebook;           // version, as in Decision::rulebook
    bool operator==(const Frame&) const = default;
};

struct LeafRow {
    CategoryGroup group = CategoryGroup::other;
    std::string leaf;
    std::optional<std::uint64_t> count;   // nullopt: suppressed
    bool operator==(const LeafRow&) const = default;
};

struct Figures {
    Frame frame;
    GroupCounts received;                                       // in the period
    std::map<Day, GroupCounts> received_by_day;                 // days with a tip
    std::map<CategoryGroup, std::map<TipState, std::uint64_t>> states;  // stock at the end of `to`; no zeros
    std::map<std::string, std::uint64_t> custody;               // custody.* entries of the period, by kind
    std::vector<LeafRow> leaves;                                // by group, then leaf; empty unless asked for
    Waits waits;                                                // for a person, by queue
    bool operator==(const Figures&) const = default;
};

struct Options {
    Day from;
    Day to;
    Day as_of;
    std::string rulebook;
    std::vector<LeafRow> leaves;                                // the leaves to count, zero or not; their counts are not read
};

// All leaves of the tree, for Options::leaves. All must be listed: a table of only the leaves that occur tells too much.
std::vector<LeafRow> leaves_of(const Categories& categories);

// invalid: the period is backwards or longer than period_days_max, or `to` is after `as_of`.
// corrupt: the entries do not add up: more tips left a state than came into it.
Result<Figures> count(std::span<const LedgerEntry> entries, const Options& options);
// What an outsider does with published figures and the log: counts the first frame.log_size entries for the same frame.
// invalid: the log given has fewer entries than that.
Result<Figures> recount(std::span<const LedgerEntry> entries, const Figures& published);

// A cell in which two figures differ: "received 2026-11-02 fraud", with both counts (as text, "suppressed" included).
struct Difference {
    std::string cell;
    std::string published;
    std::string counted;
    bool operator==(const Difference&) const = default;
};
std::vector<Difference> differences(const Figures& published, const Figures& counted);

Json to_json(const Figures& figures);
Result<Figures> figures_from(const Json& json);   // invalid: names the member

}  // namespace plumbline::figures
