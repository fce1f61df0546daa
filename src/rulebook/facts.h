// SPDX-License-Identifier: Apache-2.0
// The facts of an offence: everything that the rulebook may look at, and nothing of where a tip comes from. There is no
// country, language, currency, nationality, partner or contact here, so no rule can ask for one (DESIGN section 2, promise 4);
// this header includes nothing that knows them, and decide_test.cc proves that by compiling.
//
// A value. `final`, so that no type can carry an origin in under its name.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/category.h"
#include "rulebook/field.h"

namespace plumbline::rulebook {

enum class LossBand : std::uint8_t { unknown = 0, none, small, medium, large, very_large };
enum class Claim : std::uint8_t { unknown = 0, no, yes };  // what the reporter says, or does not
std::string_view name_of(LossBand band);
std::string_view name_of(Claim claim);

inline constexpr std::int64_t count_max = 1'000'000;  // counts above it are cut to it

struct Facts final {
    std::string category = std::string(category_not_sure);  // a leaf; an unknown one counts as "not sure"
    LossBand loss_band = LossBand::unknown;
    Claim money_recallable = Claim::unknown;                // the money was sent within 72 hours
    Claim still_happening = Claim::unknown;
    Claim danger_now = Claim::unknown;                      // to someone's life
    Claim victim_is_child = Claim::unknown;
    Claim victim_is_critical_service = Claim::unknown;
    std::int64_t linked_tips = 0;
    std::int64_t identity_indicators = 0;                   // different wallets, IBANs and phone numbers in it
    bool has_files = false;
    Claim victim_is_older = Claim::unknown;
    Claim victim_is_organisation = Claim::unknown;
    Claim synthetic_content = Claim::unknown;               // a picture, voice or film made by a machine was used
    bool operator==(const Facts&) const = default;
};

// Places of the facts among a rulebook's slots. `group` is not stored: it is the leaf's group.
enum class FactSlot : std::size_t {
    category, group, loss_band, money_recallable, still_happening, danger_now, victim_is_child, victim_is_critical_service, linked_tips, identity_indicators, has_files,
    victim_is_older, victim_is_organisation, synthetic_content,
};
inline constexpr std::size_t fact_slots = 14;

// The facts as fields, by FactSlot: what a table's inputs are checked against when a rulebook is loaded.
std::vector<Field> fact_fields(const Categories& categories);

Json to_json(const Facts& facts);
Result<Facts> facts_from(const Json& json);  // strict: an unknown member or value is invalid

}  // namespace plumbline::rulebook
