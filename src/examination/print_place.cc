// SPDX-License-Identifier: Apache-2.0
#include "examination/print_place.h"

#include <unistd.h>

#include <algorithm>

#include "evidence/slice.h"
#include "examination/disk_content.h"
#include "examination/examiner.h"
#include "examination/linear_bytes.h"

namespace plumbline::examination {

namespace {
constexpr std::uint64_t scanned_bytes_max = 64ULL * 1024 * 1024;  // a file up to this size is scanned to find a sighting's size
constexpr std::uint64_t printed_bytes_max = 64ULL * 1024 * 1024;

bool is_container(std::string_view decoder) {
    for (const std::string_view name : {"ewf", "aff", "qcow2", "vhd", "vhdx", "vdi", "vmdk"})
        if (decoder == name) return true;
    return false;
}

// `where` behind its first step.
std::string_view behind_first(std::string_view where) {
    const std::size_t first = where.find('-');
    const std::size_t second = where.find('-', first + 1);
    return second == std::string_view::npos ? std::string_view() : where.substr(second + 1);
}

class Printer {
  public:
    Printer(int fd, Sandbox& sandbox, const ExaminationOptions& options) : image_(FileEntry{"", 0, fd}), sandbox_(sandbox), options_(options) {}

    Result<Bytes> print(std::string_view text) {
        if (!image_.problem().empty()) return fail(ErrorKind::unavailable, "{}", image_.problem());
        const evidence::Where where = TRY(evidence::parse_where(text));
        if (where.steps.empty()) return plain(*where.offset, where.size, text, false);
        const evidence::WhereStep& step = where.steps[0];
        if (step.decoder == "fs") return file_on_disk(step, behind_first(text));
        if (!is_container(step.decoder)) return decoded(text, where);
        const std::string_view rest = behind_first(text);
        if (rest.empty()) return fail(ErrorKind::invalid, "where: name a place on the disk");
        if (where.steps.size() == 1) return plain(*where.offset, where.size, rest, true);
        if (where.steps[1].decoder == "fs") return file_on_disk(where.steps[1], behind_first(rest));
        return fail(ErrorKind::unsupported, "where: \"{}\" on the disk in an image container cannot be printed", where.steps[1].decoder);
    }

