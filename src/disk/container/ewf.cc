// SPDX-License-Identifier: Apache-2.0
// Expert Witness Format, version 1 (.E01, .E02, ... and SMART's .s01): each segment is a chain of sections; a table section
// has the places of chunks, which are zlib streams or plain bytes with a checksum after them. (libewf: "Expert Witness
// Compression Format specification", J. Metz.)
#include <algorithm>

#include "disk/container/mapped_bytes.h"

namespace plumbline::disk {
namespace {

constexpr std::size_t descriptor_bytes = 76;
constexpr std::size_t file_header_bytes = 13;
constexpr std::uint64_t table_header_bytes = 24;
constexpr std::size_t sections_max = 1'000'000;

struct Table {
    std::uint64_t first_chunk = 0;
    std::uint64_t chunks = 0;
    std::size_t segment = 0;
    std::uint64_t entries = 0;      // where they stand in the segment
    std::uint64_t base = 0;         // added to each entry
    std::uint64_t data_end = 0;     // where the last chunk ends at the latest
};
struct Geometry {
    std::uint64_t chunk_bytes = 0;
    std::uint64_t size_bytes = 0;
};

class EwfMap final : public BlockMap {
  public:
    EwfMap(std::vector<Table> tables, Geometry geometry) : tables_(std::move(tables)), geometry_(geometry) {}
    Result<BlockPlace> locate(Segments& segments, std::uint64_t block) override {
        auto table = std::upper_bound(tables_.begin(), tables_.end(), block, [](std::uint64_t wanted, const Table& t) { return wanted < t.first_chunk; });
        if (table == tables_.begin()) return fail(ErrorKind::corrupt, "ewf: no table");
        --table;
        const std::uint64_t index = block - table->first_chunk;
        if (index >= table->chunks) return fail(ErrorKind::corrupt, "ewf: chunk {} is in no table (a segment may be missing)", block);
        RandomBytes& segment = *segments[table->segment];
        const std::uint32_t entry = little32(TRY(reader_.entry(segment, table->entries, index, 4)), 0);
        std::uint64_t end = table->data_end;
        if (index + 1 < table->chunks) end = table->base + (little32(TRY(reader_.entry(segment, table->entries, index + 1, 4)), 0) & 0x7fffffffU);
        BlockPlace place;
        place.segment = table->segment;
        place.offset = table->base + (entry & 0x7fffffffU);
        place.storage = (entry & 0x80000000U) != 0 ? Storage::zlib : Storage::plain;
        place.stored = end > place.offset ? end - place.offset : geometry_.chunk_bytes + 1024;
        return place;
    }

  private:
    std::vector<Table> tables_;
    Geometry geometry_;
    TableReader reader_;
};

struct Reading {
    std::vector<Table> tables;
    Geometry geometry;
    std::uint64_t chunks = 0;
    std::size_t sections = 0;
};

Result<void> read_volume(RandomBytes& segment, std::uint64_t at, std::uint64_t size, Reading& reading) {
    const Bytes data = TRY(segment.bytes(at, std::min<std::uint64_t>(size, 94)));
    if (data.size() < 24) return fail(ErrorKind::corrupt, "ewf: volume section");
    const std::uint64_t sector_bytes = little32(data, 12);
    // SMART's short section has 32 bits of sectors.
    const std::uint64_t sectors = size < 1052 ? little32(data, 16) : little64(data, 16);
    reading.geometry.chunk_bytes = static_cast<std::uint64_t>(little32(data, 8)) * sector_bytes;
    if (reading.geometry.chunk_bytes > unpacked_block_bytes_max) return fail(ErrorKind::corrupt, "ewf: chunk size");
    if (sector_bytes == 0 || sector_bytes > 65536 || sectors > UINT64_MAX / 65536) return fail(ErrorKind::corrupt, "ewf: volume section");
    reading.geometry.size_bytes = sectors * sector_bytes;
    return {};
}

Result<void> read_segment(RandomBytes& segment, std::size_t number, Reading& reading) {
    std::uint64_t at = file_header_bytes;
    std::uint64_t data_end = 0;
    while (at + descriptor_bytes <= segment.size_bytes()) {
        if (++reading.sections > sections_max) return fail(ErrorKind::corrupt, "ewf: sections without an end");
        const Bytes descriptor = TRY(segment.bytes(at, descriptor_bytes));
        const std::string_view name = text_of(descriptor).substr(0, 16);
        const std::string_view type = name.substr(0, name.find('\0'));
        const std::uint64_t next = little64(descriptor, 16);
        const std::uint64_t size = little64(descriptor, 24);
        const std::uint64_t data = at + descriptor_bytes;
        const std::uint64_t data_bytes = size > descriptor_bytes ? size - descriptor_bytes : 0;
        if (type == "volume" || type == "disk") TRY(read_volume(segment, data, data_bytes, reading));
        if (type == "sectors") data_end = at + size;
        if (type == "table") {
            const Bytes header = TRY(segment.bytes(data, table_header_bytes));
            Table table{reading.chunks, little32(header, 0), number, data + table_header_bytes, little64(header, 8), data_end};
            // EnCase 1 has no sectors section: the chunks follow the table's entries.
            if (table.data_end == 0) table.data_end = at + size;
            if (table.entries + table.chunks * 4 > segment.size_bytes() || table.base > segment.size_bytes()) return fail(ErrorKind::corrupt, "ewf: table section");
            reading.chunks += table.chunks;
            reading.tables.push_back(table);
        }
        if (type == "next" || type == "done" || next <= at) break;
        at = next;
    }
    return {};
}

}  // namespace

Result<Linear> open_ewf(Segments segments) {
    Reading reading;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const Bytes head = TRY(segments[i]->bytes(0, file_header_bytes));
        if (!has_at(head, 0, "EVF\x09\x0d\x0a\xff") || little16(head, 9) != i + 1) return fail(ErrorKind::invalid, "ewf: file {} is not segment {} of this image", i + 1, i + 1);
        TRY(read_segment(*segments[i], i, reading));
    }
    if (reading.tables.empty() || reading.geometry.chunk_bytes == 0) return fail(ErrorKind::corrupt, "ewf: no volume or table section");
    // EnCase 1 images do not always say how many sectors there are.
    if (reading.geometry.size_bytes == 0) reading.geometry.size_bytes = reading.chunks * reading.geometry.chunk_bytes;
    const Geometry geometry = reading.geometry;
    auto map = std::make_unique<EwfMap>(std::move(reading.tables), geometry);
    return Linear{TRY(mapped_bytes(std::move(segments), std::move(map), geometry.size_bytes, geometry.chunk_bytes)), "ewf"};
}

}  // namespace plumbline::disk
