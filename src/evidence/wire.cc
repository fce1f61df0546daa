// SPDX-License-Identifier: Apache-2.0
#include "evidence/wire.h"

#include <new>

namespace plumbline::evidence {

namespace {
constexpr std::uint8_t parameters_version = 1;
constexpr std::uint8_t answer_version = 1;
constexpr std::size_t text_max = 1U << 30;

void append_text(Bytes& out, std::string_view text) { append_sized(out, view(text)); }
Result<std::string> read_text(ByteReader& reader, std::size_t size_max = text_max) {
    return std::string(text_of(TRY(reader.sized(size_max))));
}
// A count of rows that take at least `row_bytes_min` each: no more than fit in what is left.
Result<std::uint32_t> read_count(ByteReader& reader, std::size_t row_bytes_min) {
    const std::uint32_t count = TRY(reader.u32());
    if (count > reader.left() / row_bytes_min) return fail(ErrorKind::corrupt, "a count of {} rows in {} bytes", count, reader.left());
    return count;
}
struct Parameters {
    std::string name;
    ScanOptions options;
};
Result<Parameters> decode_parameters(ByteView bytes) {
    ByteReader reader(bytes);
    Parameters out;
    if (TRY(reader.u8()) != parameters_version) return fail(ErrorKind::unsupported, "scan parameters of another version");
    out.name = TRY(read_text(reader, 64 * 1024));
    out.options.region = TRY(read_text(reader, 2));
    out.options.budget.depth_left = TRY(reader.u32());
    out.options.budget.bytes_out_left = TRY(reader.u64());
    out.options.budget.items_left = TRY(reader.u64());
    out.options.budget.steps_left = TRY(reader.u64());
    out.options.sightings_max = TRY(reader.u64());
    out.options.text_bytes_max = TRY(reader.u64());
    out.options.unread_max = TRY(reader.u64());
    return out;
}
}  // namespace

Bytes encode_scan_parameters(std::string_view name, const ScanOptions& options) {
    Bytes out;
    append_u8(out, parameters_version);
    append_text(out, name.substr(0, 4096));
    append_text(out, std::string_view(options.region).substr(0, 2));
    append_u32(out, options.budget.depth_left);
    append_u64(out, options.budget.bytes_out_left);
    append_u64(out, options.budget.items_left);
    append_u64(out, options.budget.steps_left);
    append_u64(out, options.sightings_max);
    append_u64(out, options.text_bytes_max);
    append_u64(out, options.unread_max);
    return out;
}

Bytes encode_part_evidence(const PartEvidence& evidence) {
    Bytes out;
    out.reserve(256 + evidence.text.size() + evidence.sightings.size() * 200);
    append_u8(out, answer_version);
    append_text(out, evidence.name);
    append_text(out, evidence.sha256);
    append_u64(out, evidence.size_bytes);
    append_text(out, evidence.format);
    append_text(out, evidence.text);
    append_u32(out, static_cast<std::uint32_t>(evidence.sightings.size()));
    for (const Sighting& sighting : evidence.sightings) {
        append_u8(out, static_cast<std::uint8_t>(sighting.kind));
        append_text(out, sighting.value);
        append_text(out, sighting.text);
        append_text(out, sighting.where);
        append_u64(out, sighting.offset);
        append_text(out, sighting.context);
    }
    append_u32(out, static_cast<std::uint32_t>(evidence.unread.size()));
    for (const Unread& row : evidence.unread) {
        append_text(out, row.where);
        append_text(out, row.reason);
    }
    return out;
}

Result<PartEvidence> decode_scan_answer(ByteView answer) {
    ByteReader reader(answer);
    PartEvidence out;
    if (TRY(reader.u8()) != answer_version) return fail(ErrorKind::corrupt, "a scan answer of another version");
    out.name = TRY(read_text(reader));
    out.sha256 = TRY(read_text(reader));
    out.size_bytes = TRY(reader.u64());
    out.format = TRY(read_text(reader));
    out.text = TRY(read_text(reader));
    const std::uint32_t sightings = TRY(read_count(reader, 25));
    out.sightings.reserve(sightings);
    for (std::uint32_t i = 0; i < sightings; ++i) {
        Sighting sighting;
        const std::uint8_t kind = TRY(reader.u8());
        sighting.kind = static_cast<IndicatorKind>(kind);
        if (name_of(sighting.kind) == "unknown") return fail(ErrorKind::corrupt, "a sighting of kind {}", kind);
        sighting.value = TRY(read_text(reader));
        sighting.text = TRY(read_text(reader));
        sighting.where = TRY(read_text(reader));
        sighting.offset = TRY(reader.u64());
        sighting.context = TRY(read_text(reader));
        out.sightings.push_back(std::move(sighting));
    }
    const std::uint32_t unread = TRY(read_count(reader, 8));
    for (std::uint32_t i = 0; i < unread; ++i) {
        Unread row;
        row.where = TRY(read_text(reader));
        row.reason = TRY(read_text(reader));
        out.unread.push_back(std::move(row));
    }
    if (reader.left() != 0) return fail(ErrorKind::corrupt, "{} bytes behind a scan answer", reader.left());
    return out;
}

Result<Bytes> scan_in_sandbox(ByteView input, ByteView parameters) {
    try {
        const Parameters read = TRY(decode_parameters(parameters));
        return encode_part_evidence(scan_part(input, read.name, read.options));
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
