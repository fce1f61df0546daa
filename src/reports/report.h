// SPDX-License-Identifier: Apache-2.0
// What a machine said, read: the one value that every format of this room makes. Plain data.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace plumbline::reports {

// Something that was read over. Its name is stable: docs/formats/reports.md lists them all.
struct Warning {
    std::string name;       // "no_sender"
    std::string where;      // JSON pointer, XML path or "row 3, column type"; "" = the whole
    std::string text;       // in plain words; nothing of the report's content but names of members
    bool operator==(const Warning&) const = default;
};

// A report that is not taken, and why.
struct Refusal {
    std::string where;
    std::string reason;
    bool operator==(const Refusal&) const = default;
};

struct ReportField {
    std::string name;       // as the format calls it: "/smtp_from", "Source-IP", "Incident/Description"
    std::string value;
};

// What came along: the original mail, a sample, a screenshot.
struct ReportFile {
    std::string name;
    std::string media_type;
    Bytes bytes;
};

struct MachineReport {
    std::string format;             // "XARF 4.2.0", "ARF", "IODEF 2.00", "CyberTipline", "CSV", "mail"
    std::string kind;               // the type, as a pair: "messaging/spam", "feedback/abuse"
    std::string category;           // a leaf code of rules/categories.json
    std::string summary;            // one sentence in plain words
    std::string contact;            // of who reports, where the format says it; "" = none
    bool is_ongoing = false;        // the format says that it still happens
    std::vector<ReportField> fields;
    std::vector<ReportFile> files;
    std::vector<Warning> warnings;
    // What is reported (an address, a URL) and the day it happened: with `kind` they make reports equal. "" and nullopt where
    // the report does not say it.
    std::string reported_value;
    std::optional<Day> day;

    void warn(std::string name, std::string where, std::string text) { warnings.push_back({std::move(name), std::move(where), std::move(text)}); }
};

using Outcome = std::variant<MachineReport, Refusal>;

struct ReportLimits {
    std::size_t text_bytes_max = 64 * 1024;         // of report_text()
    std::size_t fields_max = 2000;
    std::size_t field_bytes_max = 4 * 1024;         // longer values are cut in the text; the raw bytes keep them
    std::size_t files_max = 19;                     // one place is the raw report's
    std::size_t items_max = 10'000;                 // reports in one document
};

// Summary and fields as the text of a tip; "text_cut" where it had to end early.
std::string report_text(MachineReport& report, const ReportLimits& limits);
// What makes two reports the same, whoever sends them: kind, reported value (host in lower case), day. nullopt where the report
// names nothing. `received` stands in for a day that is not said.
std::optional<std::string> bundle_key(const MachineReport& report, Day received);
// Adds an attached file within the limits, with a name made from its number and media type where it has none.
void add_file(MachineReport& report, std::string_view name, std::string_view media_type, Bytes bytes, const ReportLimits& limits);
// Base64 with or without padding and white space; nullopt where it is none.
std::optional<Bytes> lenient_base64(std::string_view text);

}  // namespace plumbline::reports
