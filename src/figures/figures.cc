// SPDX-License-Identifier: Apache-2.0
#include "figures/figures.h"

#include <numeric>

namespace plumbline::figures {
namespace {

constexpr std::string_view custody_prefix = "custody.";

// Signed while counting: the log's order decides, and only what is left at the end must not be negative.
using Stock = std::map<CategoryGroup, std::map<TipState, std::int64_t>>;

Result<void> check_period(const Options& options) {
    if (options.to < options.from) return fail(ErrorKind::invalid, "to: {} is before from, {}", to_text(options.to), to_text(options.from));
    if (options.as_of < options.to) return fail(ErrorKind::invalid, "to: {} is after the day of counting, {}", to_text(options.to), to_text(options.as_of));
    if ((options.to - options.from).count() >= period_days_max) return fail(ErrorKind::invalid, "to: a period has at most {} days", period_days_max);
    return {};
}

void count_stock(const LedgerEntry& entry, Stock& stock) {
    const auto change = state_change_of(entry.kind);
    if (!change) return;
    if (change->from) --stock[entry.group][*change->from];
    ++stock[entry.group][change->to];
}

std::vector<LeafRow> suppressed_rows(const std::map<CategoryGroup, std::map<std::string, std::uint64_t>>& leaves) {
    std::vector<LeafRow> rows;
    for (const auto& [group, by_leaf] : leaves) {
        std::vector<std::uint64_t> counts;
        for (const auto& entry : by_leaf) counts.push_back(entry.second);
        const auto shown = suppress_small(counts);
        std::size_t at = 0;
        for (const auto& entry : by_leaf) rows.push_back(LeafRow{group, entry.first, shown[at++]});
    }
    return rows;
}

}  // namespace

std::vector<LeafRow> leaves_of(const Categories& categories) {
    std::vector<LeafRow> rows;
    for (const Category& leaf : categories.leaves()) rows.push_back(LeafRow{leaf.group, leaf.code, std::nullopt});
    return rows;
}

std::uint64_t GroupCounts::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0}); }

Result<Figures> count(std::span<const LedgerEntry> entries, const Options& options) {
    TRY(check_period(options));
    Figures figures;
    figures.frame.from = options.from;
    figures.frame.to = options.to;
    figures.frame.as_of = options.as_of;
    figures.frame.log_size = entries.size();
    figures.frame.rulebook = options.rulebook;
    const std::string received = kind_of_received();
    Stock stock;
    std::map<CategoryGroup, std::map<std::string, std::uint64_t>> leaves;
    for (const LeafRow& row : options.leaves) leaves[row.group].emplace(row.leaf, 0);
    WaitCount waits(options.from, options.to, options.as_of);
    for (const LedgerEntry& entry : entries) {
        if (entry.day > options.to) continue;
        waits.add(entry);
        count_stock(entry, stock);
        if (entry.day < options.from) continue;
        if (entry.kind == received) {
            ++figures.received[entry.group];
            ++figures.received_by_day[entry.day][entry.group];
            if (!options.leaves.empty() && !entry.leaf.empty()) ++leaves[entry.group][entry.leaf];
        } else if (entry.kind.starts_with(custody_prefix)) {
            ++figures.custody[entry.kind];
        }
    }
    for (const auto& [group, states] : stock) {
        for (const auto& [state, tips] : states) {
            if (tips < 0) {
                return fail(ErrorKind::corrupt, "the log does not add up: {} more tips of group {} left the state {} by {} than came into it",
                            -tips, name_of(group), name_of(state), to_text(options.to));
            }
            if (tips > 0) figures.states[group][state] = static_cast<std::uint64_t>(tips);
        }
    }
    figures.leaves = suppressed_rows(leaves);
    figures.waits = waits.waits();
    return figures;
}

Result<Figures> recount(std::span<const LedgerEntry> entries, const Figures& published) {
    if (entries.size() < published.frame.log_size) {
        return fail(ErrorKind::invalid, "log_size: the figures were counted from {} entries, the log given has {}", published.frame.log_size, entries.size());
    }
    Options options;
    options.from = published.frame.from;
    options.to = published.frame.to;
    options.as_of = published.frame.as_of;
    options.rulebook = published.frame.rulebook;
    options.leaves = published.leaves;
    return count(entries.first(static_cast<std::size_t>(published.frame.log_size)), options);
}

namespace {

// Every cell of a figure under its name: two figures are compared cell by cell.
std::map<std::string, std::string> cells_of(const Figures& figures) {
    std::map<std::string, std::string> cells;
    cells["unit"] = figures.frame.unit;
    cells["from"] = to_text(figures.frame.from);
    cells["to"] = to_text(figures.frame.to);
    cells["as_of"] = to_text(figures.frame.as_of);
    cells["log_size"] = fmt::to_string(figures.frame.log_size);
    cells["rulebook"] = figures.frame.rulebook;
    const auto put = [&cells](std::string name, std::uint64_t count) {
        if (count > 0) cells[std::move(name)] = fmt::to_string(count);
    };
    for (const CategoryGroup group : category_groups) {
        put(fmt::format("received total {}", name_of(group)), figures.received[group]);
        for (const auto& [day, counts] : figures.received_by_day) put(fmt::format("received {} {}", to_text(day), name_of(group)), counts[group]);
    }
    for (const auto& [group, states] : figures.states) {
        for (const auto& [state, tips] : states) put(fmt::format("state {} {}", name_of(state), name_of(group)), tips);
    }
    for (const auto& [kind, times] : figures.custody) put(kind, times);
    for (const LeafRow& row : figures.leaves) cells[fmt::format("leaf {}", row.leaf)] = row.count ? fmt::to_string(*row.count) : "suppressed";
    cells.merge(cells_of(figures.waits));
    return cells;
}

}  // namespace

std::vector<Difference> differences(const Figures& published, const Figures& counted) {
    const auto left = cells_of(published);
    const auto right = cells_of(counted);
    std::vector<Difference> found;
    for (const auto& [cell, value] : left) {
        const auto other = right.find(cell);
        const std::string counted_value = other == right.end() ? "0" : other->second;
        if (counted_value != value) found.push_back(Difference{cell, value, counted_value});
    }
    for (const auto& [cell, value] : right) {
        if (left.count(cell) == 0) found.push_back(Difference{cell, "0", value});
    }
    return found;
}

}  // namespace plumbline::figures
