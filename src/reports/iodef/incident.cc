// SPDX-License-Identifier: Apache-2.0
#include "reports/iodef/iodef.h"

namespace plumbline::reports {

namespace {

// Types of SystemImpact and BusinessImpact (RFC 7970 sections 3.12.1 and 3.12.2), by how they begin.
struct Impact {
    std::string_view prefix, category;
};
constexpr Impact impacts[] = {{"takeover", "sys.access"},   {"availability", "sys.disruption"}, {"damaged", "sys.disruption"},          {"cps", "sys.disruption"},
                              {"breach", "sys.data"},       {"integrity", "sys.data"},          {"traffic-redirection", "sys.interception"}, {"monitoring", "sys.interception"},
                              {"loss-of-service", "sys.disruption"}, {"loss-of-integrity", "sys.data"}, {"extortion", "person.extortion"},      {"theft-service", "sys.tools"}};
constexpr std::string_view purposes[] = {"traceback", "mitigation", "reporting", "watch", "other", "ext-value"};

std::string category_by_impact(const std::vector<std::string>& types) {
    for (const std::string& type : types)
        for (const Impact& row : impacts)
            if (type.starts_with(row.prefix)) return std::string(row.category);
    return {};
}

}  // namespace

std::optional<Refusal> check_incident(const IncidentFacts& facts, const std::string& place, bool is_xml) {
    const std::string attribute = is_xml ? "/@" : "/";
    if (facts.purpose.empty()) return Refusal{place + attribute + "purpose", "must be there"};
    if (std::find(std::begin(purposes), std::end(purposes), facts.purpose) == std::end(purposes)) return Refusal{place + attribute + "purpose", "must be traceback, mitigation, reporting, watch, other or ext-value"};
    if (facts.id.empty()) return Refusal{place + "/IncidentID", "must be there"};
    if (facts.generation_time.empty()) return Refusal{place + "/GenerationTime", "must be there"};
    if (!instant_from(facts.generation_time)) return Refusal{place + "/GenerationTime", "must be a time (RFC 3339)"};
    return std::nullopt;
}

void take_incident(const IncidentFacts& facts, const CategoryMap& categories, MachineReport& report) {
    for (const std::string& name : facts.incident_categories) {
        const CategoryMap::Mapped mapped = categories.rsit(name);
        if (mapped.is_by_default && mapped.code == "other.unclassified") continue;
        report.category = mapped.code;
        if (mapped.is_by_default) report.warn("category_by_default", "Assessment/IncidentCategory", "the incident's category says no category of ours for certain");
        break;
    }
    if (report.category.empty()) report.category = category_by_impact(facts.system_impacts);
    if (report.category.empty()) report.category = category_by_impact(facts.business_impacts);
    if (report.category.empty()) {
        report.category = "other.unclassified";
        report.warn("category_by_default", "Assessment", "the assessment says no category of ours for certain");
    }
    report.kind = "incident/" + report.category;
    report.contact = facts.contact;
    if (!facts.addresses.empty()) report.reported_value = facts.addresses.front();
    auto when = instant_from(facts.start_time);
    if (!when) when = instant_from(facts.generation_time);
    if (when) report.day = day_of(*when);
    report.summary = fmt::format("{} reports the incident {}{}{}.", facts.name.empty() ? "A partner" : facts.name, facts.id, report.reported_value.empty() ? "" : " about ", report.reported_value);
    if (!facts.description.empty()) report.summary += " " + facts.description;
    if (report.reported_value.empty()) report.warn("nothing_named", "EventData", "the incident names no address or domain: it is not bundled with others");
}

}  // namespace plumbline::reports
