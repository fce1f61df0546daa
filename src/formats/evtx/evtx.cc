// SPDX-License-Identifier: Apache-2.0
#include "formats/evtx/evtx.h"

#include <libevtx.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

#include "base/utf8.h"
#include "formats/memory_file.h"
#include "formats/sqlite/located_text.h"

namespace plumbline::formats {

namespace {
using namespace std::string_view_literals;
constexpr std::string_view file_magic = "ElfFile\0"sv;
constexpr std::string_view chunk_magic = "ElfChnk\0"sv;
constexpr std::size_t file_header_size = 4096;
constexpr std::size_t chunk_size = 65536;
constexpr std::size_t chunk_size_min = 512;     // its header
constexpr std::size_t records_max = 4096;       // a record has 24 bytes and an end of 4, so no chunk has more
constexpr std::size_t record_text_max = 1 << 20;  // a record's XML; the record has at most 64 KiB

struct FileClose {
    void operator()(libevtx_file_t* file) const { libevtx_file_free(&file, nullptr); }
};
struct RecordClose {
    void operator()(libevtx_record_t* record) const { libevtx_record_free(&record, nullptr); }
};
using Record = std::unique_ptr<libevtx_record_t, RecordClose>;

void put(Bytes& bytes, std::size_t at, std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

// A log that holds this chunk alone. The checksums are made anew, so that one wrong bit does not hide the chunk; that a
// checksum was wrong is said by open_evtx.
Bytes log_of(ByteView chunk) {
    Bytes out(file_header_size + chunk_size);
    std::copy(file_magic.begin(), file_magic.end(), reinterpret_cast<char*>(out.data()));
    put(out, 24, 1, 8);                   // next record
    put(out, 32, 128, 4);                 // the header's size
    put(out, 36, 1, 2);                   // version 3.1
    put(out, 38, 3, 2);
    put(out, 40, file_header_size, 2);
    put(out, 42, 1, 2);                   // chunks
    put(out, 124, crc32_z(0, uchar(ByteView(out)), 120), 4);
    std::copy_n(chunk.begin(), std::min(chunk.size(), chunk_size), out.begin() + file_header_size);
    return out;
}

std::uint64_t little(ByteView bytes, std::size_t at, unsigned size) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size && at + i < bytes.size(); ++i) value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
    return value;
}

std::string xml_of(libevtx_record_t* record) {
    std::size_t size = 0;
    if (libevtx_record_get_utf8_xml_string_size(record, &size, nullptr) != 1 || size < 2 || size > record_text_max) return {};
    std::string out(size, '\0');
    if (libevtx_record_get_utf8_xml_string(record, reinterpret_cast<std::uint8_t*>(out.data()), size, nullptr) != 1) return {};
    out.resize(std::min(out.find('\0'), out.size()));
    return is_utf8(out) ? out : utf8_repaired(out);
}

// What libevtx holds for the one chunk.
struct Reader {
    Bytes log;
    std::unique_ptr<MemoryFile> memory;
    std::unique_ptr<libevtx_file_t, FileClose> file;

    bool open(ByteView chunk) {
        log = log_of(chunk);
        memory = std::make_unique<MemoryFile>(log);
        if (!memory->handle()) return false;
        libevtx_file_t* raw_file = nullptr;
        if (libevtx_file_initialize(&raw_file, nullptr) != 1) return false;
        file.reset(raw_file);
        return libevtx_file_open_file_io_handle(raw_file, memory->handle(), LIBEVTX_OPEN_READ, nullptr) == 1;
    }
};
}  // namespace

Decoded decode_evtx_chunk(ByteView bytes, Budget& budget) {
    const ByteView chunk = bytes.first(std::min(bytes.size(), chunk_size));
    LocatedText text(budget);
    std::string damage;
    Reader reader;
    int records = 0;
    int recovered = 0;
    int unread = 0;
    if (!text_of(chunk).starts_with(chunk_magic)) damage = "evtx: no chunk is there";
    else if (!budget.take_steps(4 * chunk_size)) damage = "evtx: over the budget of steps";
    else if (!reader.open(chunk) || libevtx_file_get_number_of_records(reader.file.get(), &records, nullptr) != 1) damage = "evtx: the chunk is damaged";
    const auto add = [&](libevtx_record_t* raw, std::string_view mark) {
        const Record record(raw);
        const std::string xml = raw ? xml_of(raw) : std::string();
        if (xml.empty()) return false;
        if (text.is_over()) return true;
        text.made(mark, 0);
        text.made(xml, 0);
        if (!xml.ends_with('\n')) text.made("\n", 0);
        return true;
    };
    for (int i = 0; i < std::min<int>(records, records_max); ++i) {
        libevtx_record_t* record = nullptr;
        libevtx_file_get_record_by_index(reader.file.get(), i, &record, nullptr);
        unread += !add(record, "");
    }
    if (reader.file) libevtx_file_get_number_of_recovered_records(reader.file.get(), &recovered, nullptr);
    for (int i = 0; i < std::min<int>(recovered, records_max); ++i) {
        libevtx_record_t* record = nullptr;
        libevtx_file_get_recovered_record_by_index(reader.file.get(), i, &record, nullptr);
        add(record, "<!-- recovered -->\n");  // where it is too damaged, its bytes are scanned as they stand
    }
    Decoded out = text.take("evtx", 0, chunk.size());
    out.map = {};
    if (out.damage.empty() && unread > 0) damage = fmt::format("evtx: {} records of the chunk could not be read", unread);
    if (out.damage.empty()) out.damage = std::move(damage);
    return out;
}

bool looks_like_evtx(ByteView bytes, const Hints&) { return text_of(bytes).starts_with(file_magic) || (bytes.size() >= 512 && text_of(bytes).starts_with(chunk_magic)); }

void open_evtx(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    Taken taken;
    std::size_t at = 0;
    if (text_of(bytes).starts_with(file_magic)) {
        at = std::min(file_header_size, bytes.size());
        taken.add(0, std::min<std::size_t>(128, bytes.size()));
    }
    for (; bytes.size() - at >= chunk_size_min; at += std::min(chunk_size, bytes.size() - at)) {
        const ByteView chunk = bytes.subspan(at, std::min(chunk_size, bytes.size() - at));
        if (!text_of(chunk).starts_with(chunk_magic)) {
            const bool is_empty = std::all_of(chunk.begin(), chunk.end(), [](std::byte byte) { return byte == std::byte{0}; });
            if (!is_empty) visitor.unread(at, "evtx", "evtx: a chunk without its mark, scanned as it stands");
            continue;
        }
        if (!budget.take_items(1)) {
            visitor.unread(at, "evtx", "evtx: over the budget of items, the rest is scanned as it stands");
            break;
        }
        if (chunk.size() < chunk_size) visitor.unread(at, "evtx", "evtx: the last chunk is cut short");
        Decoded child = decode_evtx_chunk(chunk, budget);
        child.offset = at;
        // What the records take is in the view; behind them are older ones, and those of a damaged chunk may not all be there.
        const std::uint64_t used = little(chunk, 48, 4);
        if (child.damage.empty() && used <= chunk.size()) taken.add(at, at + used);
        else if (!child.damage.empty()) visitor.unread(at, "evtx", child.damage);
        if (child.bytes.empty()) continue;
        visitor.readable(text_of(child.bytes));
        visitor.decoded(std::move(child), Hints{}, true);
    }
    taken.give_rest(bytes, visitor);
}

}  // namespace plumbline::formats
