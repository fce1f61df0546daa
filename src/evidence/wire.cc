// SPDX-License-Identifier: Apache-2.0
#include "evidence/wire.h"

#include <algorithm>
#include <new>

#include "evidence/answer_row.h"
#include "evidence/finds.h"

namespace plumbline::evidence {

namespace {
enum class Call : std::uint8_t { one, many, stretch };
constexpr std::size_t name_max = 4096;
constexpr std::size_t room_kept_max = 16 << 20;

void append_text(Bytes& out, std::string_view text) { append_sized(out, view(text)); }
Result<std::string_view> read_text(ByteReader& reader, std::size_t size_max) { return text_of(TRY(reader.sized(size_max))); }

struct Parameters {
    Call call = Call::one;
    ScanOptions options;
    std::string_view name;
    std::vector<PartName> parts;
    Stretch stretch;
};

Bytes start_parameters(Call call, const ScanOptions& options) {
    Bytes out;
    append_u8(out, parameters_version);
    append_u8(out, static_cast<std::uint8_t>(call));
    append_text(out, std::string_view(options.region).substr(0, 2));
    append_u8(out, options.is_hashed);
    append_u8(out, options.budget.reads_codes);
    append_text(out, std::string_view(options.xor_keys).substr(0, 255));
    append_u32(out, options.budget.depth_left);
    append_u64(out, options.budget.bytes_out_left);
    append_u64(out, options.budget.items_left);
    append_u64(out, options.budget.steps_left);
    append_u64(out, options.sightings_max);
    append_u64(out, options.text_bytes_max);
    append_u64(out, options.unread_max);
    return out;
}

Result<Parameters> decode_parameters(ByteView bytes) {
    ByteReader reader(bytes);
    Parameters out;
    if (TRY(reader.u8()) != parameters_version) return fail(ErrorKind::unsupported, "scan parameters of another version");
    const std::uint8_t call = TRY(reader.u8());
    if (call > static_cast<std::uint8_t>(Call::stretch)) return fail(ErrorKind::unsupported, "scan parameters of call {}", call);
    out.call = static_cast<Call>(call);
    out.options.region = TRY(read_text(reader, 2));
    out.options.is_hashed = TRY(reader.u8()) != 0;
    out.options.budget.reads_codes = TRY(reader.u8()) != 0;
    out.options.xor_keys = TRY(read_text(reader, 255));
    out.options.budget.depth_left = TRY(reader.u32());
    out.options.budget.bytes_out_left = TRY(reader.u64());
    out.options.budget.items_left = TRY(reader.u64());
    out.options.budget.steps_left = TRY(reader.u64());
    out.options.sightings_max = TRY(reader.u64());
    out.options.text_bytes_max = TRY(reader.u64());
    out.options.unread_max = TRY(reader.u64());
    if (out.call == Call::many) {
        const std::uint32_t count = TRY(reader.u32());
        if (count > reader.left() / 12) return fail(ErrorKind::corrupt, "{} parts in {} bytes of parameters", count, reader.left());
        out.parts.resize(count);
        for (PartName& part : out.parts) part = {TRY(read_text(reader, name_max)), TRY(reader.u64())};
        return out;
    }
    out.name = TRY(read_text(reader, name_max));
    if (out.call == Call::one) return out;
    out.stretch.window_at = TRY(reader.u64());
    out.stretch.begin = TRY(reader.u64());
    out.stretch.end = TRY(reader.u64());
    out.stretch.file_size = TRY(reader.u64());
    out.stretch.read_as = TRY(read_text(reader, 16));
    if (out.stretch.end < out.stretch.begin || out.stretch.window_at > INT64_MAX) return fail(ErrorKind::invalid, "a stretch that ends before it begins");
    return out;
}

// Texts of places that many sightings share, each written once.
class PathTable {
  public:
    std::uint32_t index_of(std::string_view path) {
        if (!paths_.empty() && paths_[last_] == path) return last_;
        const auto found = std::find(paths_.begin(), paths_.end(), path);
        last_ = static_cast<std::uint32_t>(found - paths_.begin());
        if (found == paths_.end()) paths_.push_back(path);
        return last_;
    }
    const std::vector<std::string_view>& paths() const { return paths_; }

