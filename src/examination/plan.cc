// SPDX-License-Identifier: Apache-2.0
#include "examination/plan.h"

#include <algorithm>

namespace plumbline::examination {

namespace {
// How a file of this format is read in stretches; empty where it goes whole.
std::string_view stretches_of(std::string_view format, std::uint64_t size, const PlanOptions& options) {
    if (format == "mbox") return "mbox";
    if (format == "unknown") return "unknown";
    if (format == "text") return "text";
    const bool is_written = format == "mail" || format == "html" || format == "xml" || format == "rtf";
    return is_written && size > options.structured_bytes_max ? "text" : "";
}
}  // namespace

Work Plan::whole(std::size_t file) const {
    Work work;
    work.kind = WorkKind::whole_file;
    work.first_file = file;
    work.bytes = files_[file].size_bytes;
    return work;
}

Work Plan::next_disk_part() {
    Work work;
    work.kind = WorkKind::disk_part;
    work.first_file = file_;
    work.disk = take_part(*disk_, disk_part_);
    // Progress counts the file's own bytes, of which a container has fewer than its disk.
    const auto share = static_cast<double>(work.disk.part.bytes) / static_cast<double>(std::max<std::uint64_t>(disk_->image_bytes, 1));
    work.bytes = static_cast<std::uint64_t>(share * static_cast<double>(files_[file_].size_bytes));
    if (++disk_part_ == disk_->parts.size()) {
        disk_.reset();
        ++file_;
    }
    return work;
}

// A file over the bound for whole files, when it comes first.
Work Plan::next_large() {
    const std::uint64_t size = files_[file_].size_bytes;
    const Result<std::string> named = format_of_(files_[file_]);
    std::string_view format = named ? std::string_view(*named) : "unknown";
    if (format == "disk" && map_of_) {
        Result<DiskMap> map = map_of_(files_[file_]);
        if (map && !map->parts.empty()) {
            disk_ = std::move(*map);
            disk_part_ = 0;
            return next_disk_part();
        }
        note_ = fmt::format("disk image, read as it stands: {}", map ? "there is nothing on it" : map.error().message);
        format = "unknown";
    }
    stretch_read_as_ = stretches_of(format, size, options_);
    stretch_at_ = 0;
    return stretch_read_as_.empty() ? whole(file_++) : next_stretch();
}

Work Plan::next_stretch() {
    const std::uint64_t size = files_[file_].size_bytes;
    Work work;
    work.kind = WorkKind::stretch;
    work.first_file = file_;
    work.begin = stretch_at_;
    const std::uint64_t step = stretch_read_as_ == "mbox" ? options_.mailbox_stretch_bytes : options_.stretch_bytes;
    work.end = std::min(size, stretch_at_ + step);
    work.read_as = stretch_read_as_;
    work.bytes = work.end - work.begin;
    work.note = std::exchange(note_, {});
    stretch_at_ = work.end;
    if (stretch_at_ == size) {
        stretch_read_as_.clear();
        ++file_;
    }
    return work;
}

std::optional<Work> Plan::next() {
    if (file_ == files_.size()) return std::nullopt;
    std::optional<Work> work;
    if (disk_) {
        work = next_disk_part();
    } else if (!stretch_read_as_.empty()) {
        work = next_stretch();
    } else if (files_[file_].size_bytes > options_.whole_file_bytes_max) {
        work = next_large();
    } else if (files_[file_].size_bytes > options_.small_file_bytes_max) {
        work = whole(file_++);
    } else {
        work = Work{};
        work->first_file = file_;
        work->files = 0;
        while (file_ < files_.size() && work->files < options_.small_files_max) {
            const std::uint64_t size = files_[file_].size_bytes;
            if (size > options_.small_file_bytes_max || (work->files > 0 && work->bytes + size > options_.small_files_bytes_max)) break;
            work->bytes += size;
            ++work->files;
            ++file_;
        }
    }
    work->number = number_++;
    return work;
}

}  // namespace plumbline::examination
