// SPDX-License-Identifier: Apache-2.0
#include "rulebook/rulebook.h"

#include <algorithm>

#include "base/hash.h"

namespace plumbline::rulebook {

namespace {

bool is_plain_name(std::string_view name) {
    if (name.empty() || name.size() > 40) return false;
    return std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

std::string words_of_flaws(const std::vector<Flaw>& flaws) {
    std::string words;
    for (const Flaw& flaw : flaws) words += (words.empty() ? "" : "\n") + flaw.words;
    return words;
}

}  // namespace

Result<Rulebook> Rulebook::load(std::string_view dmn_text, const Categories& categories) {
    Rulebook rulebook;
    rulebook.model_ = TRY(read_dmn(dmn_text));
    rulebook.compiled_ = TRY(compile(rulebook.model_, fact_fields(categories)));
    const std::vector<Flaw> flaws = TRY(flaws_of(rulebook.model_, rulebook.compiled_));
    if (!flaws.empty()) return fail(ErrorKind::invalid, "{}", words_of_flaws(flaws));
    if (rulebook.compiled_.slots.size() > slots_max) return fail(ErrorKind::too_large, "the tables have more than {} outputs", slots_max - fact_slots);
    TRY(rulebook.bind_outputs());
    TRY(rulebook.refuse_idle_tables());
    for (std::size_t i = 0; i < categories.leaves().size(); ++i) {
        const Category& leaf = categories.leaves()[i];
        const auto group = std::find(category_groups.begin(), category_groups.end(), leaf.group) - category_groups.begin();
        rulebook.leaves_.emplace(leaf.code, Leaf{static_cast<std::int64_t>(i), group});
        rulebook.titles_.emplace(leaf.code, leaf.title);
        rulebook.titles_.emplace(name_of(leaf.group), categories.title_of(leaf.group));
    }
    const auto not_sure = rulebook.leaves_.find(std::string(category_not_sure));
    if (not_sure == rulebook.leaves_.end()) return fail(ErrorKind::invalid, "the categories have no leaf {}", category_not_sure);
    rulebook.not_sure_ = not_sure->second;
    rulebook.version_ = fmt::format("{} sha256:{}", rulebook.model_.name, sha256(view(dmn_text)).hex());
    return rulebook;
}

Result<void> Rulebook::bind_outputs() {
    bool has_severity = false, has_deadline = false, has_queue = false;
    for (std::size_t slot = compiled_.given_slots; slot < compiled_.slots.size(); ++slot) {
        const Field& field = compiled_.slots[slot];
        if (field.name == "severity") {
            if (field.type != ValueType::text) return fail(ErrorKind::invalid, "table severity: the output must be a string");
            for (const std::string& value : field.values) severities_.push_back(TRY(severity_from(value)));
            severity_slot_ = slot;
            has_severity = true;
        } else if (field.name == "deadline_hours") {
            if (field.type != ValueType::number || field.lowest < 1 || field.highest > deadline_hours_max)
                return fail(ErrorKind::invalid, "table deadline_hours: the output must be a number, 1 to {}", deadline_hours_max);
            deadline_slot_ = slot;
            has_deadline = true;
        } else if (field.name == "queue") {
            for (const std::string& value : field.values)
                if (!is_plain_name(value)) return fail(ErrorKind::invalid, "table queue: \"{}\" is no queue name: small letters, digits, - and _", value);
            if (field.type != ValueType::text) return fail(ErrorKind::invalid, "table queue: the output must be a string");
            queue_slot_ = slot;
            has_queue = true;
        } else if (field.name.starts_with(duty_prefix)) {
            const std::string name = field.name.substr(duty_prefix.size());
            if (field.type != ValueType::boolean) return fail(ErrorKind::invalid, "table {}: a duty's output must be a boolean", field.name);
            if (!is_plain_name(name)) return fail(ErrorKind::invalid, "table {}: a duty's name has small letters, digits, - and _", field.name);
            if (duties_.size() == duties_max) return fail(ErrorKind::too_large, "there are more than {} duties", duties_max);
            duties_.push_back({slot, name});
        }
    }
    if (!has_severity) return fail(ErrorKind::invalid, "the model has no decision named severity");
    if (!has_deadline) return fail(ErrorKind::invalid, "the model has no decision named deadline_hours");
    if (!has_queue) return fail(ErrorKind::invalid, "the model has no decision named queue");
    return {};
}

// A table whose output nothing reads is a rule that a reader would believe in for nothing.
Result<void> Rulebook::refuse_idle_tables() const {
    for (const CompiledTable& table : compiled_.tables) {
        bool is_read = false;
        for (const std::size_t slot : table.output_slots) {
            is_read = is_read || slot == severity_slot_ || slot == deadline_slot_ || slot == queue_slot_;
            for (const Duty& duty : duties_) is_read = is_read || slot == duty.slot;
            for (const CompiledTable& other : compiled_.tables)
                for (const CompiledColumn& column : other.columns) is_read = is_read || column.slot == slot;
        }
        if (!is_read) return fail(ErrorKind::invalid, "table {} decides nothing: no table reads it, and it is no duty", model_.tables[table.table].name);
    }
    return {};
}

void Rulebook::encode(const Facts& facts, std::span<std::int64_t> codes) const {
    const auto found = leaves_.find(facts.category);
    const Leaf& leaf = found == leaves_.end() ? not_sure_ : found->second;
    const auto set = [&codes](FactSlot slot, std::int64_t code) { codes[static_cast<std::size_t>(slot)] = code; };
    set(FactSlot::category, leaf.code);
    set(FactSlot::group, leaf.group);
    set(FactSlot::loss_band, static_cast<std::int64_t>(facts.loss_band));
    set(FactSlot::money_recallable, static_cast<std::int64_t>(facts.money_recallable));
    set(FactSlot::still_happening, static_cast<std::int64_t>(facts.still_happening));
    set(FactSlot::danger_now, static_cast<std::int64_t>(facts.danger_now));
    set(FactSlot::victim_is_child, static_cast<std::int64_t>(facts.victim_is_child));
    set(FactSlot::victim_is_critical_service, static_cast<std::int64_t>(facts.victim_is_critical_service));
    set(FactSlot::linked_tips, std::clamp<std::int64_t>(facts.linked_tips, 0, count_max));
    set(FactSlot::identity_indicators, std::clamp<std::int64_t>(facts.identity_indicators, 0, count_max));
    set(FactSlot::has_files, facts.has_files ? 1 : 0);
    set(FactSlot::victim_is_older, static_cast<std::int64_t>(facts.victim_is_older));
    set(FactSlot::victim_is_organisation, static_cast<std::int64_t>(facts.victim_is_organisation));
    set(FactSlot::synthetic_content, static_cast<std::int64_t>(facts.synthetic_content));
}

const std::string* Rulebook::title_of(std::string_view field, std::string_view value) const {
    const auto found = titles_.find(value);
    return (field == "category" || field == "group") && found != titles_.end() ? &found->second : nullptr;
}

bool Rulebook::is_silent(std::size_t table, std::size_t rule) const {
    const CompiledTable& compiled = compiled_.tables[table];
    const std::size_t outputs = compiled.output_slots.size();
    for (std::size_t i = 0; i < outputs; ++i) {
        const Field& field = compiled_.slots[compiled.output_slots[i]];
        if (!field.name.starts_with(duty_prefix) || compiled.output_codes[rule * outputs + i] != 0) return false;
    }
    return true;
}

}  // namespace plumbline::rulebook
