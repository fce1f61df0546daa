// SPDX-License-Identifier: Apache-2.0
#include "examination/disk_map.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "formats/format.h"

namespace plumbline::examination {

namespace {
constexpr std::size_t unread_max = 1000;

class Mapper {
  public:
    Mapper(DiskMap& map, const DiskMapOptions& options) : map_(map), options_(options) {}

    void add(disk::FileEntry&& entry) {
        if (entry.is(disk::file_is_directory) || entry.is(disk::file_is_system) || entry.is(disk::file_is_other_type) || entry.volume >= map_.volumes.size()) return;
        const bool is_readable = !entry.runs.empty() || entry.is(disk::file_is_made);
        DiskFile file;
        file.volume_at = map_.volumes[entry.volume].offset;
        file.token = fmt::format("fs:{}.{}/{}", entry.meta, entry.stream, formats::path_name(entry.path));
        if (entry.size_bytes > 0 && !is_readable) return unread(file, "nothing of its content is left");
        if (entry.is(disk::file_is_encrypted)) unread(file, "encrypted by the file system");
        if (entry.size_bytes > options_.file_bytes_max)
            return unread(file, fmt::format("{} bytes: not opened as a file; its bytes are read as a part of the image", entry.size_bytes));
        file.entry = std::move(entry);
        map_.files.push_back(std::move(file));
    }
    void unread(const DiskFile& file, std::string reason) { unread(fmt::format("{}{}-{}", disk_path_prefix(map_.container), file.volume_at, file.token), std::move(reason)); }
    void unread(std::string where, std::string reason) {
        if (map_.unread.size() < unread_max) map_.unread.push_back({std::move(where), std::move(reason)});
        else ++left_out_;
    }
    void finish() {
        std::stable_sort(map_.files.begin(), map_.files.end(),
                         [](const DiskFile& a, const DiskFile& b) { return std::tie(a.volume_at, a.token) < std::tie(b.volume_at, b.token); });
        make_parts();
        if (left_out_ > 0) map_.unread.push_back({"0", fmt::format("{} more files that could not be read", left_out_)});
    }

  private:
    // What no file holds, in order; cut where a volume begins, because its files come there.
    std::vector<evidence::Range> unclaimed() const {
        std::vector<evidence::Range> claimed;
        for (const DiskFile& file : map_.files)
            for (const disk::Run& run : file.entry.runs)
                if (run.kind == disk::RunKind::bytes && run.length > 0) claimed.push_back({run.offset, std::min(map_.image_bytes, run.offset + run.length)});
        for (const disk::Volume& volume : map_.volumes) claimed.push_back({volume.offset + 1, volume.offset + 1});
        std::sort(claimed.begin(), claimed.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
        std::vector<evidence::Range> out;
        std::uint64_t at = 0;
        for (const evidence::Range& range : claimed) {
            if (range.begin > at) out.push_back({at, std::min(range.begin, map_.image_bytes)});
            at = std::max(at, range.end);
        }
        if (at < map_.image_bytes) out.push_back({at, map_.image_bytes});
        return out;
    }
    void add_files_before(std::uint64_t place) {
        while (next_file_ < map_.files.size() && map_.files[next_file_].volume_at < place) {
            DiskPart part;
            part.is_files = true;
            part.first_file = next_file_;
            const std::uint64_t volume_at = map_.files[next_file_].volume_at;
            while (next_file_ < map_.files.size() && map_.files[next_file_].volume_at == volume_at && part.files < options_.files_of_part_max) {
                const std::uint64_t size = map_.files[next_file_].entry.size_bytes;
                if (part.files > 0 && part.bytes + size > options_.part_bytes_max) break;
                part.bytes += size;
                ++part.files;
                ++next_file_;
            }
            map_.parts.push_back(part);
        }
    }
    void make_parts() {
        for (const evidence::Range& range : unclaimed()) {
            add_files_before(range.begin);
            for (std::uint64_t at = range.begin; at < range.end; at += options_.stretch_bytes) {
                DiskPart part;
                part.begin = at;
                part.end = std::min(range.end, at + options_.stretch_bytes);
                part.whole = range;
                part.bytes = part.end - at;
                map_.parts.push_back(part);
            }
        }
        add_files_before(UINT64_MAX);
    }

    DiskMap& map_;
    const DiskMapOptions& options_;
    std::uint64_t left_out_ = 0;
    std::size_t next_file_ = 0;
};
}  // namespace

std::string disk_path_prefix(std::string_view container) { return container == "raw" ? std::string() : fmt::format("0-{}-", container); }

DiskWork take_part(DiskMap& map, std::size_t part) {
    DiskWork work;
    work.container = map.container;
    work.part = map.parts[part];
    for (std::size_t i = 0; i < work.part.files; ++i) work.files.push_back(std::move(map.files[work.part.first_file + i]));
    if (part == 0) work.unread = std::exchange(map.unread, {});
    return work;
}

Result<DiskMap> map_disk(const std::vector<int>& files, const DiskMapOptions& options) {
    DiskMap map;
    Mapper mapper(map, options);
    disk::AskLimits limits;
    limits.files_max = options.files_max;
    disk::AnswerVisitor visitor;
    visitor.start = [&](const disk::Start& start) -> Result<void> {
        map.container = start.container;
        map.image_bytes = start.image_bytes;
        return {};
    };
    visitor.volume = [&](const disk::Volume& volume) -> Result<void> {
        map.volumes.push_back(volume);
        if (!volume.not_opened.empty()) mapper.unread(fmt::format("{}{}", disk_path_prefix(map.container), volume.offset), "not opened: " + volume.not_opened);
        return {};
    };
    visitor.file = [&](disk::FileEntry&& entry) -> Result<void> {
        mapper.add(std::move(entry));
        return {};
    };
    visitor.trouble = [&](const disk::Trouble& trouble) -> Result<void> {
        const std::uint64_t at = trouble.volume && *trouble.volume < map.volumes.size() ? map.volumes[*trouble.volume].offset : 0;
        mapper.unread(fmt::format("{}{}", disk_path_prefix(map.container), at), trouble.text);
        return {};
    };
    const disk::Asked asked = TRY(disk::ask_list(files, limits, visitor));
    if (map.container.empty()) return fail(ErrorKind::corrupt, "disk image: {}", asked.deaths.empty() ? "no answer" : asked.deaths[0]);
    for (const std::string& death : asked.deaths) mapper.unread("0", death);
    if (asked.is_cut && asked.deaths.empty()) mapper.unread("0", fmt::format("over the limit of {} files on the image", options.files_max));
    mapper.finish();
    return map;
}

std::optional<DiskFileId> disk_file_of(std::string_view argument) {
    const char* end = argument.data() + argument.size();
    DiskFileId id;
    const auto meta = std::from_chars(argument.data(), end, id.meta);
    if (meta.ec != std::errc{} || meta.ptr == end || *meta.ptr != '.') return std::nullopt;
    const auto stream = std::from_chars(meta.ptr + 1, end, id.stream);
    if (stream.ec != std::errc{} || (stream.ptr != end && *stream.ptr != '/')) return std::nullopt;
    return id;
}

}  // namespace plumbline::examination
