// SPDX-License-Identifier: Apache-2.0
#include "evidence/answer.h"

#include <charconv>
#include <cstring>

#include "base/utf8.h"
#include "evidence/answer_row.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t text_max = 1U << 30;

Result<std::string_view> read_text(ByteReader& reader) { return text_of(TRY(reader.sized(text_max))); }
// A count of rows that take at least `row_bytes_min` each: no more than fit in what is left.
Result<std::uint32_t> read_count(ByteReader& reader, std::size_t row_bytes_min) {
    const std::uint32_t count = TRY(reader.u32());
    if (count > reader.left() / row_bytes_min) return fail(ErrorKind::corrupt, "a count of {} rows in {} bytes", count, reader.left());
    return count;
}

Result<SightingView> read_row(std::string_view& rest, const std::vector<std::string_view>& paths) {
    if (rest.size() < AnswerRow::bytes) return fail(ErrorKind::corrupt, "a sighting is cut short");
    const AnswerRow row = AnswerRow::read(rest.data());
    rest.remove_prefix(AnswerRow::bytes);
    SightingView out;
    out.kind = static_cast<IndicatorKind>(row.kind);
    if (row.kind == 0 || row.kind > static_cast<std::uint8_t>(IndicatorKind::file)) return fail(ErrorKind::corrupt, "a sighting of kind {}", row.kind);
    if (row.path >= paths.size()) return fail(ErrorKind::corrupt, "a sighting under path {} of {}", row.path, paths.size());
    const bool is_apart = row.flags & AnswerRow::text_apart;
    const bool is_value_text = row.flags & AnswerRow::value_is_text;
    const std::uint64_t size = std::uint64_t{row.around_size} + (is_apart ? row.text_size : 0) + (is_value_text ? 0 : row.value_size);
    const bool is_inside = is_apart || std::uint64_t{row.text_at} + row.text_size <= row.around_size;
    if (size > rest.size() || !is_inside) return fail(ErrorKind::corrupt, "a sighting of {} bytes in {}", size, rest.size());
    out.path = paths[row.path];
    out.is_path_whole = row.flags & AnswerRow::path_is_whole;
    out.offset = row.offset;
    out.around = rest.substr(0, row.around_size);
    rest.remove_prefix(row.around_size);
    if (is_apart) {
        out.text = rest.substr(0, row.text_size);
        rest.remove_prefix(row.text_size);
    } else {
        out.text = out.around.substr(row.text_at, row.text_size);
    }
    out.value = is_value_text ? out.text : rest.substr(0, row.value_size);
    if (!is_value_text) rest.remove_prefix(row.value_size);
    return out;
}

Result<PartView> read_part(ByteReader& reader) {
    PartView out;
    out.name = TRY(read_text(reader));
    out.sha256 = TRY(read_text(reader));
    out.size_bytes = TRY(reader.u64());
    out.begin = TRY(reader.u64());
    out.end = TRY(reader.u64());
    out.format = TRY(read_text(reader));
    out.text = TRY(read_text(reader));
    std::vector<std::string_view> paths(TRY(read_count(reader, 4)));
    for (std::string_view& path : paths) path = TRY(read_text(reader));
    out.sightings.resize(TRY(read_count(reader, AnswerRow::bytes)));
    std::string_view rest = text_of(reader.rest());
    const std::size_t size = rest.size();
    for (SightingView& sighting : out.sightings) sighting = TRY(read_row(rest, paths));
    TRY(reader.take(size - rest.size()));
    out.unread.resize(TRY(read_count(reader, 8)));
    for (UnreadView& row : out.unread) row = {TRY(read_text(reader)), TRY(read_text(reader))};
    out.later.resize(TRY(read_count(reader, 16)));
    for (LaterView& row : out.later) row = {TRY(read_text(reader)), TRY(read_text(reader)), TRY(reader.u64())};
    return out;
}

// What stands in a text, eight bytes at a time: a byte over 127, and one that is no printable letter.
struct Letters {
    bool has_wide = false;
    bool has_control = false;
};
Letters letters_of(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::uint64_t wide = 0;
    std::uint64_t control = 0;
    const auto look = [&](std::uint64_t word) {
        wide |= word;
        control |= (word + ones) | ((word - ones * 0x20) & ~word);
    };
    for (; text.size() >= 8; text.remove_prefix(8)) {
        std::uint64_t word;
        std::memcpy(&word, text.data(), 8);
        look(word);
    }
    for (const char c : text) look(ones * static_cast<unsigned char>(c));
    return {(wide & ones * 0x80) != 0, (control & ones * 0x80) != 0};
}
void append_number(std::string& out, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}
void append_text(std::string& out, std::string_view text) {
    append_json_text(out, text);
}
}  // namespace

std::string SightingView::where() const {
    std::string out(path);
    if (!is_path_whole) append_number(out, offset);
    return out;
}
std::string SightingView::context() const { return shown_context(around); }

std::string shown_context(std::string_view around) {
    const Letters letters = letters_of(around);
    std::string context = letters.has_wide ? utf8_repaired(around) : std::string(around);
    if (!letters.has_control) return context;
    for (char& c : context)
        if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
    return context;
}

Result<std::vector<PartView>> read_scan_answer(ByteView answer) {
    ByteReader reader(answer);
    if (TRY(reader.u8()) != answer_version) return fail(ErrorKind::corrupt, "a scan answer of another version");
    std::vector<PartView> parts(TRY(read_count(reader, 52)));
    for (PartView& part : parts) part = TRY(read_part(reader));
    if (reader.left() != 0) return fail(ErrorKind::corrupt, "{} bytes behind a scan answer", reader.left());
    return parts;
}

Sighting to_sighting(const SightingView& view) {
    Sighting out;
    out.kind = view.kind;
    out.value = view.value;
    out.text = view.text;
    out.where = view.where();
    out.offset = view.offset;
    out.context = view.context();
    return out;
}

PartEvidence to_part_evidence(const PartView& view) {
    PartEvidence out;
    out.name = view.name;
    out.sha256 = view.sha256;
    out.size_bytes = view.size_bytes;
    out.format = view.format;
    out.text = view.text;
    out.sightings.reserve(view.sightings.size());
    for (const SightingView& sighting : view.sightings) out.sightings.push_back(to_sighting(sighting));
    out.unread.reserve(view.unread.size());
    for (const UnreadView& row : view.unread) out.unread.push_back({std::string(row.where), std::string(row.reason)});
    return out;
}

std::string json_escaped(std::string_view text) {
    std::string quoted;
    append_json_text(quoted, text);
    return quoted.substr(1, quoted.size() - 2);
}

void append_json_line(std::string& out, const SightingView& sighting, std::string_view file_json_escaped) {
    out += "{\"kind\":\"";
    out += name_of(sighting.kind);
    out += "\",\"value\":";
    append_text(out, sighting.value);
    out += ",\"text\":";
    append_text(out, sighting.text);
    out += ",\"file\":\"";
    out += file_json_escaped;
    out += "\",\"where\":";
    append_text(out, sighting.where());
    out += ",\"offset\":";
    append_number(out, sighting.offset);
    out += ",\"context\":";
    append_text(out, sighting.context());
    out += "}\n";
}

}  // namespace plumbline::evidence
