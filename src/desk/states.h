// SPDX-License-Identifier: Apache-2.0
// Which states a person at the desk may move a tip to. The one table; docs/steps/desk.md shows it. The line alone moves
// received to decided, an answer moves to answered, the first opening moves to opened: these three are not in the table.
#pragma once
#include <optional>
#include <vector>

#include "model/tip.h"

namespace plumbline::desk {

enum class ReasonNeed { none, optional, required };
std::string_view name_of(ReasonNeed need);

struct StateRule {
    TipState from;
    TipState to;
    ReasonNeed reason;
};
const std::vector<StateRule>& state_rules();
std::vector<StateRule> moves_from(TipState from);
std::optional<StateRule> move_between(TipState from, TipState to);   // nullopt: not allowed

bool is_opened_by_reading(TipState state);   // received, decided: the first person who opens it moves it to opened
bool can_be_answered(TipState state);        // a person has opened it, and it is not closed

}  // namespace plumbline::desk