  private:
    Result<Bytes> decoded(std::string_view text, const evidence::Where& where) {
        std::string asked(text);
        if (where.offset && !where.size && image_.size() > scanned_bytes_max) asked += "+" + std::to_string(TRY(size_of(text, where.steps[0].offset, false)));
        return sandbox_.run_on_file("print", image_.fd(), evidence::encode_scan_parameters(asked, options_.scan));
    }
    Result<Bytes> file_on_disk(const evidence::WhereStep& step, std::string_view rest) {
        const std::optional<DiskFileId> id = disk_file_of(step.argument);
        if (!id) return fail(ErrorKind::invalid, "where: \"fs:{}\" names no file of a disk", step.argument.substr(0, 40));
        Bytes content = TRY(content_of(step.offset, *id));
        if (rest.empty()) return content;
        const int fd = memory_file_of(content);
        if (fd < 0) return fail(ErrorKind::unavailable, "no memory for the file");
        Result<Bytes> out = print_place(fd, rest, sandbox_, options_);
        ::close(fd);
        return out;
    }
    Result<Bytes> content_of(std::uint64_t volume_at, const DiskFileId& id) {
        Bytes content;
        bool is_whole = false;
        disk::AnswerVisitor visitor;
        visitor.content = [&](const disk::Content& piece) -> Result<void> {
            if (content.size() + piece.bytes.size() > options_.disk.file_bytes_max) return fail(ErrorKind::too_large, "a file over its bound");
            content.insert(content.end(), piece.bytes.begin(), piece.bytes.end());
            is_whole |= piece.is_last;
            return {};
        };
        TRY(disk::ask_read({image_.fd()}, {}, {{volume_at, id.meta, id.stream, options_.disk.file_bytes_max}}, visitor));
        if (is_whole) return content;
        // Found by what a journal or free space kept: it has runs, and no metadata to ask by.
        content.clear();
        const DiskMap map = TRY(map_disk({image_.fd()}, options_.disk));
        for (const DiskFile& file : map.files) {
            if (file.volume_at != volume_at || file.entry.meta != id.meta || file.entry.stream != id.stream || file.entry.runs.empty()) continue;
            if (const std::string problem = append_runs(image_, map.container, sandbox_, file.entry, content); !problem.empty()) return fail(ErrorKind::corrupt, "{}", problem);
            return content;
        }
        return fail(ErrorKind::corrupt, "the file's content was not given whole");
    }
    Result<Bytes> read(std::uint64_t offset, std::uint64_t size, bool is_linear) {
        if (size > printed_bytes_max) return fail(ErrorKind::too_large, "at most {} bytes are printed at once", printed_bytes_max);
        if (is_linear) return sandbox_.run_on_file("linear", image_.fd(), linear_parameters(offset, size));
        Bytes out;
        if (const std::string problem = image_.append(offset, size, out); !problem.empty()) return fail(ErrorKind::unavailable, "{}", problem);
        if (out.size() != size) return fail(ErrorKind::invalid, "where: only {} bytes are there", out.size());
        return out;
    }
    Result<Bytes> plain(std::uint64_t offset, std::optional<std::uint64_t> size, std::string_view text, bool is_linear) {
        if (!is_linear && offset >= image_.size()) return fail(ErrorKind::invalid, "where: offset {} is behind the end at {}", offset, image_.size());
        return read(offset, size ? *size : TRY(size_of(text, offset, is_linear)), is_linear);
    }
    // How long the sighting at `text` is, whose path begins at `at`: it is looked for again around that place.
    Result<std::uint64_t> size_of(std::string_view text, std::uint64_t at, bool is_linear) {
        std::uint64_t size = image_.size();
        if (!is_linear && size <= scanned_bytes_max) {
            // A small file's sightings are those of the file as what it is.
            const Bytes found = TRY(sandbox_.run_on_file("scan", image_.fd(), evidence::encode_scan_parameters("", options_.scan)));
            if (const std::uint64_t known = size_in(found, text, 0); known > 0) return known;
        }
        const std::uint64_t from = at - std::min(at, evidence::stretch_margin);
        Bytes window;
        if (is_linear) {
            // The disk may end before the window does.
            for (std::uint64_t count = 2 * evidence::stretch_margin; count >= 512 && window.empty(); count /= 2)
                if (Result<Bytes> bytes = read(from, count, true)) window = std::move(*bytes);
            size = from + window.size();
        } else if (const std::string problem = image_.append(from, at - from + evidence::boundary_reach + evidence::stretch_margin, window); !problem.empty()) {
            return fail(ErrorKind::unavailable, "{}", problem);
        }
        const evidence::Stretch stretch{{}, 0, 0, window.size(), window.size(), "unknown"};
        const Bytes found = TRY(sandbox_.run("scan", window, evidence::encode_stretch_parameters(stretch, "", options_.scan)));
        if (const std::uint64_t known = size_in(found, text, from); known > 0) return known;
        return fail(ErrorKind::invalid, "where: no sighting starts there; write \"{}+N\" for N bytes", text.substr(0, 200));
    }
    static std::uint64_t size_in(const Bytes& answer, std::string_view text, std::uint64_t shift) {
        auto parts = evidence::read_scan_answer(answer);
        std::uint64_t size = 0;
        if (!parts) return 0;
        Answers answers;
        for (evidence::PartView& part : *parts) {
            move_places(part, "", shift, answers);
            for (const evidence::SightingView& sighting : part.sightings)
                if (sighting.kind != IndicatorKind::file && sighting.where() == text) size = std::max<std::uint64_t>(size, sighting.text.size());
        }
        return size;
    }

    const OpenFile image_;
    Sandbox& sandbox_;
    const ExaminationOptions& options_;
};
}  // namespace

Result<Bytes> print_place(int fd, std::string_view where, Sandbox& sandbox, const ExaminationOptions& options) { return Printer(fd, sandbox, options).print(where); }

}  // namespace plumbline::examination
