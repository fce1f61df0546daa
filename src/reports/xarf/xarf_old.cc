// SPDX-License-Identifier: Apache-2.0
// XARF 3, 2, 1 and alpha; and version 3 as some send it, with Source and Attachment objects, which no published schema has.
#include "reports/xarf/xarf_parts.h"

namespace plumbline::reports {

namespace {

struct OldType {
    std::string_view type;             // ReportType, in lower case without dashes
    std::string_view schema;           // below "3/", "2/", ...
    std::string_view category, kind;   // as XARF 4 calls it
};
constexpr OldType old_types[] = {
    {"spam", "spam", "messaging", "spam"},
    {"dos", "ddos", "connection", "ddos"},
    {"ddos", "ddos", "connection", "ddos"},
    {"malware", "malware", "content", "malware"},
    {"phishing", "phishing", "content", "phishing"},
    {"portscan", "portscan", "connection", "port_scan"},
    {"copyright", "copyright", "copyright", "copyright"},
    {"trademark", "trademark", "content", "brand_infringement"},
    {"loginattack", "loginattack", "connection", "login_attack"},
    {"exploit", "exploit", "connection", "vulnerability_scan"},
    {"potentiallycompromisedaccount", "potentially_compromised_account", "infrastructure", "compromised_server"},
    {"childabuse", "childabuse", "content", "csam"},
    {"botnet", "botnet", "infrastructure", "botnet"},
    {"openservice", "openservice", "vulnerability", "open_service"},
    {"webcrawler", "webcrawler", "connection", "scraping"},
    {"harassment", "harassment", "", "harassment"},
};

const OldType* type_of(std::string_view text) {
    std::string wanted;
    for (const char c : text)
        if (c != '-' && c != '_' && c != ' ') wanted += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const OldType& row : old_types)
        if (row.type == wanted) return &row;
    return nullptr;
}

// What is reported: by the names of the published schemas, then of the other form.
std::string value_of(const Json& report) {
    for (const std::string_view name : {"SourceUrl", "Url", "SourceIp"})
        if (std::string text = text_or(report, name); !text.empty()) return text;
    if (const Json* account = report.find("Account"))
        for (const std::string_view name : {"AccountEmail", "AccountIdentifier"})
            if (std::string text = text_or(*account, name); !text.empty()) return text;
    if (const Json* source = report.find("Source"))
        for (const std::string_view name : {"URL", "IP"})
            if (std::string text = text_or(*source, name); !text.empty()) return text;
    return text_or(report, "Harasser");
}

void take_samples(const Json& json, const ReportLimits& limits, MachineReport& report) {
    for (const std::string_view list_name : {"Samples", "Attachment"}) {
        const Json* list = json.find(list_name);
        if (list == nullptr || !list->is_array()) continue;
        for (std::size_t i = 0; i < list->as_array().size(); ++i) {
            const Json& item = list->as_array()[i];
            const std::string payload = text_or(item, list_name == "Samples" ? "Payload" : "Data");
            if (payload.empty()) continue;
            const Json* flag = item.find("Base64Encoded");
            const bool is_base64 = flag != nullptr && flag->is_bool() ? flag->as_bool() : list_name == "Attachment";
            take_sample(report, fmt::format("/Report/{}/{}", list_name, i), text_or(item, "FileName"), text_or(item, "ContentType"), payload, is_base64, "", limits);
        }
    }
}

void take_fields(const Json& json, const ReportLimits& limits, MachineReport& report) {
    for (const auto& [name, value] : json.as_object()) {
        if (name == "InternalProcessing") {
            report.warn("internal_member", "/InternalProcessing", "the report holds internal notes of its sender: they stand in the raw file only");
            continue;
        }
        if (name != "Report" || !value.is_object()) {
            append_fields(value, pointer_to("", name), limits, report);
            continue;
        }
        for (const auto& [inner, inner_value] : value.as_object())
            if (inner != "Samples" && inner != "Attachment") append_fields(inner_value, pointer_to("/Report", inner), limits, report);
    }
}

// The version's name as the schemas have it. nullopt with the refusal's reason where there is none.
std::optional<std::string> version_of(const Json& json, bool& is_other_form, std::string& refusal) {
    is_other_form = false;
    const Json* version = json.find("Version");
    if (version == nullptr) return "alpha";      // the alpha form had none
    if (!version->is_text()) {
        refusal = "must be a text";
        return std::nullopt;
    }
    const std::string& text = version->as_text();
    if (text == "alpha" || text == "1" || text == "2" || text == "3") return text;
    if (text == "3.0" || text == "3.0.0") {
        is_other_form = true;
        return "3";
    }
    refusal = "must be \"3\", \"2\", \"1\" or \"alpha\"";
    return std::nullopt;
}

// The other form has no schema: what every report must have is looked for.
std::optional<Refusal> check_other_form(const Json& json, const Json& report) {
    const Json* info = json.find("ReporterInfo");
    if (info == nullptr || !info->is_object()) return Refusal{"/ReporterInfo", "must be an object that names the reporter"};
    if (text_or(*info, "ReporterOrg").empty()) return Refusal{"/ReporterInfo/ReporterOrg", "must name the reporter"};
    if (!instant_from(text_or(report, "Date"))) return Refusal{"/Report/Date", "must be of the form date-time"};
    if (value_of(report).empty()) return Refusal{"/Report/Source", "must name an IP or a URL"};
    return std::nullopt;
}

}  // namespace

