// SPDX-License-Identifier: Apache-2.0
#include "reports/arf/arf.h"

#include <algorithm>

#include "formats/mail/mail.h"

namespace plumbline::reports {

namespace {

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string trimmed(std::string_view value) {
    std::string out;
    for (const char c : value)
        if (c != '\r' && c != '\n') out += c == '\t' ? ' ' : c;
    const std::size_t first = out.find_first_not_of(' ');
    return first == std::string::npos ? std::string() : out.substr(first, out.find_last_not_of(' ') - first + 1);
}

// The fields of a message/feedback-report (RFC 5965 section 3.1), in order. Some senders put an empty line before them.
std::vector<ReportField> feedback_fields(ByteView bytes) {
    std::string_view text = text_of(bytes);
    while (!text.empty() && (text.front() == '\r' || text.front() == '\n' || text.front() == ' ')) text.remove_prefix(1);
    std::vector<ReportField> fields;
    for (const formats::HeaderField& field : formats::read_header_block(text, 0, text.size()).fields) fields.push_back({std::string(field.name), trimmed(field.value)});
    return fields;
}

std::string field_of(const std::vector<ReportField>& fields, std::string_view name) {
    for (const ReportField& field : fields)
        if (lowered(field.name) == name) return field.value;
    return {};
}

// Feedback types of RFC 5965 section 7.3 and RFC 6591; what is unknown counts as "other", as RFC 5965 asks.
struct FeedbackType {
    std::string_view name, category;
};
constexpr FeedbackType feedback_types[] = {{"abuse", "nuisance.spam"},    {"fraud", "fraud.phishing"},           {"virus", "sys.malware"},
                                           {"opt-out", "nuisance.spam"},  {"not-spam", "other.unclassified"},    {"other", "other.unclassified"},
                                           {"auth-failure", "other.unclassified"}};

// RFC 5322 dates as they stand in reports: "Thu, 8 Mar 2005 14:00:00 EDT". Only the day is taken.
std::optional<Day> day_in(std::string_view text) {
    constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
    const std::string low = lowered(text);
    for (std::size_t month = 0; month < 12; ++month) {
        const std::size_t at = low.find(" " + std::string(months.substr(month * 3, 3)) + " ");
        if (at == std::string::npos || at + 9 > low.size()) continue;
        std::size_t from = at;
        while (from > 0 && low[from - 1] >= '0' && low[from - 1] <= '9') --from;
        const std::string day = low.substr(from, at - from), year = low.substr(at + 5, 4);
        if (day.empty() || day.size() > 2) continue;
        auto made = day_from(fmt::format("{}-{:02}-{:0>2}", year, month + 1, day));
        if (made) return *made;
    }
    return std::nullopt;
}

bool is_original(std::string_view media_type) { return media_type == "message/rfc822" || media_type.starts_with("text/rfc822-header") || media_type == "message/rfc822-headers"; }
bool is_json(const MailPart& part) { return part.media_type == "application/json" || part.media_type == "application/xarf+json" || lowered(part.name).ends_with(".json"); }

void take_originals(const ReadMail& mail, const ReportLimits& limits, MachineReport& report) {
    for (const MailPart& part : mail.parts)
        if (is_original(part.media_type)) add_file(report, part.media_type == "message/rfc822" ? "original.eml" : "original-headers.txt", part.media_type, part.bytes, limits);
}

// RFC 5965 section 3.1: these three must be there.
void check_needed(MachineReport& report) {
    for (const std::string_view name : {"Feedback-Type", "User-Agent", "Version"})
        if (field_of(report.fields, lowered(name)).empty()) report.warn("missing_member", std::string(name), fmt::format("the report has no {}, which RFC 5965 asks for", name));
}

Outcome feedback_report(const ReadMail& mail, const MailPart& part, const ReportLimits& limits) {
    MachineReport report;
    report.format = "ARF";
    report.fields = feedback_fields(part.bytes);
    if (report.fields.size() > limits.fields_max) report.fields.resize(limits.fields_max);
    check_needed(report);
    std::string type = lowered(field_of(report.fields, "feedback-type"));
    const auto known = std::find_if(std::begin(feedback_types), std::end(feedback_types), [&type](const FeedbackType& row) { return row.name == type; });
    if (known == std::end(feedback_types)) {
        report.warn("unknown_type", "Feedback-Type", "the feedback type is not one that is registered: it counts as other");
        type = "other";
    }
    report.kind = "feedback/" + type;
    report.category = known == std::end(feedback_types) ? "other.unclassified" : std::string(known->category);
    if (report.category == "other.unclassified") report.warn("category_by_default", "Feedback-Type", "the feedback type says no category of ours for certain");
    for (const std::string_view name : {"reported-uri", "source-ip", "reported-domain", "original-mail-from"}) {
        if (!report.reported_value.empty()) break;
        report.reported_value = field_of(report.fields, name);
    }
    // Some write the name behind the address.
    report.reported_value = report.reported_value.substr(0, report.reported_value.find(' '));
    for (const std::string_view name : {"arrival-date", "received-date"})
        if (!report.day) report.day = day_in(field_of(report.fields, name));
    if (report.reported_value.empty()) report.warn("nothing_named", "", "the report names no address, domain or URL: it is not bundled with others");
    take_originals(mail, limits, report);
    if (report.files.empty()) report.warn("no_original", "", "the mail that the report is about did not come with it");
    report.contact = mail.from;
    report.summary = report.reported_value.empty() ? fmt::format("A mail provider reports {}.", report.kind) : fmt::format("A mail provider reports {} about {}.", report.kind, report.reported_value);
    return report;
}

// Not a report that a machine can read: the mail is what was handed in.
Outcome plain_mail(const ReadMail& mail, const ReportLimits& limits) {
    MachineReport report;
    report.format = "mail";
    report.category = "other.unclassified";
    report.summary = "A mail was handed in for examination.";
    report.contact = mail.from;
    if (!mail.subject.empty()) report.fields.push_back({"Subject", mail.subject});
    report.warn("no_report_part", "", "the mail holds no report that a machine can read: it is kept as a mail");
    take_originals(mail, limits, report);
    return report;
}

}  // namespace

Outcome read_report_mail(ByteView mail, const ReportLimits& limits, const std::function<Outcome(std::string_view)>& attached_json) {
    const ReadMail read = read_mail(mail);
    std::optional<Warning> bad_attachment;
    for (const MailPart& part : read.parts) {
        if (!is_json(part)) continue;
        Outcome outcome = attached_json(text_of(part.bytes));
        if (MachineReport* report = std::get_if<MachineReport>(&outcome)) {
            take_originals(read, limits, *report);
            return outcome;
        }
        const Refusal& refusal = std::get<Refusal>(outcome);
        bad_attachment = Warning{"attachment_refused", refusal.where, "an attached report was not readable: " + refusal.reason};
    }
    for (const MailPart& part : read.parts) {
        if (part.media_type != "message/feedback-report") continue;
        Outcome outcome = feedback_report(read, part, limits);
        if (bad_attachment) std::get<MachineReport>(outcome).warnings.push_back(*bad_attachment);
        return outcome;
    }
    Outcome outcome = plain_mail(read, limits);
    if (bad_attachment) std::get<MachineReport>(outcome).warnings.push_back(*bad_attachment);
    return outcome;
}

}  // namespace plumbline::reports
