// SPDX-License-Identifier: Apache-2.0
#include "rulebook/facts.h"

#include <array>

namespace plumbline::rulebook {

namespace {
// Facts that came later are written only where they are known: a decision from before them replays from what it had.
struct LaterClaim {
    std::string_view name;
    Claim Facts::*member;
};
constexpr LaterClaim later_claims[] = {{"victim_is_older", &Facts::victim_is_older}, {"victim_is_organisation", &Facts::victim_is_organisation}, {"synthetic_content", &Facts::synthetic_content}};

constexpr std::array<std::string_view, 6> band_names{"unknown", "none", "small", "medium", "large", "very_large"};
constexpr std::array<std::string_view, 3> claim_names{"unknown", "no", "yes"};

template <std::size_t N>
Field enumerated(std::string_view name, const std::array<std::string_view, N>& values) {
    return Field{std::string(name), ValueType::text, {values.begin(), values.end()}, 0, 0};
}
Field counted(std::string_view name) { return Field{std::string(name), ValueType::number, {}, 0, count_max}; }

template <class Enum, std::size_t N>
Result<Enum> value_at(const Json& json, std::string_view member, const std::array<std::string_view, N>& names) {
    const std::string text = TRY(json.text_at(member));
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == text) return static_cast<Enum>(i);
    return fail(ErrorKind::invalid, "{}: no value \"{}\"", member, text.substr(0, 40));
}
Result<std::int64_t> count_at(const Json& json, std::string_view member) {
    const std::int64_t count = TRY(json.integer_at(member));
    if (count < 0 || count > count_max) return fail(ErrorKind::invalid, "{}: must be 0 to {}", member, count_max);
    return count;
}
}  // namespace

std::string_view name_of(LossBand band) { return band_names[static_cast<std::size_t>(band)]; }
std::string_view name_of(Claim claim) { return claim_names[static_cast<std::size_t>(claim)]; }

std::vector<Field> fact_fields(const Categories& categories) {
    Field category{"category", ValueType::text, {}, 0, 0};
    for (const Category& leaf : categories.leaves()) category.values.push_back(leaf.code);
    Field group{"group", ValueType::text, {}, 0, 0};
    for (const CategoryGroup each : category_groups) group.values.emplace_back(name_of(each));
    return {std::move(category),
            std::move(group),
            enumerated("loss_band", band_names),
            enumerated("money_recallable", claim_names),
            enumerated("still_happening", claim_names),
            enumerated("danger_now", claim_names),
            enumerated("victim_is_child", claim_names),
            enumerated("victim_is_critical_service", claim_names),
            counted("linked_tips"),
            counted("identity_indicators"),
            Field{"has_files", ValueType::boolean, {}, 0, 0},
            enumerated("victim_is_older", claim_names),
            enumerated("victim_is_organisation", claim_names),
            enumerated("synthetic_content", claim_names)};
}

Json to_json(const Facts& facts) {
    Json json = Json::object();
    json.set("category", facts.category);
    json.set("loss_band", name_of(facts.loss_band));
    json.set("money_recallable", name_of(facts.money_recallable));
    json.set("still_happening", name_of(facts.still_happening));
    json.set("danger_now", name_of(facts.danger_now));
    json.set("victim_is_child", name_of(facts.victim_is_child));
    json.set("victim_is_critical_service", name_of(facts.victim_is_critical_service));
    json.set("linked_tips", facts.linked_tips);
    json.set("identity_indicators", facts.identity_indicators);
    json.set("has_files", facts.has_files);
    for (const LaterClaim& row : later_claims)
        if (facts.*row.member != Claim::unknown) json.set(row.name, name_of(facts.*row.member));
    return json;
}

Result<Facts> facts_from(const Json& json) {
    Facts facts;
    facts.category = TRY(json.text_at("category"));
    facts.loss_band = TRY(value_at<LossBand>(json, "loss_band", band_names));
    facts.money_recallable = TRY(value_at<Claim>(json, "money_recallable", claim_names));
    facts.still_happening = TRY(value_at<Claim>(json, "still_happening", claim_names));
    facts.danger_now = TRY(value_at<Claim>(json, "danger_now", claim_names));
    facts.victim_is_child = TRY(value_at<Claim>(json, "victim_is_child", claim_names));
    facts.victim_is_critical_service = TRY(value_at<Claim>(json, "victim_is_critical_service", claim_names));
    facts.linked_tips = TRY(count_at(json, "linked_tips"));
    facts.identity_indicators = TRY(count_at(json, "identity_indicators"));
    facts.has_files = TRY(json.bool_at("has_files"));
    std::size_t known = 10;
    for (const LaterClaim& row : later_claims) {
        if (json.find(row.name) == nullptr) continue;
        facts.*row.member = TRY(value_at<Claim>(json, row.name, claim_names));
        ++known;
    }
    // One member more would be a fact that nobody decided to let in.
    if (json.as_object().size() != known) return fail(ErrorKind::invalid, "facts: a member is not known");
    return facts;
}

}  // namespace plumbline::rulebook
