// SPDX-License-Identifier: Apache-2.0
// The proof that a table is UNIQUE and complete: for every combination of values that its inputs can have, exactly one
// rule matches. It is exact, by walking every combination of the compiled cells (boxes that meet the same rules are
// walked once), and each flaw comes with a witness in words:
//
//     table severity: rules severity-3 and severity-7 both match danger_now="no", loss_band="large", linked_tips=20
//     table severity: no rule matches danger_now="unknown", loss_band="none", linked_tips=0
//
// Pure. `too_large` where the walk takes more than steps_max boxes: a table that nobody can read either.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "rulebook/compile.h"

namespace plumbline::rulebook {

inline constexpr std::uint64_t steps_max = 250'000;  // boxes of one table
inline constexpr std::size_t flaws_max = 16;           // told of one table

struct Flaw {
    enum class Kind : std::uint8_t { gap, overlap, dead_rule };
    Kind kind = Kind::gap;
    std::string table;
    std::vector<std::string> rules;      // the two that overlap, or the one that can never match
    std::vector<Value> witness;          // one value for each input of the table; empty for a dead rule
    std::string words;
};
Result<std::vector<Flaw>> flaws_of(const Model& model, const Compiled& compiled);

}  // namespace plumbline::rulebook