Outcome read_xarf_old(const Json& json, const Schemas& schemas, const CategoryMap& categories, const ReportLimits& limits) {
    bool is_other_form = false;
    std::string refusal;
    const auto version = version_of(json, is_other_form, refusal);
    if (!version) return Refusal{"/Version", refusal};
    const Json* inner = json.find("Report");
    if (inner == nullptr || !inner->is_object()) return Refusal{"/Report", "must be an object"};
    const std::string type_text = text_or(*inner, "ReportType");
    const OldType* type = type_of(type_text);
    if (type == nullptr) return Refusal{"/Report/ReportType", type_text.empty() ? "must name a type" : "is not a type of XARF " + *version};
    MachineReport report;
    if (is_other_form) {
        if (auto refused = check_other_form(json, *inner)) return *refused;
        report.warn("no_schema", "/Version", "this form of XARF 3 has no published schema: it is read by the names of its members");
    } else {
        const std::string schema = fmt::format("{}/{}", *version, type->type == "malware" && text_or(*inner, "ReportSubType") == "RPZ-Rewrite" ? "rpz" : type->schema);
        if (!schemas.has(schema)) return Refusal{"/Report/ReportType", "is not a type of XARF " + *version};
        const std::vector<Problem> problems = schemas.check(schema, json, 1);
        if (!problems.empty()) {
            const Problem& problem = problems.front();
            return Refusal{problem.keyword == "required" ? pointer_to(problem.pointer, problem.member) : problem.pointer, problem.reason};
        }
    }
    report.format = "XARF " + *version;
    report.kind = type->category.empty() ? std::string(type->kind) : fmt::format("{}/{}", type->category, type->kind);
    report.category = type->category.empty() ? "person.stalking" : categories.xarf(type->category, type->kind, "").code;
    report.reported_value = value_of(*inner);
    if (auto when = instant_from(text_or(*inner, "Date"))) report.day = day_of(*when);
    if (const Json* ongoing = inner->find("Ongoing"); ongoing != nullptr && ongoing->is_bool()) report.is_ongoing = ongoing->as_bool();
    std::string org = "A partner";
    if (const Json* info = json.find("ReporterInfo")) {
        if (std::string name = text_or(*info, "ReporterOrg"); !name.empty()) org = name;
        report.contact = text_or(*info, "ReporterContactEmail");
        if (report.contact.empty()) report.contact = text_or(*info, "ReporterOrgEmail");
    }
    report.summary = fmt::format("{} reports {} from {} ({}).", org, report.kind, report.reported_value, text_or(*inner, "Date"));
    take_fields(json, limits, report);
    take_samples(*inner, limits, report);
    return report;
}

}  // namespace plumbline::reports
