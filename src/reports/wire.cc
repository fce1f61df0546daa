// SPDX-License-Identifier: Apache-2.0
#include "reports/wire.h"

namespace plumbline::reports {

namespace {

constexpr std::size_t text_max = 1024 * 1024;
constexpr std::size_t file_max = 256 * 1024 * 1024;
constexpr std::size_t rows_max = 20'000;

void put(Bytes& out, std::string_view text) { append_sized(out, view(text.substr(0, text_max))); }
Result<std::string> take(ByteReader& reader) { return std::string(text_of(TRY(reader.sized(text_max)))); }
Result<std::uint32_t> take_count(ByteReader& reader) {
    const std::uint32_t count = TRY(reader.u32());
    if (count > rows_max || count > reader.left()) return fail(ErrorKind::corrupt, "a report's answer: {} rows", count);
    return count;
}

void put_report(Bytes& out, const MachineReport& report) {
    for (const std::string* text : {&report.format, &report.kind, &report.category, &report.summary, &report.contact, &report.reported_value}) put(out, *text);
    append_u8(out, report.is_ongoing ? 1 : 0);
    put(out, report.day ? to_text(*report.day) : "");
    append_u32(out, static_cast<std::uint32_t>(report.fields.size()));
    for (const ReportField& field : report.fields) {
        put(out, field.name);
        put(out, field.value);
    }
    append_u32(out, static_cast<std::uint32_t>(report.files.size()));
    for (const ReportFile& file : report.files) {
        put(out, file.name);
        put(out, file.media_type);
        append_sized(out, file.bytes);
    }
    append_u32(out, static_cast<std::uint32_t>(report.warnings.size()));
    for (const Warning& warning : report.warnings) {
        put(out, warning.name);
        put(out, warning.where);
        put(out, warning.text);
    }
}

Result<MachineReport> take_report(ByteReader& reader) {
    MachineReport report;
    for (std::string* text : {&report.format, &report.kind, &report.category, &report.summary, &report.contact, &report.reported_value}) *text = TRY(take(reader));
    report.is_ongoing = TRY(reader.u8()) == 1;
    if (const std::string day = TRY(take(reader)); !day.empty()) {
        auto known = day_from(day);
        if (!known) return fail(ErrorKind::corrupt, "a report's answer: no day");
        report.day = *known;
    }
    for (std::uint32_t left = TRY(take_count(reader)); left > 0; --left) {
        ReportField field;
        field.name = TRY(take(reader));
        field.value = TRY(take(reader));
        report.fields.push_back(std::move(field));
    }
    for (std::uint32_t left = TRY(take_count(reader)); left > 0; --left) {
        ReportFile file;
        file.name = TRY(take(reader));
        file.media_type = TRY(take(reader));
        file.bytes = to_bytes(TRY(reader.sized(file_max)));
        report.files.push_back(std::move(file));
    }
    for (std::uint32_t left = TRY(take_count(reader)); left > 0; --left) {
        Warning warning;
        warning.name = TRY(take(reader));
        warning.where = TRY(take(reader));
        warning.text = TRY(take(reader));
        report.warnings.push_back(std::move(warning));
    }
    return report;
}

}  // namespace

Bytes encode_report_parameters(ReportForm form, const CsvMapping* mapping) {
    Bytes out;
    append_u8(out, static_cast<std::uint8_t>(form));
    if (mapping != nullptr) append(out, view(mapping->to_json().dump()));
    return out;
}

Result<Bytes> read_in_sandbox(const ReportReaders& readers, ByteView input, ByteView parameters) {
    ByteReader reader(parameters);
    const std::uint8_t form = TRY(reader.u8());
    if (form < 1 || form > 4) return fail(ErrorKind::invalid, "no form {}", form);
    if (reader.left() == 0) return encode_report_answer(readers.read(static_cast<ReportForm>(form), input));
    const CsvMapping mapping = TRY(CsvMapping::from_json(TRY(parse_json(text_of(reader.rest()))), readers.categories()));
    return encode_report_answer(readers.read(static_cast<ReportForm>(form), input, &mapping));
}

Bytes encode_report_answer(const std::vector<Outcome>& outcomes) {
    Bytes out;
    append_u32(out, static_cast<std::uint32_t>(outcomes.size()));
    for (const Outcome& outcome : outcomes) {
        if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
            append_u8(out, 0);
            put(out, refusal->where);
            put(out, refusal->reason);
        } else {
            append_u8(out, 1);
            put_report(out, std::get<MachineReport>(outcome));
        }
    }
    return out;
}

Result<std::vector<Outcome>> decode_report_answer(ByteView answer) {
    ByteReader reader(answer);
    std::vector<Outcome> outcomes;
    for (std::uint32_t left = TRY(take_count(reader)); left > 0; --left) {
        if (TRY(reader.u8()) == 0) {
            Refusal refusal;
            refusal.where = TRY(take(reader));
            refusal.reason = TRY(take(reader));
            outcomes.emplace_back(std::move(refusal));
        } else {
            outcomes.emplace_back(TRY(take_report(reader)));
        }
    }
    if (reader.left() != 0) return fail(ErrorKind::corrupt, "a report's answer: {} bytes behind its end", reader.left());
    return outcomes;
}

}  // namespace plumbline::reports
