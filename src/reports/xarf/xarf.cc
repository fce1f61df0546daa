// SPDX-License-Identifier: Apache-2.0
#include "reports/xarf/xarf.h"

#include "base/hash.h"
#include "reports/xarf/xarf_parts.h"

namespace plumbline::reports {

std::string text_or(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    return value != nullptr && value->is_text() ? value->as_text() : std::string();
}

bool looks_like_xarf(const Json& json) {
    return json.is_object() && (json.find("xarf_version") != nullptr || json.find("report_id") != nullptr || json.find("ReporterInfo") != nullptr || json.find("Report") != nullptr);
}

Outcome read_xarf(const Json& json, const Schemas& schemas, const CategoryMap& categories, const ReportLimits& limits) {
    if (!json.is_object()) return Refusal{"", "a report is a JSON object"};
    if (json.find("ReporterInfo") != nullptr || json.find("Report") != nullptr || json.find("Version") != nullptr) return read_xarf_old(json, schemas, categories, limits);
    return read_xarf_4(json, schemas, categories, limits);
}

void append_fields(const Json& json, std::string_view pointer, const ReportLimits& limits, MachineReport& report) {
    if (report.fields.size() >= limits.fields_max) return;
    if (json.is_object()) {
        for (const auto& [name, value] : json.as_object()) append_fields(value, pointer_to(pointer, name), limits, report);
    } else if (json.is_array()) {
        for (std::size_t i = 0; i < json.as_array().size(); ++i) append_fields(json.as_array()[i], fmt::format("{}/{}", pointer, i), limits, report);
    } else if (!json.is_null()) {
        report.fields.push_back({std::string(pointer), json.is_text() ? json.as_text() : json.dump()});
    }
}

void take_sample(MachineReport& report, const std::string& where, std::string_view name, std::string_view media_type, const std::string& payload, bool is_base64,
                 std::string_view hash, const ReportLimits& limits) {
    Bytes bytes;
    if (is_base64) {
        if (auto decoded = lenient_base64(payload)) {
            bytes = std::move(*decoded);
        } else {
            report.warn("evidence_not_base64", where, "the evidence is not base64: it is kept as it stands");
            bytes = to_bytes(payload);
        }
    } else {
        bytes = to_bytes(payload);
    }
    const std::size_t colon = hash.find(':');
    if (colon != std::string_view::npos) {
        std::string wanted(hash.substr(colon + 1));
        for (char& c : wanted)
            if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
        const std::string_view algorithm = hash.substr(0, colon);
        const std::string found = algorithm == "sha256" ? sha256(bytes).hex() : algorithm == "sha1" ? sha1_hex(bytes) : algorithm == "md5" ? md5_hex(bytes) : wanted;
        if (found != wanted) report.warn("evidence_hash_differs", where + "/hash", "the evidence does not have the hash that the report gives");
    }
    add_file(report, name, media_type, std::move(bytes), limits);
}

}  // namespace plumbline::reports
