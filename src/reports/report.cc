// SPDX-License-Identifier: Apache-2.0
#include "reports/report.h"

#include <algorithm>

#include "base/utf8.h"

namespace plumbline::reports {

namespace {

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// Scheme and host of a URL, or a whole host or address, in lower case; a path keeps its case. White space around it goes.
std::string normal_value(std::string_view value) {
    const std::size_t first = value.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    value = value.substr(first, value.find_last_not_of(" \t\r\n") - first + 1);
    const std::size_t scheme = value.find("://");
    if (scheme == std::string_view::npos) return lowered(value);
    const std::size_t path = std::min(value.size(), value.find_first_of("/?#", scheme + 3));
    std::string out = lowered(value.substr(0, path)) + std::string(value.substr(path));
    if (path == value.size()) out += '/';
    return out;
}

std::string_view extension_of(std::string_view media_type) {
    constexpr std::pair<std::string_view, std::string_view> known[] = {
        {"message/rfc822", "eml"}, {"text/email", "eml"},       {"text/rfc822-headers", "txt"}, {"text/plain", "txt"},      {"text/html", "html"}, {"text/csv", "csv"},
        {"application/json", "json"}, {"application/pdf", "pdf"}, {"application/zip", "zip"},     {"application/xml", "xml"}, {"image/png", "png"},  {"image/jpeg", "jpg"}, {"image/gif", "gif"}};
    for (const auto& [type, extension] : known)
        if (media_type == type) return extension;
    return "bin";
}

}  // namespace

std::string report_text(MachineReport& report, const ReportLimits& limits) {
    std::string text = report.summary + "\n\n";
    bool is_cut = false;
    for (const ReportField& field : report.fields) {
        std::string value = utf8_repaired(utf8_prefix(field.value, limits.field_bytes_max));
        is_cut |= value.size() < field.value.size();
        value.erase(std::remove_if(value.begin(), value.end(), [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f; }), value.end());
        if (text.size() + field.name.size() + value.size() + 3 > limits.text_bytes_max) {
            is_cut = true;
            break;
        }
        text += field.name + ": " + value + "\n";
    }
    if (is_cut) report.warn("text_cut", "", "the report's text is longer than a tip's text may be: all of it stands in the raw file");
    return utf8_repaired(utf8_prefix(text, limits.text_bytes_max));
}

std::optional<std::string> bundle_key(const MachineReport& report, Day received) {
    const std::string value = normal_value(report.reported_value);
    if (value.empty() || report.kind.empty()) return std::nullopt;
    return report.kind + "\n" + to_text(report.day.value_or(received)) + "\n" + value;
}

void add_file(MachineReport& report, std::string_view name, std::string_view media_type, Bytes bytes, const ReportLimits& limits) {
    if (report.files.size() >= limits.files_max) {
        if (report.warnings.empty() || report.warnings.back().name != "files_left_out")
            report.warn("files_left_out", "", fmt::format("more than {} files came along: the others stand in the raw file only", limits.files_max));
        return;
    }
    const std::string type = lowered(media_type.substr(0, media_type.find(';')));
    std::string given(name);
    if (given.empty()) given = fmt::format("evidence-{}.{}", report.files.size() + 1, extension_of(type));
    report.files.push_back(ReportFile{std::move(given), type, std::move(bytes)});
}

std::optional<Bytes> lenient_base64(std::string_view text) {
    std::string tight;
    tight.reserve(text.size() + 3);
    for (const char c : text)
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') tight += c;
    while (tight.ends_with('=')) tight.pop_back();
    if (tight.size() % 4 == 1) return std::nullopt;
    while (tight.size() % 4 != 0) tight += '=';
    auto bytes = from_base64(tight);
    if (!bytes) return std::nullopt;
    return std::move(*bytes);
}

}  // namespace plumbline::reports
