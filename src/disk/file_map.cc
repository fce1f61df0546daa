// SPDX-License-Identifier: Apache-2.0
// Records of kind, length and fields; docs/formats/disk_answer.md. All numbers are big-endian.
#include "disk/file_map.h"

#include <algorithm>

#include "disk/random_bytes.h"

namespace plumbline::disk {
namespace {

constexpr std::string_view answer_magic = "plumbline-disk 1\n";
constexpr std::string_view request_magic = "plumbline-disk-request 1\n";
constexpr std::size_t record_bytes_max = 64 * 1024 * 1024;
constexpr std::uint32_t flags_known = (file_is_other_type << 1U) - 1;
enum class Kind : std::uint8_t { volume = 'V', file = 'F', trouble = 'T', content = 'C', start = 'S', end = 'E' };

Bytes framed(Kind kind, const Bytes& fields) {
    Bytes record;
    record.reserve(fields.size() + 5);
    append_u8(record, static_cast<std::uint8_t>(kind));
    append_sized(record, fields);
    return record;
}

void append_text(Bytes& out, std::string_view text, std::size_t bytes_max) { append_sized(out, view(text.substr(0, bytes_max))); }

Result<std::string> read_text(ByteReader& reader, std::size_t bytes_max) {
    return std::string(text_of(TRY(reader.sized(bytes_max))));
}

Result<void> check_end(const ByteReader& reader) {
    if (reader.left() != 0) return fail(ErrorKind::corrupt, "disk answer: {} bytes too many in a record", reader.left());
    return {};
}

Result<Volume> read_volume(ByteReader reader) {
    Volume volume;
    volume.offset = TRY(reader.u64());
    volume.size_bytes = TRY(reader.u64());
    volume.block_bytes = TRY(reader.u32());
    volume.file_system = TRY(read_text(reader, text_bytes_max));
    volume.label = TRY(read_text(reader, text_bytes_max));
    volume.partition = TRY(read_text(reader, text_bytes_max));
    volume.not_opened = TRY(read_text(reader, text_bytes_max));
    TRY(check_end(reader));
    return volume;
}

Result<void> read_runs(ByteReader& reader, std::uint64_t image_bytes, FileEntry& file) {
    const std::uint32_t count = TRY(reader.u32());
    if (count > runs_max || count > reader.left() / 17) return fail(ErrorKind::corrupt, "disk answer: {} runs", count);
    file.runs.reserve(count);
    std::uint64_t sum = 0;
    bool is_in_slack = false;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint8_t kind = TRY(reader.u8());
        Run run;
        run.offset = TRY(reader.u64());
        run.length = TRY(reader.u64());
        if (kind > static_cast<std::uint8_t>(RunKind::slack)) return fail(ErrorKind::corrupt, "disk answer: run kind {}", kind);
        run.kind = static_cast<RunKind>(kind);
        if (run.kind != RunKind::zero && (run.offset > image_bytes || run.length > image_bytes - run.offset)) {
            return fail(ErrorKind::corrupt, "disk answer: a run outside the image");
        }
        if (run.kind == RunKind::slack) is_in_slack = true;
        else if (is_in_slack || run.length > file.size_bytes - sum) return fail(ErrorKind::corrupt, "disk answer: runs over the size");
        else sum += run.length;
        file.runs.push_back(run);
    }
    const bool has_bytes = std::any_of(file.runs.begin(), file.runs.end(), [](const Run& run) { return run.kind != RunKind::slack; });
    if (has_bytes && sum != file.size_bytes) return fail(ErrorKind::corrupt, "disk answer: runs under the size");
    return {};
}

Result<FileEntry> read_file(ByteReader reader, std::uint64_t image_bytes) {
    FileEntry file;
    file.volume = TRY(reader.u32());
    file.meta = TRY(reader.u64());
    file.stream = TRY(reader.u32());
    file.path = TRY(read_text(reader, path_bytes_max));
    file.size_bytes = TRY(reader.u64());
    file.flags = TRY(reader.u32());
    const std::uint8_t found_by = TRY(reader.u8());
    for (std::int64_t& time : file.times) time = static_cast<std::int64_t>(TRY(reader.u64()));
    if ((file.flags & ~flags_known) != 0 || found_by > found_by_last) return fail(ErrorKind::corrupt, "disk answer: unknown flag");
    file.found_by = static_cast<FoundBy>(found_by);
    TRY(read_runs(reader, image_bytes, file));
    if (file.is(file_is_made) && !file.runs.empty()) return fail(ErrorKind::corrupt, "disk answer: runs of a made file");
    TRY(check_end(reader));
    return file;
}

Result<Trouble> read_trouble(ByteReader reader) {
    Trouble trouble;
    const std::uint32_t volume = TRY(reader.u32());
    if (volume != UINT32_MAX) trouble.volume = volume;
    trouble.text = TRY(read_text(reader, text_bytes_max));
    TRY(check_end(reader));
    return trouble;
}

Result<Content> read_content(ByteReader reader) {
    Content content;
    content.item = TRY(reader.u32());
    content.is_last = TRY(reader.u8()) != 0;
    content.bytes = reader.rest();
    return content;
}

Result<End> read_end(ByteReader reader) {
    End end;
    end.is_cut = TRY(reader.u8()) != 0;
    TRY(check_end(reader));
    return end;
}

Result<Start> read_start(ByteReader reader) {
    Start start;
    start.image_bytes = TRY(reader.u64());
    start.container = TRY(read_text(reader, text_bytes_max));
    TRY(check_end(reader));
    return start;
}

}  // namespace

