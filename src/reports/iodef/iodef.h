// SPDX-License-Identifier: Apache-2.0
// IODEF version 2: XML (RFC 7970) and JSON (RFC 8727). A document holds any number of incidents; each is a report. Docs:
// docs/formats/iodef.md. The XML in the sandbox only.
#pragma once
#include <algorithm>
#include <functional>

#include "base/json.h"
#include "reports/category_map.h"
#include "reports/report.h"
#include "reports/xml/xml_text.h"

namespace plumbline::reports {

bool is_iodef(const pugi::xml_node& root);
std::vector<Outcome> read_iodef_xml(const pugi::xml_node& root, const CategoryMap& categories, const ReportLimits& limits);
bool looks_like_iodef(const Json& json);
// One incident of a document; `index` is its place in "Incident".
std::vector<Outcome> read_iodef_json(const Json& json, const CategoryMap& categories, const ReportLimits& limits);

// What both spellings say of an incident.
struct IncidentFacts {
    std::string purpose, id, name, generation_time, start_time, description, contact;
    std::vector<std::string> incident_categories, system_impacts, business_impacts, addresses;
};
// `place_of` spells where a member stands. A Refusal where RFC 7970 section 3.2 asks for what is not there.
std::optional<Refusal> check_incident(const IncidentFacts& facts, const std::string& place, bool is_xml);
void take_incident(const IncidentFacts& facts, const CategoryMap& categories, MachineReport& report);

}  // namespace plumbline::reports
