// SPDX-License-Identifier: Apache-2.0
// Small-cell suppression for one group of leaf counts whose total is public. Where a leaf of the group has a small count,
// every leaf below the limit is hidden, zeros too, and with them the leaves of the smallest count that is not small.
//
// Why that is enough: whoever knows the total, what is shown and this rule cannot tell which of the hidden leaves has the
// cover's count and which a small one, because a table with two of them exchanged is shown the same. Where no leaf
// reaches the limit all are hidden, and moving one tip from a leaf to another is shown the same. suppress_test.cc goes
// through all small tables. A group of one leaf is its total and cannot be helped. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace plumbline::figures {

inline constexpr std::uint64_t small_below = 5;   // counts of 1 to 4 are small

// `counts` holds every leaf of the group, zeros too. `below` is at least 3 (were only 1 small, two leaves of total 2 would be told). Same order; nullopt where suppressed.
std::vector<std::optional<std::uint64_t>> suppress_small(const std::vector<std::uint64_t>& counts, std::uint64_t below = small_below);

}  // namespace plumbline::figures