Bytes write_request(const Request& request) {
    Bytes out = to_bytes(request_magic);
    append_u8(out, static_cast<std::uint8_t>(request.verb));
    append_u32(out, request.cpu_seconds_max);
    append_u64(out, request.memory_bytes_max);
    append_u32(out, request.segments);
    append_u32(out, request.volume_first);
    append_u64(out, request.files_max);
    append_u32(out, static_cast<std::uint32_t>(request.items.size()));
    for (const ReadItem& item : request.items) {
        append_u64(out, item.volume_offset);
        append_u64(out, item.meta);
        append_u32(out, item.stream);
        append_u64(out, item.size_bytes_max);
    }
    return out;
}

Result<Request> read_request(ByteView bytes) {
    if (!has_at(bytes, 0, request_magic)) return fail(ErrorKind::invalid, "no disk request of this version");
    ByteReader reader(bytes.subspan(request_magic.size()));
    Request request;
    const std::uint8_t verb = TRY(reader.u8());
    if (verb != static_cast<std::uint8_t>(Verb::list) && verb != static_cast<std::uint8_t>(Verb::read)) return fail(ErrorKind::invalid, "verb {}", verb);
    request.verb = static_cast<Verb>(verb);
    request.cpu_seconds_max = TRY(reader.u32());
    request.memory_bytes_max = TRY(reader.u64());
    request.segments = TRY(reader.u32());
    request.volume_first = TRY(reader.u32());
    request.files_max = TRY(reader.u64());
    const std::uint32_t count = TRY(reader.u32());
    if (count > read_items_max) return fail(ErrorKind::too_large, "{} files to read", count);
    for (std::uint32_t i = 0; i < count; ++i) {
        ReadItem item;
        item.volume_offset = TRY(reader.u64());
        item.meta = TRY(reader.u64());
        item.stream = TRY(reader.u32());
        item.size_bytes_max = TRY(reader.u64());
        request.items.push_back(item);
    }
    TRY(check_end(reader));
    return request;
}

Bytes answer_head(const Start& start) {
    Bytes fields;
    append_u64(fields, start.image_bytes);
    append_text(fields, start.container, text_bytes_max);
    Bytes out = to_bytes(answer_magic);
    append(out, framed(Kind::start, fields));
    return out;
}

Bytes record_of(const Volume& volume) {
    Bytes out;
    append_u64(out, volume.offset);
    append_u64(out, volume.size_bytes);
    append_u32(out, volume.block_bytes);
    for (const std::string* text : {&volume.file_system, &volume.label, &volume.partition, &volume.not_opened}) append_text(out, *text, text_bytes_max);
    return framed(Kind::volume, out);
}

Bytes record_of(const FileEntry& file) {
    Bytes out;
    append_u32(out, file.volume);
    append_u64(out, file.meta);
    append_u32(out, file.stream);
    append_text(out, file.path, path_bytes_max);
    append_u64(out, file.size_bytes);
    append_u32(out, file.flags);
    append_u8(out, static_cast<std::uint8_t>(file.found_by));
    for (const std::int64_t time : file.times) append_u64(out, static_cast<std::uint64_t>(time));
    append_u32(out, static_cast<std::uint32_t>(file.runs.size()));
    for (const Run& run : file.runs) {
        append_u8(out, static_cast<std::uint8_t>(run.kind));
        append_u64(out, run.offset);
        append_u64(out, run.length);
    }
    return framed(Kind::file, out);
}

Bytes record_of(const Trouble& trouble) {
    Bytes out;
    append_u32(out, trouble.volume.value_or(UINT32_MAX));
    append_text(out, trouble.text, text_bytes_max);
    return framed(Kind::trouble, out);
}

Bytes record_of(const End& end) {
    Bytes out;
    append_u8(out, end.is_cut ? 1 : 0);
    return framed(Kind::end, out);
}

Bytes record_of(const Content& content) {
    Bytes out;
    append_u32(out, content.item);
    append_u8(out, content.is_last ? 1 : 0);
    append(out, content.bytes);
    return framed(Kind::content, out);
}

Result<std::optional<End>> read_answer(ByteView answer, const AnswerVisitor& visitor) {
    if (answer.size() < answer_magic.size()) return std::optional<End>();
    if (!has_at(answer, 0, answer_magic)) return fail(ErrorKind::corrupt, "disk answer: no answer of this version");
    ByteView rest = answer.subspan(answer_magic.size());
    std::uint64_t image_bytes = 0;
    while (rest.size() >= 5) {
        const auto kind = static_cast<Kind>(rest[0]);
        const std::uint32_t size = big32(rest, 1);
        if (size > record_bytes_max) return fail(ErrorKind::corrupt, "disk answer: a record of {} bytes", size);
        if (rest.size() - 5 < size) break;
        const ByteReader fields(rest.subspan(5, size));
        rest = rest.subspan(5 + size);
        switch (kind) {
            case Kind::start: {
                const Start start = TRY(read_start(fields));
                image_bytes = start.image_bytes;
                TRY(visitor.start(start));
                break;
            }
            case Kind::volume: TRY(visitor.volume(TRY(read_volume(fields)))); break;
            case Kind::file: TRY(visitor.file(TRY(read_file(fields, image_bytes)))); break;
            case Kind::trouble: TRY(visitor.trouble(TRY(read_trouble(fields)))); break;
            case Kind::content: TRY(visitor.content(TRY(read_content(fields)))); break;
            case Kind::end: return std::optional<End>(TRY(read_end(fields)));
            default: return fail(ErrorKind::corrupt, "disk answer: record kind {}", static_cast<int>(kind));
        }
    }
    return std::optional<End>();
}

}  // namespace plumbline::disk