  private:
    std::vector<std::string_view> paths_;
    std::uint32_t last_ = 0;
};

void append_row(Bytes& out, const Sighting& sighting, PathTable& paths) {
    AnswerRow row;
    const std::string number = std::to_string(sighting.offset);
    std::string_view path = sighting.where;
    if (sighting.kind != IndicatorKind::file && path.ends_with(number)) path.remove_suffix(number.size());
    else row.flags |= AnswerRow::path_is_whole;
    row.path = paths.index_of(path);
    row.kind = static_cast<std::uint8_t>(sighting.kind);
    row.offset = sighting.offset;
    row.around_size = static_cast<std::uint32_t>(sighting.context.size());
    row.text_size = static_cast<std::uint32_t>(sighting.text.size());
    row.value_size = static_cast<std::uint32_t>(sighting.value.size());
    row.flags |= AnswerRow::text_apart;
    if (sighting.value == sighting.text) row.flags |= AnswerRow::value_is_text;
    const std::size_t at = out.size();
    out.resize(at + AnswerRow::bytes);
    row.write(reinterpret_cast<char*>(out.data() + at));
    append(out, sighting.context);
    append(out, sighting.text);
    if (!(row.flags & AnswerRow::value_is_text)) append(out, sighting.value);
}

void append_head(Bytes& out, const PartEvidence& evidence, std::uint64_t begin, std::uint64_t end) {
    append_text(out, evidence.name);
    append_text(out, evidence.sha256);
    append_u64(out, evidence.size_bytes);
    append_u64(out, begin);
    append_u64(out, end);
    append_text(out, evidence.format);
    append_text(out, evidence.text);
}
void append_tail(Bytes& out, const PartEvidence& evidence, const std::vector<Later>& later) {
    append_u32(out, static_cast<std::uint32_t>(evidence.unread.size()));
    for (const Unread& row : evidence.unread) {
        append_text(out, row.where);
        append_text(out, row.reason);
    }
    append_u32(out, static_cast<std::uint32_t>(later.size()));
    for (const Later& row : later) {
        append_text(out, row.where);
        append_text(out, row.reader);
        append_u64(out, row.size_bytes);
    }
}
void append_part(Bytes& out, const ScanAnswer& answer) {
    append_head(out, answer.evidence, answer.begin, answer.end);
    PathTable paths;
    Bytes rows;
    for (const Sighting& sighting : answer.evidence.sightings) append_row(rows, sighting, paths);
    append_u32(out, static_cast<std::uint32_t>(paths.paths().size()));
    for (const std::string_view path : paths.paths()) append_text(out, path);
    append_u32(out, static_cast<std::uint32_t>(answer.evidence.sightings.size()));
    append(out, rows);
    append_tail(out, answer.evidence, answer.later);
}
void append_part(Bytes& out, const ScannedPart& part) {
    append_head(out, part.evidence, part.begin, part.end);
    part.finds.encode(out);
    append_tail(out, part.evidence, part.later);
}
Bytes start_answer(std::size_t parts) {
    Bytes out;
    append_u8(out, answer_version);
    append_u32(out, static_cast<std::uint32_t>(parts));
    return out;
}

Result<Bytes> scan_call(ByteView input, Parameters& call) {
    // What is looked up for one call serves the next, as answers depend on their keys alone; and so does room for finds.
    static thread_local Memo memo;
    static thread_local ScannedPart part;
    memo.release({});
    if (part.finds.bytes_held() > room_kept_max) part = {};
    if (call.call == Call::stretch) call.stretch.window = input;
    if (call.call != Call::many) {
        if (call.call == Call::stretch) scan_stretch_into(part, memo, call.stretch, call.name, call.options);
        else scan_whole_into(part, memo, input, call.name, call.options);
        Bytes out = start_answer(1);
        append_part(out, part);
        return out;
    }
    Bytes out = start_answer(call.parts.size());
    std::uint64_t at = 0;
    for (const PartName& row : call.parts) {
        if (row.size_bytes > input.size() - at) return fail(ErrorKind::invalid, "a part of {} bytes where {} are left", row.size_bytes, input.size() - at);
        scan_whole_into(part, memo, input.subspan(at, row.size_bytes), row.name, call.options);
        append_part(out, part);
        at += row.size_bytes;
    }
    return out;
}
}  // namespace

Bytes encode_scan_parameters(std::string_view name, const ScanOptions& options) {
    Bytes out = start_parameters(Call::one, options);
    append_text(out, name.substr(0, name_max));
    return out;
}

Bytes encode_many_parameters(std::span<const PartName> parts, const ScanOptions& options) {
    Bytes out = start_parameters(Call::many, options);
    append_u32(out, static_cast<std::uint32_t>(parts.size()));
    for (const PartName& part : parts) {
        append_text(out, part.name.substr(0, name_max));
        append_u64(out, part.size_bytes);
    }
    return out;
}

Bytes encode_stretch_parameters(const Stretch& stretch, std::string_view name, const ScanOptions& options) {
    Bytes out = start_parameters(Call::stretch, options);
    append_text(out, name.substr(0, name_max));
    append_u64(out, stretch.window_at);
    append_u64(out, stretch.begin);
    append_u64(out, stretch.end);
    append_u64(out, stretch.file_size);
    append_text(out, stretch.read_as);
    return out;
}

Bytes encode_scan_answer(std::span<const ScanAnswer> parts) {
    Bytes out = start_answer(parts.size());
    for (const ScanAnswer& part : parts) append_part(out, part);
    return out;
}

Bytes encode_part_evidence(const PartEvidence& evidence) {
    ScanAnswer answer;
    answer.evidence = evidence;
    answer.end = evidence.size_bytes;
    return encode_scan_answer({&answer, 1});
}

Result<PartEvidence> decode_scan_answer(ByteView answer) {
    const std::vector<PartView> parts = TRY(read_scan_answer(answer));
    if (parts.size() != 1) return fail(ErrorKind::corrupt, "a scan answer of {} parts where one was asked for", parts.size());
    return to_part_evidence(parts[0]);
}

Result<Bytes> scan_in_sandbox(ByteView input, ByteView parameters) {
    try {
        Parameters read = TRY(decode_parameters(parameters));
        return scan_call(input, read);
    } catch (const std::bad_alloc&) {
        return fail(ErrorKind::too_large, "decoder: out of memory");
    }
}

Result<Bytes> print_in_sandbox(ByteView input, ByteView parameters) {
    try {
        const Parameters read = TRY(decode_parameters(parameters));
        return print_bytes_at(input, read.name, read.options);
    } catch (const std::bad_alloc&) {
        return fail(ErrorKind::too_large, "decoder: out of memory");
    }
}

}  // namespace plumbline::evidence
