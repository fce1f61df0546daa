// SPDX-License-Identifier: Apache-2.0
// Deciding again. replay() runs recorded facts through a rulebook and tells where the outcome differs from the recorded one: with
// the same rulebook there must be no difference, with a new one it shows what the change would do. permuted() holds promise
// 4 on real tips: with country, language, partner and contact of each replaced by those of others, and the money changed into other
// currencies at equal value, facts and verdict must stay as they are. Pure; the caller opens the tips.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/decision.h"
#include "model/indicator.h"
#include "model/tip.h"
#include "rulebook/decide.h"
#include "rulebook/reference_rates.h"

namespace plumbline::rulebook {

struct Recorded {
    std::string name;                 // the tip's id
    Facts facts;
    Decision decision;
};
struct Difference {
    std::string name;
    std::string words;                // "severity: medium, now high; deadline_hours: 72, now 24"
};
std::vector<Difference> replay(const Rulebook& rulebook, std::span<const Recorded> recorded);

struct ReplayedTip {
    std::string name;
    TipContent content;
    Evidence evidence;
    std::int64_t linked_tips = 0;
};
struct Permuted {
    std::uint64_t decisions = 0;              // made with another origin
    std::uint64_t in_other_currencies = 0;    // made with the money in another currency
    std::uint64_t at_an_edge = 0;             // left out: the equal amount does not exist in that currency's minor units, or lies across a band's edge
    std::vector<Difference> differences;      // must be empty
};
// Each tip is decided with every origin of `origins`, and with its loss in every currency of the rates.
Permuted permuted(const Rulebook& rulebook, const ReferenceRates& rates, std::span<const ReplayedTip> tips, std::span<const Origin> origins);

}  // namespace plumbline::rulebook
