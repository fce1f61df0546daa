// SPDX-License-Identifier: Apache-2.0
#include "desk/states.h"

namespace plumbline::desk {

std::string_view name_of(ReasonNeed need) {
    switch (need) {
        case ReasonNeed::none: return "none";
        case ReasonNeed::optional: return "optional";
        case ReasonNeed::required: return "required";
    }
    return "required";
}

const std::vector<StateRule>& state_rules() {
    using enum TipState;
    static const std::vector<StateRule> rules{
        {opened, with_lab, ReasonNeed::optional},    {opened, referred, ReasonNeed::required},   {opened, closed, ReasonNeed::required},
        {with_lab, opened, ReasonNeed::optional},    {with_lab, referred, ReasonNeed::required}, {with_lab, closed, ReasonNeed::required},
        {answered, opened, ReasonNeed::optional},    {answered, with_lab, ReasonNeed::optional}, {answered, referred, ReasonNeed::required},
        {answered, closed, ReasonNeed::required},    {referred, opened, ReasonNeed::required},   {referred, closed, ReasonNeed::required},
        {closed, opened, ReasonNeed::required},
    };
    return rules;
}

std::vector<StateRule> moves_from(TipState from) {
    std::vector<StateRule> moves;
    for (const StateRule& rule : state_rules())
        if (rule.from == from) moves.push_back(rule);
    return moves;
}

std::optional<StateRule> move_between(TipState from, TipState to) {
    for (const StateRule& rule : state_rules())
        if (rule.from == from && rule.to == to) return rule;
    return std::nullopt;
}

bool is_opened_by_reading(TipState state) { return state == TipState::received || state == TipState::decided; }

bool can_be_answered(TipState state) {
    using enum TipState;
    return state == opened || state == with_lab || state == answered || state == referred;
}

}  // namespace plumbline::desk
