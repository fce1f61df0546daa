// SPDX-License-Identifier: Apache-2.0
// decide(rulebook, facts) -> Decision. It takes facts and nothing else: Origin is another type that this room's deciding
// half has never heard of, and the same facts give the same decision on every machine and in every year.
//
// judge() is the same without words: for the line's own loops and for replaying millions. Pure; any thread.
#pragma once
#include <array>
#include <cstdint>

#include "rulebook/rulebook.h"

namespace plumbline::rulebook {

// The outcome with its whole trace, as places in the rulebook: fired[t] is the rule of compiled().tables[t].
struct Verdict {
    Severity severity = Severity::low;
    std::int64_t deadline_hours = 0;
    std::uint64_t duties = 0;                           // bit d: duties()[d] stands
    std::int64_t queue = 0;                             // place among queues()
    std::array<std::uint16_t, tables_max> fired{};
    bool operator==(const Verdict&) const = default;
};
Verdict judge(const Rulebook& rulebook, const Facts& facts);

// In words. `fired` names a row of every table but those rows that say "no" to a duty; trace_of() names them all.
Decision decide(const Rulebook& rulebook, const Facts& facts);
std::vector<FiredRow> trace_of(const Rulebook& rulebook, const Verdict& verdict);

}  // namespace plumbline::rulebook
