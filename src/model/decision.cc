// SPDX-License-Identifier: Apache-2.0
#include "model/decision.h"

namespace plumbline {

namespace {
constexpr std::pair<Severity, std::string_view> severities[] = {
    {Severity::low, "low"}, {Severity::medium, "medium"}, {Severity::high, "high"}, {Severity::critical, "critical"}};
}

std::string_view name_of(Severity severity) {
    for (const auto& [value, name] : severities)
        if (value == severity) return name;
    return "low";
}
Result<Severity> severity_from(std::string_view text) {
    for (const auto& [value, name] : severities)
        if (name == text) return value;
    return fail(ErrorKind::invalid, "no severity \"{}\"", text.substr(0, 40));
}

Json to_json(const Decision& decision) {
    Json json = Json::object();
    json.set("severity", name_of(decision.severity));
    json.set("deadline_hours", decision.deadline_hours);
    json.set("queue", decision.queue);
    Json duties = Json::array();
    for (const std::string& duty : decision.duties) duties.push(duty);
    json.set("duties", std::move(duties));
    Json fired = Json::array();
    for (const FiredRow& row : decision.fired) {
        Json item = Json::object();
        item.set("table", row.table);
        item.set("row", row.row);
        item.set("words", row.words);
        fired.push(std::move(item));
    }
    json.set("fired", std::move(fired));
    json.set("rulebook", decision.rulebook);
    return json;
}

Result<Decision> decision_from(const Json& json) {
    Decision decision;
    decision.severity = TRY(severity_from(TRY(json.text_at("severity"))));
    decision.deadline_hours = TRY(json.integer_at("deadline_hours"));
    decision.queue = TRY(json.text_at("queue"));
    for (const Json& duty : TRY(json.array_at("duties"))->as_array())
        if (duty.is_text()) decision.duties.push_back(duty.as_text());
    for (const Json& row : TRY(json.array_at("fired"))->as_array())
        decision.fired.push_back({TRY(row.text_at("table")), TRY(row.text_at("row")), TRY(row.text_at_or("words", ""))});
    decision.rulebook = TRY(json.text_at("rulebook"));
    return decision;
}

}  // namespace plumbline
