// SPDX-License-Identifier: Apache-2.0
// How much a shared value says: bits of evidence that two tips have the same party behind them, by the value's kind and
// by how many tips hold it. The bits fall in steps, each time the number of holders doubles:
//
//     bits(kind, holders) = start(kind) - fall(kind) * ceil(log2(holders - 1))       for 2 <= holders <= holders_max
//
//     identity   wallets, iban, hashes, file, message_id, onion, magnet, jwt   start 24, fall 4/3, links alone to 513 tips
//     identity   phone, card, mac                                            start 20, fall 4/3, links alone to 65 tips
//     contact    email, handle                                               start 11, fall 1, never links alone
//     site       url 10, domain 8, ipv4 and ipv6 7, bic 4                     fall 1, never links alone
//
// Two tips are linked from link_bits_min = 12 on. Identity values count in full. The contact and site values that a pair
// shares count in order of strength, the first in full and each next one by half, because hosts, addresses and paths of
// one sender come together; of one site only the strongest counts. Contact and site values held by more than a quarter
// of all tips (from 16 tips on) count nothing: they belong to whoever receives the tips. Steps instead of a smooth curve
// keep small what an insertion changes (docs/decisions/0050). Everything here is pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/indicator.h"

namespace plumbline::link {

inline constexpr double link_bits_min = 12;
inline constexpr double text_share_min = 0.6;        // from here on two texts link alone
inline constexpr double text_share_hint_min = 0.2;   // from here on a likeness adds to other reasons
inline constexpr std::size_t common_holders_max = 65;

enum class Grade : std::uint8_t { none, site, contact, identity };
Grade grade_of(IndicatorKind kind);

// Contact and site values held by more tips than this say nothing: 65, or a quarter of all tips from 16 tips on.
std::size_t common_limit(std::size_t tips);
// The most holders with which a value of this kind still says something, where `common` is common_limit(all tips).
std::size_t holders_limit(IndicatorKind kind, std::size_t common);
// 0 where fewer than 2 tips hold the value or more than holders_limit.
double bits_of(IndicatorKind kind, std::size_t holders, std::size_t common);
// The bits of a text of which `share` (0 to 1, Jaccard over shingles) is the same: 12 at text_share_min, 20 at 1.
double text_bits(double share);

// A value that both tips of a pair hold, for combine().
struct SharedValue {
    IndicatorKind kind = IndicatorKind::email;
    std::uint64_t site = 0;      // equal for values of one site; 0 stands alone
    double bits = 0;             // bits_of(...) before combine(), what it adds to the sum after it
    std::string_view value;
};
// Keeps the values that count, strongest first, and gives their sum.
double combine(std::vector<SharedValue>& shared);

}  // namespace plumbline::link
