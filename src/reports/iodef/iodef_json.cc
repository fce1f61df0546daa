// SPDX-License-Identifier: Apache-2.0
#include "reports/iodef/iodef.h"
#include "reports/xarf/xarf.h"

namespace plumbline::reports {

namespace {

std::string text_at(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    if (value == nullptr) return {};
    // Texts that may stand more than once are lists.
    if (value->is_array() && !value->as_array().empty()) value = &value->as_array().front();
    return value->is_text() ? value->as_text() : std::string();
}

// Calls `visit` for every object that is a member of this name, or an item of such a list, at any depth.
void each_named(const Json& json, std::string_view name, const std::function<void(const Json&)>& visit) {
    if (json.is_array()) {
        for (const Json& item : json.as_array()) each_named(item, name, visit);
    } else if (json.is_object()) {
        for (const auto& [member, value] : json.as_object()) {
            if (member == name) {
                if (value.is_array())
                    for (const Json& item : value.as_array()) visit(item);
                else visit(value);
            }
            each_named(value, name, visit);
        }
    }
}

void take_addresses(const Json& incident, IncidentFacts& facts) {
    std::vector<std::string> others;
    each_named(incident, "System", [&](const Json& system) {
        const std::string category = text_at(system, "category");
        std::vector<std::string>& list = category == "source" || category == "infrastructure" ? facts.addresses : others;
        each_named(system, "DomainData", [&](const Json& data) {
            if (std::string name = text_at(data, "Name"); !name.empty()) list.push_back(std::move(name));
        });
        each_named(system, "Address", [&](const Json& address) {
            if (std::string text = text_at(address, "value"); !text.empty()) list.push_back(std::move(text));
        });
    });
    each_named(incident, "BulkObservable", [&](const Json& bulk) {
        if (std::string first = text_at(bulk, "BulkObservableList"); !first.empty()) others.push_back(first.substr(0, first.find_first_of(" \t\r\n,")));
    });
    each_named(incident, "Address", [&](const Json& address) {
        if (std::string text = text_at(address, "value"); !text.empty()) others.push_back(std::move(text));
    });
    facts.addresses.insert(facts.addresses.end(), others.begin(), others.end());
}

IncidentFacts facts_of(const Json& incident) {
    IncidentFacts facts;
    facts.purpose = text_at(incident, "purpose");
    if (const Json* id = incident.find("IncidentID")) {
        facts.id = text_at(*id, "id");
        facts.name = text_at(*id, "name");
    }
    facts.generation_time = text_at(incident, "GenerationTime");
    facts.start_time = text_at(incident, "StartTime");
    if (facts.start_time.empty()) facts.start_time = text_at(incident, "DetectTime");
    facts.description = text_at(incident, "Description");
    each_named(incident, "EmailTo", [&facts](const Json& email) {
        if (facts.contact.empty() && email.is_text()) facts.contact = email.as_text();
    });
    each_named(incident, "IncidentCategory", [&facts](const Json& category) {
        if (category.is_text()) facts.incident_categories.push_back(category.as_text());
    });
    each_named(incident, "SystemImpact", [&facts](const Json& impact) { facts.system_impacts.push_back(text_at(impact, "type")); });
    each_named(incident, "BusinessImpact", [&facts](const Json& impact) { facts.business_impacts.push_back(text_at(impact, "type")); });
    take_addresses(incident, facts);
    return facts;
}

}  // namespace

bool looks_like_iodef(const Json& json) { return json.is_object() && json.find("Incident") != nullptr && json.find("version") != nullptr; }

std::vector<Outcome> read_iodef_json(const Json& json, const CategoryMap& categories, const ReportLimits& limits) {
    const std::string version = text_at(json, "version");
    if (!version.starts_with("2")) return {Refusal{"/version", "must be \"2.0\""}};
    const Json* incidents = json.find("Incident");
    if (incidents == nullptr || !incidents->is_array() || incidents->as_array().empty()) return {Refusal{"/Incident", "must be a list of one incident or more"}};
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < incidents->as_array().size(); ++i) {
        const Json& incident = incidents->as_array()[i];
        const std::string place = fmt::format("/Incident/{}", i);
        if (i >= limits.items_max) {
            outcomes.push_back(Refusal{place, fmt::format("a document may have {} incidents: this one and the ones behind it are not taken", limits.items_max)});
            break;
        }
        const IncidentFacts facts = facts_of(incident);
        if (auto refused = check_incident(facts, place, false)) {
            outcomes.push_back(*refused);
            continue;
        }
        MachineReport report;
        report.format = "IODEF " + version;
        if (incident.find("Contact") == nullptr) report.warn("missing_member", place + "/Contact", "the incident names no contact, which RFC 8727 asks for");
        take_incident(facts, categories, report);
        append_fields(incident, place, limits, report);
        outcomes.push_back(std::move(report));
    }
    return outcomes;
}

}  // namespace plumbline::reports
