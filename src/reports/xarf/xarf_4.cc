// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "reports/xarf/xarf_parts.h"

namespace plumbline::reports {

namespace {

// Without these nobody can say who reports what about whom: a report that lacks one, or has it in a wrong form, is refused.
constexpr std::string_view needed[] = {"/xarf_version", "/timestamp", "/reporter", "/source_identifier", "/category", "/type"};
// What is reported, in the classes whose types cannot be understood without it.
constexpr std::pair<std::string_view, std::string_view> needed_in_class[] = {{"messaging", "/protocol"}, {"content", "/url"}};

// A problem's place: of a missing member, the member's.
std::string place_of(const Problem& problem) { return problem.keyword == "required" ? pointer_to(problem.pointer, problem.member) : problem.pointer; }

bool refuses(const Problem& problem, std::string_view category) {
    const std::string place = place_of(problem);
    // Extra or missing members inside reporter are warnings, a reporter that is no object is not.
    if (std::find(std::begin(needed), std::end(needed), place) != std::end(needed)) return true;
    return std::any_of(std::begin(needed_in_class), std::end(needed_in_class), [&](const auto& row) { return row.first == category && row.second == place && problem.keyword == "required"; });
}

Warning warning_of(const Problem& problem) {
    const std::string place = place_of(problem);
    std::string name = problem.keyword == "required"               ? "missing_member"
                       : problem.keyword == "additionalProperties" ? "unknown_member"
                       : problem.keyword == "format"               ? "wrong_form"
                       : problem.keyword == "enum"                 ? "unknown_value"
                                                                   : "out_of_bounds";
    if (place == "/sender") name = "no_sender";
    if (place == "/report_id") name = problem.keyword == "required" ? "no_report_id" : "id_not_uuid";
    if (place == "/reporter/domain" && problem.keyword == "required") name = "no_domain";
    return Warning{std::move(name), place, problem.reason};
}

std::string schema_of(std::string_view category, std::string_view type) {
    std::string name = fmt::format("v4/types/{}-{}", category, type);
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
}

// "phishing_site" is read as phishing, "ddos_amplification" as ddos, "bot" as botnet: the known type that one of the two names
// begins with. "" where there is none.
std::string near_type(const Schemas& schemas, std::string_view category, std::string_view type) {
    static constexpr std::pair<std::string_view, std::string_view> known[] = {
        {"messaging", "spam"},           {"messaging", "bulk_messaging"}, {"connection", "login_attack"},  {"connection", "port_scan"},      {"connection", "ddos"},
        {"connection", "infected_host"}, {"content", "phishing"},         {"content", "malware"},          {"content", "fraud"},             {"infrastructure", "botnet"},
        {"vulnerability", "open_service"}, {"vulnerability", "cve"},      {"reputation", "blocklist"},     {"content", "csam"},              {"content", "exposed_data"},
        {"infrastructure", "compromised_server"}};
    for (const auto& [its_category, its_type] : known) {
        const bool is_near = type.starts_with(its_type) || (type.size() >= 3 && its_type.starts_with(type));
        if (its_category == category && is_near && schemas.has(schema_of(its_category, its_type))) return std::string(its_type);
    }
    return {};
}

std::string detail_of(const Json& json) {
    for (const std::string_view name : {"fraud_type", "exploitation_type", "malware_type", "infringement_type"})
        if (std::string text = text_or(json, name); !text.empty()) return text;
    return {};
}

void take_evidence(const Json& json, const ReportLimits& limits, MachineReport& report) {
    const Json* list = json.find("evidence");
    if (list == nullptr || !list->is_array()) return;
    for (std::size_t i = 0; i < list->as_array().size(); ++i) {
        const Json& item = list->as_array()[i];
        const std::string payload = text_or(item, "payload");
        if (payload.empty()) continue;
        take_sample(report, fmt::format("/evidence/{}", i), "", text_or(item, "content_type"), payload, true, text_or(item, "hash"), limits);
    }
}

// Everything but the evidence's bytes and what says of itself that it is not for others.
void take_fields(const Json& json, const ReportLimits& limits, MachineReport& report) {
    for (const auto& [name, value] : json.as_object()) {
        if (name == "_internal") {
            report.warn("internal_member", "/_internal", "the report holds internal notes of its sender: they stand in the raw file only");
        } else if (name == "evidence" && value.is_array()) {
            for (std::size_t i = 0; i < value.as_array().size(); ++i)
                if (std::string text = text_or(value.as_array()[i], "description"); !text.empty()) report.fields.push_back({fmt::format("/evidence/{}/description", i), std::move(text)});
        } else {
            append_fields(value, pointer_to("", name), limits, report);
        }
    }
}

}  // namespace

Outcome read_xarf_4(const Json& json, const Schemas& schemas, const CategoryMap& categories, const ReportLimits& limits) {
    MachineReport report;
    const std::string category = text_or(json, "category"), type = text_or(json, "type");
    std::string known_type = type;
    if (!schemas.has(schema_of(category, type))) known_type = near_type(schemas, category, type);
    // A type that is only near is held against the core alone: it has members of its own.
    const bool is_known = known_type == type && schemas.has(schema_of(category, type));
    for (const Problem& problem : schemas.check(is_known ? schema_of(category, type) : "v4/xarf-core", json)) {
        if (refuses(problem, category)) return Refusal{place_of(problem), problem.reason};
        Warning warning = warning_of(problem);
        if (std::find(report.warnings.begin(), report.warnings.end(), warning) == report.warnings.end()) report.warnings.push_back(std::move(warning));
    }
    if (type.empty()) return Refusal{"/type", "must name a type"};
    for (const auto& [its_category, place] : needed_in_class)
        if (its_category == category && json.find(place.substr(1)) == nullptr) return Refusal{std::string(place), "must have the member " + std::string(place.substr(1))};
    if (!is_known)
        report.warn("unknown_type", "/type", known_type.empty() ? "the type is not one that XARF 4 has: its class decides" : "the type is not one that XARF 4 has: it is read as " + known_type);
    const CategoryMap::Mapped mapped = categories.xarf(category, known_type.empty() ? type : known_type, detail_of(json));
    if (mapped.is_by_default) report.warn("category_by_default", "/type", "the type says no category of ours for certain");
    report.category = mapped.code;
    report.format = "XARF " + text_or(json, "xarf_version");
    report.kind = category + "/" + (known_type.empty() ? type : known_type);
    const Json* reporter = json.find("reporter");
    report.contact = text_or(*reporter, "contact");
    const std::string url = text_or(json, "url");
    report.reported_value = url.empty() ? text_or(json, "source_identifier") : url;
    if (auto when = instant_from(text_or(json, "timestamp"))) report.day = day_of(*when);
    const std::string org = text_or(*reporter, "org");
    report.summary = fmt::format("{} reports {} from {} ({}).", org.empty() ? "A partner" : org, report.kind, report.reported_value, text_or(json, "timestamp"));
    take_fields(json, limits, report);
    take_evidence(json, limits, report);
    return report;
}

}  // namespace plumbline::reports
