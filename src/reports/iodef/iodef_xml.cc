// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "reports/iodef/iodef.h"

namespace plumbline::reports {

namespace {

// All elements of a name below `node`, in order.
void collect(const pugi::xml_node& node, std::string_view name, std::size_t count_max, std::vector<pugi::xml_node>& found) {
    for (const pugi::xml_node& child : node.children()) {
        if (child.type() != pugi::node_element || found.size() >= count_max) continue;
        if (local_name(child.name()) == name) found.push_back(child);
        collect(child, name, count_max, found);
    }
}

std::vector<pugi::xml_node> all_of(const pugi::xml_node& node, std::string_view name) {
    std::vector<pugi::xml_node> found;
    collect(node, name, 1000, found);
    return found;
}

// What a system or an observable names, the source of the event first.
void take_addresses(const pugi::xml_node& incident, IncidentFacts& facts) {
    std::vector<std::string> others;
    for (const pugi::xml_node& system : all_of(incident, "System")) {
        const std::string_view category = system.attribute("category").value();
        std::vector<std::string>& list = category == "source" || category == "infrastructure" ? facts.addresses : others;
        for (const pugi::xml_node& data : all_of(system, "DomainData"))
            if (std::string name = text_of_child(data, "Name"); !name.empty()) list.push_back(std::move(name));
        for (const pugi::xml_node& address : all_of(system, "Address"))
            if (std::string text = text_of_node(address); !text.empty()) list.push_back(std::move(text));
    }
    for (const pugi::xml_node& list : all_of(incident, "BulkObservableList")) {
        const std::string text = text_of_node(list);
        if (!text.empty()) others.push_back(text.substr(0, text.find_first_of(" \t\r\n,")));
    }
    for (const pugi::xml_node& address : all_of(incident, "Address"))
        if (std::string text = text_of_node(address); !text.empty()) others.push_back(std::move(text));
    facts.addresses.insert(facts.addresses.end(), others.begin(), others.end());
}

IncidentFacts facts_of(const pugi::xml_node& incident) {
    IncidentFacts facts;
    facts.purpose = incident.attribute("purpose").value();
    const pugi::xml_node id = child_of(incident, "IncidentID");
    facts.id = text_of_node(id);
    facts.name = id.attribute("name").value();
    facts.generation_time = text_of_child(incident, "GenerationTime");
    facts.start_time = text_of_child(incident, "StartTime");
    if (facts.start_time.empty()) facts.start_time = text_of_child(incident, "DetectTime");
    facts.description = text_of_child(incident, "Description");
    const pugi::xml_node contact = child_of(incident, "Contact");
    facts.contact = text_of_child(child_of(contact, "Email"), "EmailTo");
    for (const pugi::xml_node& assessment : all_of(incident, "Assessment")) {
        for (const pugi::xml_node& category : all_of(assessment, "IncidentCategory")) facts.incident_categories.push_back(text_of_node(category));
        for (const pugi::xml_node& impact : all_of(assessment, "SystemImpact")) facts.system_impacts.emplace_back(impact.attribute("type").value());
        for (const pugi::xml_node& impact : all_of(assessment, "BusinessImpact")) facts.business_impacts.emplace_back(impact.attribute("type").value());
    }
    take_addresses(incident, facts);
    return facts;
}

}  // namespace

bool is_iodef(const pugi::xml_node& root) { return local_name(root.name()) == "IODEF-Document"; }

std::vector<Outcome> read_iodef_xml(const pugi::xml_node& root, const CategoryMap& categories, const ReportLimits& limits) {
    const std::string version = root.attribute("version").value();
    if (!version.starts_with("2")) return {Refusal{"/IODEF-Document/@version", "must be 2.00: version 1 is not read"}};
    std::vector<Outcome> outcomes;
    for (const pugi::xml_node& incident : root.children()) {
        if (incident.type() != pugi::node_element || local_name(incident.name()) != "Incident") continue;
        if (outcomes.size() >= limits.items_max) {
            outcomes.push_back(Refusal{path_of(incident), fmt::format("a document may have {} incidents: this one and the ones behind it are not taken", limits.items_max)});
            break;
        }
        const IncidentFacts facts = facts_of(incident);
        if (auto refused = check_incident(facts, path_of(incident), true)) {
            outcomes.push_back(*refused);
            continue;
        }
        MachineReport report;
        report.format = "IODEF " + version;
        if (!child_of(incident, "Contact")) report.warn("missing_member", path_of(incident) + "/Contact", "the incident names no contact, which RFC 7970 asks for");
        take_incident(facts, categories, report);
        append_xml_fields(incident, "Incident", limits, report);
        outcomes.push_back(std::move(report));
    }
    if (outcomes.empty()) outcomes.push_back(Refusal{"/IODEF-Document/Incident", "must be there"});
    return outcomes;
}

}  // namespace plumbline::reports
