// SPDX-License-Identifier: Apache-2.0
#include "examination/examination.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/utf8.h"
#include "examination/examiner.h"
#include "examination/turns.h"

namespace plumbline::examination {

namespace {
constexpr std::size_t pieces_ahead_a_job = 4;  // a piece takes up to five times as long as most: the others go on meanwhile

FormatOf format_of(Sandbox& sandbox) {
    return [&sandbox](const FileEntry& file) -> Result<std::string> {
        const OpenFile open(file);
        if (!open.problem().empty()) return fail(ErrorKind::unavailable, "{}", open.problem());
        const std::string_view file_name = std::string_view(file.path).substr(file.path.find_last_of('/') + 1);
        const Bytes name = TRY(sandbox.run_on_file("detect", open.fd(), view(file_name)));
        return std::string(text_of(name));
    };
}

MapOf map_of(const ExaminationOptions& options) {
    return [&options](const FileEntry& file) -> Result<DiskMap> {
        const OpenFile open(file);
        if (!open.problem().empty()) return fail(ErrorKind::unavailable, "{}", open.problem());
        return map_disk({open.fd()}, options.disk);
    };
}
}  // namespace

Result<void> examine_files(const std::vector<FileEntry>& files, Sandbox& sandbox, const ExaminationOptions& options, PieceSink& sink) {
    const unsigned jobs = std::clamp(options.jobs, 1U, 256U);
    Turns turns(Plan(files, options.plan, format_of(sandbox), map_of(options)), jobs * pieces_ahead_a_job, options.first_piece);
    const auto work_all = [&] {
        Examiner examiner(files, sandbox, options);
        while (const std::optional<Work> work = turns.next()) {
            Piece piece{*work, files, {}, [&] { return turns.is_next(*work); }};
            Answers answers;
            examiner.examine(piece, answers);
            turns.give(*work, sink.render(piece), sink);
        }
    };
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < jobs; ++i) others.emplace_back(work_all);
        work_all();
    }
    return turns.result();
}

Result<PartEvidence> examine_open_file(int fd, std::string_view name, Sandbox& sandbox, const ExaminationOptions& options) {
    std::vector<FileEntry> files{{std::string(name), 0, fd}};
    const OpenFile open(files[0]);
    if (!open.problem().empty()) return fail(ErrorKind::unavailable, "examination: {}", open.problem());
    files[0].size_bytes = open.size();
    PartEvidence all;
    all.format = "unknown";
    std::uint64_t left_out = 0;
    Plan plan(files, options.plan, format_of(sandbox), map_of(options));
    Examiner examiner(files, sandbox, options);
    while (const std::optional<Work> work = plan.next()) {
        Piece piece{*work, files, {}, {}};
        Answers answers;
        examiner.examine(piece, answers);
        for (const ExaminedPart& row : piece.parts) {
            if (!row.problem.empty() && row.is_of_the_world) return fail(ErrorKind::unavailable, "{}", row.problem);
            if (!row.problem.empty()) all.unread.push_back({"0", row.problem});
            if (!row.part) continue;
            PartEvidence part = evidence::to_part_evidence(*row.part);
            if (all.format == "unknown") all.format = part.format;
            if (all.text.size() < options.scan.text_bytes_max) all.text += utf8_prefix(part.text, options.scan.text_bytes_max - all.text.size());
            for (Sighting& sighting : part.sightings) {
                if (all.sightings.size() < options.scan.sightings_max) all.sightings.push_back(std::move(sighting));
                else ++left_out;
            }
            for (Unread& unread : part.unread)
                if (all.unread.size() < options.scan.unread_max) all.unread.push_back(std::move(unread));
        }
    }
    all.pictures = examiner.pictures_left();
    if (left_out > 0) all.unread.push_back({"0", fmt::format("over the limit of {} sightings: {} left out", options.scan.sightings_max, left_out)});
    return all;
}

Result<PartEvidence> examine_bytes(ByteView bytes, std::string_view name, Sandbox& sandbox, const ExaminationOptions& options) {
    if (bytes.size() <= options.plan.small_file_bytes_max) {
        Answers answers;
        const auto views = answers.keep(sandbox.run("scan", bytes, evidence::encode_scan_parameters(name, options.scan)));
        if (!views && (views.error().kind == ErrorKind::busy || views.error().kind == ErrorKind::unavailable)) return fail(views.error());
        if (views && (*views)->size() == 1 && (**views)[0].later.empty()) return evidence::to_part_evidence((**views)[0]);
    }
    const int fd = memory_file_of(bytes);
    if (fd < 0) return fail(ErrorKind::unavailable, "examination: no memory for {} bytes", bytes.size());
    Result<PartEvidence> evidence = examine_open_file(fd, name, sandbox, options);
    ::close(fd);
    return evidence;
}

}  // namespace plumbline::examination
