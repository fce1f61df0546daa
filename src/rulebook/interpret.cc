// SPDX-License-Identifier: Apache-2.0
#include "rulebook/interpret.h"

namespace plumbline::rulebook {

Result<Interpreted> interpret(const Model& model, std::map<std::string, Value> inputs) {
    Interpreted out{std::move(inputs), {}};
    std::vector<bool> is_done(model.tables.size(), false);
    for (std::size_t done = 0; done < model.tables.size();) {
        const std::size_t before = done;
        for (std::size_t t = 0; t < model.tables.size(); ++t) {
            const Table& table = model.tables[t];
            bool is_ready = !is_done[t];
            for (const InputColumn& input : table.inputs) is_ready = is_ready && out.values.count(input.name) != 0;
            if (!is_ready) continue;
            const Rule* fired = nullptr;
            for (const Rule& rule : table.rules) {
                bool is_match = true;
                for (std::size_t i = 0; i < rule.when.size(); ++i) is_match = is_match && matches(rule.when[i], out.values.at(table.inputs[i].name));
                if (!is_match) continue;
                out.matched[table.name].push_back(rule.id);
                fired = &rule;
            }
            if (out.matched[table.name].size() != 1) return fail(ErrorKind::invalid, "table {}: {} rules match", table.name, out.matched[table.name].size());
            for (std::size_t i = 0; i < fired->then.size(); ++i)
                out.values[fired->then.size() == 1 ? table.name : table.name + "." + table.outputs[i].name] = fired->then[i];
            is_done[t] = true;
            ++done;
        }
        if (done == before) return fail(ErrorKind::invalid, "an input is missing");
    }
    return out;
}

std::map<std::string, Value> named_values_of(const Facts& facts, const Categories& categories) {
    const Category* leaf = categories.find(facts.category);
    std::map<std::string, Value> values;
    values["category"] = leaf != nullptr ? facts.category : std::string(category_not_sure);
    values["group"] = std::string(name_of(leaf != nullptr ? leaf->group : CategoryGroup::other));
    values["loss_band"] = std::string(name_of(facts.loss_band));
    values["money_recallable"] = std::string(name_of(facts.money_recallable));
    values["still_happening"] = std::string(name_of(facts.still_happening));
    values["danger_now"] = std::string(name_of(facts.danger_now));
    values["victim_is_child"] = std::string(name_of(facts.victim_is_child));
    values["victim_is_critical_service"] = std::string(name_of(facts.victim_is_critical_service));
    values["linked_tips"] = facts.linked_tips;
    values["identity_indicators"] = facts.identity_indicators;
    values["has_files"] = facts.has_files;
    values["victim_is_older"] = std::string(name_of(facts.victim_is_older));
    values["victim_is_organisation"] = std::string(name_of(facts.victim_is_organisation));
    values["synthetic_content"] = std::string(name_of(facts.synthetic_content));
    return values;
}

}  // namespace plumbline::rulebook
