// SPDX-License-Identifier: Apache-2.0
#include "link/flood_index.h"

#include <algorithm>
#include <map>

namespace plumbline::link {

namespace {

// A band's list of heads is looked at only so far: in a flood of different texts a newcomer finds its head among the first.
constexpr std::size_t heads_of_band_max = 64;

std::uint64_t hash_of(IndicatorKind kind, std::string_view value) {
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ static_cast<std::uint64_t>(kind);   // FNV-1a
    for (const char c : value) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

}  // namespace

std::uint32_t FloodIndex::new_group(const TextSketch& sketch, std::uint64_t print) {
    std::uint32_t number = static_cast<std::uint32_t>(groups_.size());
    if (free_groups_.empty()) {
        groups_.emplace_back();
    } else {
        number = free_groups_.back();
        free_groups_.pop_back();
    }
    groups_[number] = Group{sketch, print, {}, true};
    if (sketch.empty() && print != 0) by_print_[print].push_back(number);
    if (!sketch.empty())
        for (const std::uint64_t key : band_keys_of(sketch)) {
            std::vector<std::uint32_t>& heads = by_band_[key];
            if (heads.size() < heads_of_band_max) heads.push_back(number);
        }
    return number;
}

std::uint32_t FloodIndex::group_for(const TextSketch& sketch, std::uint64_t print) {
    std::optional<std::uint32_t> found;
    if (sketch.empty()) {
        if (print == 0) return new_group(sketch, print);
        for (const std::uint32_t group : by_print_[print])
            if (!found && groups_[group].members.size() < flood_members_max) found = group;
        return found ? *found : new_group(sketch, print);
    }
    for (const std::uint64_t key : band_keys_of(sketch)) {
        const auto heads = by_band_.find(key);
        if (heads == by_band_.end()) continue;
        for (const std::uint32_t group : heads->second) {
            if (found && *found <= group) continue;
            if (groups_[group].members.size() < flood_members_max && share_of(sketch, groups_[group].head) >= flood_share_min) found = group;
        }
    }
    return found ? *found : new_group(sketch, print);
}

void FloodIndex::insert(const TipId& tip, const LinkFacts& facts, const FloodTip& place) {
    withdraw(tip);
    Number number = static_cast<Number>(members_.size());
    if (free_.empty()) {
        members_.emplace_back();
    } else {
        number = free_.back();
        free_.pop_back();
    }
    Member& member = members_[number];
    member = Member{};
    member.id = tip;
    member.place = place;
    member.is_danger = facts.is_danger;
    member.is_recallable = facts.is_recallable;
    if (facts.shingles.size() >= shingles_min) member.sketch = sketch_of(facts.shingles);
    for (const auto& [kind, value] : facts.values) member.values.emplace_back(kind, hash_of(kind, value));
    member.group = group_for(member.sketch, facts.text_print);
    Group& group = groups_[member.group];
    member.at = static_cast<std::uint32_t>(group.members.size());
    group.members.push_back(number);
    group.is_stale = true;
    if (group.members.size() == flood_tips_min) ++large_groups_;
    numbers_.emplace(tip, number);
}

void FloodIndex::withdraw(const TipId& tip) {
    const auto found = numbers_.find(tip);
    if (found == numbers_.end()) return;
    const Number number = found->second;
    const std::uint32_t number_of_group = members_[number].group;
    Group& group = groups_[number_of_group];
    const std::uint32_t at = members_[number].at;
    group.members[at] = group.members.back();
    members_[group.members[at]].at = at;
    group.members.pop_back();
    group.is_stale = true;
    if (group.members.size() + 1 == flood_tips_min) --large_groups_;
    if (group.members.empty()) {
        const auto forget = [number_of_group](auto& lists, std::uint64_t key) {
            const auto list = lists.find(key);
            if (list == lists.end()) return;
            std::erase(list->second, number_of_group);
            if (list->second.empty()) lists.erase(list);
        };
        if (group.head.empty()) forget(by_print_, group.short_print);
        else
            for (const std::uint64_t key : band_keys_of(group.head)) forget(by_band_, key);
        group = Group{};
        free_groups_.push_back(number_of_group);
    }
    members_[number] = Member{};
    free_.push_back(number);
    numbers_.erase(found);
}

void FloodIndex::set_aside(const TipId& tip, bool is_aside) {
    const auto found = numbers_.find(tip);
    if (found != numbers_.end()) members_[found->second].place.is_aside = is_aside;
}

// Rule 3a and 3b.
void FloodIndex::lift_claims(Group& group) {
    const auto lift_rare = [&](auto says) {
        const auto count = static_cast<std::size_t>(std::count_if(group.members.begin(), group.members.end(), [&](Number number) { return says(members_[number]); }));
        if (count > own_lines_max) return;
        for (const Number number : group.members)
            if (says(members_[number])) members_[number].is_folded = false;
    };
    lift_rare([](const Member& member) { return member.is_danger; });
    lift_rare([](const Member& member) { return member.is_recallable; });
    Severity lowest = Severity::critical;
    for (const Number number : group.members) lowest = std::min(lowest, members_[number].place.severity);
    for (const Severity severity : {Severity::medium, Severity::high, Severity::critical})
        if (severity > lowest) lift_rare([severity](const Member& member) { return member.place.severity >= severity; });
}

// How many values each member holds that (nearly) nobody else does, of kinds that tell here.
void FloodIndex::count_own_values(const Group& group, std::vector<std::uint32_t>& own) const {
    std::unordered_map<std::uint64_t, std::uint32_t> holders;
    for (const Number number : group.members)
        for (const auto& [kind, value] : members_[number].values) ++holders[value];
    std::map<IndicatorKind, std::size_t> tips_of_kind;
    for (const Number number : group.members) {
        IndicatorKind last{};
        bool has_last = false;
        for (const auto& [kind, value] : members_[number].values) {
            if (holders[value] > own_holders_max || (has_last && kind == last)) continue;
            ++tips_of_kind[kind];
            last = kind;
            has_last = true;
        }
    }
    for (std::size_t i = 0; i < group.members.size(); ++i)
        for (const auto& [kind, value] : members_[group.members[i]].values)
            if (holders[value] <= own_holders_max && tips_of_kind[kind] <= own_lines_max) ++own[i];
}

void FloodIndex::count_own_shingles(const Group& group, std::vector<std::uint32_t>& own) const {
    std::unordered_map<std::uint32_t, std::uint32_t> holders;
    for (const Number number : group.members)
        for (const std::uint32_t shingle : members_[number].sketch) ++holders[shingle];
    for (std::size_t i = 0; i < group.members.size(); ++i)
        for (const std::uint32_t shingle : members_[group.members[i]].sketch)
            if (holders[shingle] <= own_holders_max) ++own[i];
}

// Rule 3c, 3d and 4.
void FloodIndex::lift_by_own(Group& group) {
    std::vector<std::uint32_t> values(group.members.size(), 0);
    std::vector<std::uint32_t> shingles(group.members.size(), 0);
    count_own_values(group, values);
    count_own_shingles(group, shingles);
    std::vector<std::uint32_t> sorted = shingles;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
    const std::uint32_t middle = sorted[sorted.size() / 2];
    std::vector<Number> lifted;
    for (std::size_t i = 0; i < group.members.size(); ++i) {
        Member& member = members_[group.members[i]];
        const bool has_text = shingles[i] >= own_shingles_min && shingles[i] > 2 * middle;
        member.own = values[i] * static_cast<std::uint32_t>(own_shingles_min) + (shingles[i] > middle ? shingles[i] - middle : 0);
        if (values[i] > 0 || has_text) lifted.push_back(group.members[i]);
    }
    std::sort(lifted.begin(), lifted.end(), [this](Number a, Number b) {
        return members_[a].own != members_[b].own ? members_[a].own > members_[b].own : members_[a].id < members_[b].id;
    });
    if (lifted.size() > own_lines_max) lifted.resize(own_lines_max);
    for (const Number number : lifted) members_[number].is_folded = false;
}

void FloodIndex::work_out(Group& group) {
    if (!group.is_stale) return;
    group.is_stale = false;
    const bool is_flood = group.members.size() >= flood_tips_min;
    for (const Number number : group.members) {
        members_[number].is_folded = is_flood;
        members_[number].own = 0;
    }
    if (!is_flood) return;
    lift_claims(group);
    lift_by_own(group);
}

std::optional<std::uint32_t> FloodIndex::folded_into(const TipId& tip) {
    const auto found = numbers_.find(tip);
    if (found == numbers_.end()) return std::nullopt;
    Group& group = groups_[members_[found->second].group];
    work_out(group);
    if (!members_[found->second].is_folded) return std::nullopt;
    return members_[found->second].group;
}

Flood FloodIndex::flood_of(const TipId& tip) {
    Flood flood;
    const auto found = numbers_.find(tip);
    if (found == numbers_.end()) return flood;
    Group& group = groups_[members_[found->second].group];
    work_out(group);
    if (group.members.size() < flood_tips_min) return flood;
    std::vector<Number> order = group.members;
    std::sort(order.begin(), order.end(), [this](Number a, Number b) {
        return members_[a].own != members_[b].own ? members_[a].own > members_[b].own : members_[a].id < members_[b].id;
    });
    for (const Number number : order) {
        const Member& member = members_[number];
        (member.is_folded ? flood.folded : flood.standing).push_back(member.id);
        if (member.is_folded && member.place.is_aside) flood.aside.push_back(member.id);
    }
    return flood;
}

}  // namespace plumbline::link
