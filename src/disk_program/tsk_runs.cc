// SPDX-License-Identifier: Apache-2.0
// The library counts in blocks of the file system, we in bytes of the image. Runs that the image does not hold (it may be
// cut) read as zero. NTFS records: "update sequence" of the NTFS documentation project, and tsk_ntfs.h.
#include "disk_program/tsk_runs.h"

#include <algorithm>
#include <cstring>

namespace plumbline::disk_program {
namespace {

using disk::Run;
using disk::RunKind;
constexpr std::uint64_t sector_bytes = 512;
constexpr std::uint32_t attribute_end = 0xffffffff;

// Builds a run list in file order from stretches in image order, joining neighbours.
class RunList {
  public:
    RunList(std::uint64_t size, std::uint64_t with_bytes, std::uint64_t image_bytes)
        : size_(size), with_bytes_(std::min(size, with_bytes)), image_bytes_(image_bytes) {}

    void add(std::uint64_t offset, std::uint64_t length) {
        if (offset >= image_bytes_) return add_hole(length);
        const std::uint64_t inside = std::min(length, image_bytes_ - offset);
        const std::uint64_t content = std::min(inside, with_bytes_ > at_ ? with_bytes_ - at_ : 0);
        put(content_, {offset, content, RunKind::bytes});
        at_ += content;
        // From here on the file reads as zero, or has ended; what stands there is left over from something else.
        const std::uint64_t rest = inside - content;
        const std::uint64_t unwritten = std::min(rest, size_ > at_ ? size_ - at_ : 0);
        put(content_, {0, unwritten, RunKind::zero});
        at_ += unwritten;
        put(slack_, {offset + content, rest, RunKind::slack});
        if (length > inside) add_hole(length - inside);
    }
    void add_hole(std::uint64_t length) {
        length = std::min(length, size_ > at_ ? size_ - at_ : 0);
        put(content_, {0, length, RunKind::zero});
        at_ += length;
    }
    std::vector<Run> finish() {
        const bool has_bytes = std::any_of(content_.begin(), content_.end(), [](const Run& run) { return run.kind == RunKind::bytes; });
        if (at_ < size_ && has_bytes) add_hole(size_ - at_);
        if (at_ < size_) content_.clear();
        content_.insert(content_.end(), slack_.begin(), slack_.end());
        return std::move(content_);
    }
    bool is_full() const { return content_.size() + slack_.size() >= disk::runs_max; }

  private:
    static void put(std::vector<Run>& runs, const Run& run) {
        if (run.length == 0) return;
        if (!runs.empty() && runs.back().kind == run.kind) {
            Run& last = runs.back();
            if (run.kind == RunKind::zero || last.offset + last.length == run.offset) {
                last.length += run.length;
                return;
            }
        }
        runs.push_back(run);
    }

