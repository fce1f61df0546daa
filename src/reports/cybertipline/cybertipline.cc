// SPDX-License-Identifier: Apache-2.0
#include "reports/cybertipline/cybertipline.h"

namespace plumbline::reports {

namespace {

// Of the person or the content that is reported: what names it best comes first.
std::string reported_in(const pugi::xml_node& root) {
    const pugi::xml_node details = child_of(root, "internetDetails");
    for (const pugi::xml_node& incident : details.children())
        for (const std::string_view name : {"url", "ipAddress"})
            if (std::string text = text_of_child(incident, name); !text.empty()) return text;
    const pugi::xml_node person = child_of(root, "personOrUserReported");
    for (const std::string_view name : {"espIdentifier", "screenName", "profileUrl"})
        if (std::string text = text_of_child(person, name); !text.empty()) return text;
    return text_of_child(child_of(person, "ipCaptureEvent"), "ipAddress");
}

Outcome report_of(const pugi::xml_node& root, const CategoryMap& categories, const ReportLimits& limits) {
    const pugi::xml_node summary = child_of(root, "incidentSummary");
    if (!summary) return Refusal{"/report/incidentSummary", "must be there"};
    const std::string type = text_of_child(summary, "incidentType"), when = text_of_child(summary, "incidentDateTime");
    if (type.empty()) return Refusal{"/report/incidentSummary/incidentType", "must be there"};
    const auto instant = instant_from(when);
    if (when.empty()) return Refusal{"/report/incidentSummary/incidentDateTime", "must be there"};
    if (!instant) return Refusal{"/report/incidentSummary/incidentDateTime", "must be a time (RFC 3339)"};
    const pugi::xml_node reporter = child_of(root, "reporter");
    if (!child_of(reporter, "reportingPerson")) return Refusal{"/report/reporter/reportingPerson", "must be there"};
    MachineReport report;
    report.format = "CyberTipline";
    const CategoryMap::Mapped mapped = categories.cybertipline(type);
    report.category = mapped.code;
    if (mapped.is_by_default) report.warn("category_by_default", "/report/incidentSummary/incidentType", "the incident's type is not one that we map");
    report.kind = "cybertipline/" + report.category;
    report.contact = text_of_child(child_of(reporter, "reportingPerson"), "email");
    report.day = day_of(*instant);
    report.reported_value = reported_in(root);
    const std::string platform = text_of_child(summary, "platform");
    report.summary = fmt::format("{} reports: {} ({}).", platform.empty() ? "A provider" : platform, type, when);
    append_xml_fields(root, "", limits, report);
    return report;
}

// Sent by itself for a file that the provider holds: it names the report that it belongs to.
Outcome file_details(const pugi::xml_node& root, const ReportLimits& limits) {
    const std::string report_id = text_of_child(root, "reportId"), file_id = text_of_child(root, "fileId");
    if (report_id.empty()) return Refusal{"/fileDetails/reportId", "must be there"};
    if (file_id.empty()) return Refusal{"/fileDetails/fileId", "must be there"};
    MachineReport report;
    report.format = "CyberTipline";
    report.category = "other.unclassified";
    report.kind = "cybertipline/file-details";
    report.reported_value = report_id + "/" + file_id;
    report.summary = fmt::format("A provider gives details of the file {} of its report {}.", file_id, report_id);
    report.warn("category_by_default", "/fileDetails", "details of a file name no category: the report that they belong to does");
    append_xml_fields(root, "", limits, report);
    return report;
}

}  // namespace

bool is_cybertipline(const pugi::xml_node& root) { return local_name(root.name()) == "report" || local_name(root.name()) == "fileDetails"; }

Outcome read_cybertipline(const pugi::xml_node& root, const CategoryMap& categories, const ReportLimits& limits) {
    return local_name(root.name()) == "report" ? report_of(root, categories, limits) : file_details(root, limits);
}

}  // namespace plumbline::reports