    std::uint64_t size_;
    std::uint64_t with_bytes_;
    std::uint64_t image_bytes_;
    std::uint64_t at_ = 0;
    std::vector<Run> content_;
    std::vector<Run> slack_;
};

// Where byte `at` of the $MFT's own content stands.
std::optional<std::uint64_t> place_in(const std::vector<Run>& runs, std::uint64_t at, std::uint64_t length) {
    for (const Run& run : runs) {
        if (run.kind == RunKind::slack) break;
        if (at < run.length) {
            if (run.kind != RunKind::bytes || run.length - at < length) return std::nullopt;
            return run.offset + at;
        }
        at -= run.length;
    }
    return std::nullopt;
}

std::uint64_t record_bytes_of(const TskVolume& volume) {
    const auto boot = volume.image.bytes(static_cast<std::uint64_t>(volume.files.offset), sector_bytes);
    if (!boot) return 0;
    const int clusters = static_cast<std::int8_t>((*boot)[64]);
    const std::uint64_t size = clusters > 0 ? static_cast<std::uint64_t>(clusters) * volume.files.block_size
                                            : clusters >= -16 ? 1ULL << static_cast<unsigned>(-clusters) : 0;
    return size >= sector_bytes && size <= 64 * 1024 && size % sector_bytes == 0 ? size : 0;
}

// The attribute's content inside a record: offset and size.
std::optional<std::pair<std::size_t, std::size_t>> find_resident(ByteView record, std::uint32_t type, std::uint16_t id) {
    std::size_t at = disk::little16(record, 20);
    while (at + 24 <= record.size() && disk::little32(record, at) != attribute_end) {
        const std::size_t length = disk::little32(record, at + 4);
        if (length < 24 || length > record.size() - at) return std::nullopt;
        if (disk::little32(record, at) == type && disk::little16(record, at + 14) == id && record[at + 8] == std::byte{0}) {
            const std::size_t size = disk::little32(record, at + 16);
            const std::size_t content = at + disk::little16(record, at + 20);
            if (content > record.size() || size > record.size() - content) return std::nullopt;
            return std::pair{content, size};
        }
        at += length;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Run> runs_of(const TskVolume& volume, const TSK_FS_ATTR& attribute) {
    if (attribute.size <= 0) return {};
    const auto size = static_cast<std::uint64_t>(attribute.size);
    const std::uint64_t block = volume.files.block_size;
    const auto with_bytes = static_cast<std::uint64_t>(std::max<TSK_OFF_T>(attribute.nrd.initsize, 0));
    RunList list(size, with_bytes, volume.image.size_bytes());
    std::uint64_t skip = attribute.nrd.skiplen;
    for (const TSK_FS_ATTR_RUN* run = attribute.nrd.run; run != nullptr && !list.is_full(); run = run->next) {
        if (run->len > UINT64_MAX / 4 / block || run->addr > UINT64_MAX / 4 / block) return {};
        std::uint64_t length = run->len * block;
        std::uint64_t offset = static_cast<std::uint64_t>(volume.files.offset) + run->addr * block;
        const std::uint64_t skipped = std::min(skip, length);
        skip -= skipped;
        offset += skipped;
        length -= skipped;
        const bool is_hole = (run->flags & (TSK_FS_ATTR_RUN_FLAG_FILLER | TSK_FS_ATTR_RUN_FLAG_SPARSE)) != 0;
        if (is_hole) list.add_hole(length);
        else list.add(offset, length);
    }
    return list.finish();
}

ResidentPlaces::ResidentPlaces(const TskVolume& volume) : volume_(volume) {
    if (!TSK_FS_TYPE_ISNTFS(volume.files.ftype)) return;
    const TskFile table(tsk_fs_file_open_meta(&volume.files, nullptr, 0));
    if (table == nullptr) return;
    const TSK_FS_ATTR* data = tsk_fs_file_attr_get_type(table.get(), TSK_FS_ATTR_TYPE_NTFS_DATA, 0, 0);
    if (data == nullptr || (data->flags & TSK_FS_ATTR_NONRES) == 0) return;
    table_ = plumbline::disk_program::runs_of(volume, *data);
    record_bytes_ = record_bytes_of(volume);
}

std::optional<std::vector<Run>> ResidentPlaces::find(const TSK_FS_ATTR& attribute, std::uint64_t record) const {
    if (record_bytes_ == 0 || record > UINT64_MAX / record_bytes_) return std::nullopt;
    const auto place = place_in(table_, record * record_bytes_, record_bytes_);
    if (!place) return std::nullopt;
    const auto raw = volume_.image.bytes(*place, record_bytes_);
    if (!raw || !disk::has_at(*raw, 0, "FILE")) return std::nullopt;
    const auto found = find_resident(*raw, attribute.type, attribute.id);
    if (!found || found->second != static_cast<std::size_t>(attribute.size)) return std::nullopt;
    // The last two bytes of each sector are kept in the update sequence array and stand there for the reader.
    const std::size_t sequence = disk::little16(*raw, 4);
    std::vector<Run> runs;
    Bytes seen;
    std::size_t at = found->first;
    const std::size_t end = found->first + found->second;
    while (at < end) {
        const std::size_t tail = at / sector_bytes * sector_bytes + sector_bytes - 2;
        const bool is_tail = at >= tail;
        const std::size_t stop = std::min(end, is_tail ? tail + 2 : tail);
        const std::size_t from = is_tail ? sequence + 2 + at / sector_bytes * 2 + (at - tail) : at;
        if (from + (stop - at) > raw->size()) return std::nullopt;
        runs.push_back({*place + from, stop - at, RunKind::bytes});
        append(seen, ByteView(*raw).subspan(from, stop - at));
        at = stop;
    }
    if (attribute.rd.buf == nullptr || attribute.rd.buf_size < seen.size() ||
        (!seen.empty() && std::memcmp(attribute.rd.buf, seen.data(), seen.size()) != 0)) return std::nullopt;
    return runs;
}

}  // namespace plumbline::disk_program
