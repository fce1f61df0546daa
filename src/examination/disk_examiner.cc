// SPDX-License-Identifier: Apache-2.0
// The parts of a disk image: files by the runs that plumbline-disk named, and what no file holds in stretches.
#include <algorithm>

#include "base/hash.h"
#include "examination/disk_content.h"
#include "examination/examiner.h"
#include "examination/linear_bytes.h"

namespace plumbline::examination {

namespace {
std::string_view found_by_of(disk::FoundBy found_by) {
    switch (found_by) {
        case disk::FoundBy::directory: return "";
        case disk::FoundBy::orphan: return ", found as an orphan";
        case disk::FoundBy::journal: return ", found in the journal";
        case disk::FoundBy::pointers: return ", found by blocks of pointers";
        case disk::FoundBy::old_tree: return ", found in an old tree";
        case disk::FoundBy::signature: return ", found by its signature";
    }
    return "";
}
}  // namespace

void Examiner::disk_part(Parts& parts, Answers& answers, const Disk& disk, const DiskWork& work) {
    if (!work.unread.empty()) {
        evidence::PartView* said = answers.part();
        for (const Unread& row : work.unread) said->unread.push_back({answers.text(disk.prefix + row.where), answers.text(row.reason)});
        parts.push_back({disk.file, said, {}, false});
    }
    if (work.part.is_files) disk_files(parts, answers, disk, work);
    else disk_stretch(parts, answers, disk, work);
}

void Examiner::disk_stretch(Parts& parts, Answers& answers, const Disk& disk, const DiskWork& work) {
    const DiskPart& part = work.part;
    // The stretch that no file holds is a file of its own to the scan; its places are moved to where it stands.
    const std::uint64_t base = part.whole.begin;
    const std::uint64_t size = part.whole.end - base;
    const evidence::Range window = evidence::window_of(part.begin - base, part.end - base, size, "unknown");
    const evidence::Stretch in{{}, window.begin, part.begin - base, part.end - base, size, "unknown"};
    const Bytes parameters = evidence::encode_stretch_parameters(in, "", options_.scan);
    const auto answer = [&]() -> Result<Bytes> {
        if (disk.container == "raw") return sandbox_.run_on_range("scan", disk.fd, base + window.begin, window.end - window.begin, parameters);
        const Bytes bytes = TRY(sandbox_.run_on_file("linear", disk.fd, linear_parameters(base + window.begin, window.end - window.begin)));
        return sandbox_.run("scan", bytes, parameters);
    };
    const auto views = answers.keep(answer());
    if (!views || (*views)->size() != 1) {
        return parts.push_back({disk.file, nullptr, fmt::format("{}bytes {} to {} of the disk: {}", disk.prefix, part.begin, part.end, views ? "not an answer" : views.error().message), false});
    }
    evidence::PartView& found = (**views)[0];
    found.later.clear();   // an image inside the free space of an image: its bytes are read as they stand
    move_places(found, "", base, answers);
    move_places(found, disk.prefix + disk_path_prefix(disk.container), 0, answers);
    parts.push_back({disk.file, &found, {}, false});
}

// The files' content, in their order: by their runs where the image is raw, else asked for.
Result<void> Examiner::read_disk_files(const Disk& disk, const DiskWork& work, std::vector<Bytes>& contents, std::vector<std::string>& problems) {
    const OpenFile image(FileEntry{"", 0, disk.fd});
    std::vector<disk::ReadItem> items;
    std::vector<std::size_t> item_of;
    for (std::size_t i = 0; i < work.files.size(); ++i) {
        const disk::FileEntry& entry = work.files[i].entry;
        if (entry.size_bytes == 0) continue;
        if (disk.container != "raw" || entry.is(disk::file_is_made)) {
            items.push_back({work.files[i].volume_at, entry.meta, entry.stream, entry.size_bytes});
            item_of.push_back(i);
            problems[i] = "its content was not given whole";
            continue;
        }
        problems[i] = append_runs(image, disk.container, sandbox_, entry, contents[i]);
    }
    if (items.empty()) return {};
    disk::AnswerVisitor visitor;
    visitor.content = [&](const disk::Content& content) -> Result<void> {
        if (content.item >= item_of.size()) return fail(ErrorKind::corrupt, "content of no item");
        const std::size_t i = item_of[content.item];
        if (contents[i].size() + content.bytes.size() > options_.disk.file_bytes_max) return fail(ErrorKind::too_large, "content over its bound");
        contents[i].insert(contents[i].end(), content.bytes.begin(), content.bytes.end());
        if (content.is_last) problems[i].clear();
        return {};
    };
    const disk::Asked asked = TRY(disk::ask_read({disk.fd}, {}, items, visitor));
    for (const std::size_t i : item_of) {
        if (problems[i].empty()) continue;
        if (!asked.deaths.empty()) problems[i] = asked.deaths[0];
        // A file that was found by what a journal or free space kept has runs, and no metadata to ask by.
        const disk::FileEntry& entry = work.files[i].entry;
        if (entry.runs.empty()) continue;
        contents[i].clear();
        problems[i] = append_runs(image, disk.container, sandbox_, entry, contents[i]);
    }
    return {};
}

void Examiner::disk_file_found(Parts& parts, Answers& answers, const Disk& disk, const DiskFile& file, evidence::PartView* view, ByteView bytes, std::string problem) {
    if (!view) view = answers.part();
    const std::string step = fmt::format("{}{}{}-{}", disk.prefix, disk_path_prefix(disk.container), file.volume_at, file.token);
    if (!view->later.empty()) {
        const BytesAt bytes_at = [&](const evidence::LaterView& later) -> Result<Bytes> {
            if (later.where == "0" && later.size_bytes == bytes.size()) return to_bytes(bytes);
            return sandbox_.run("print", bytes, evidence::encode_scan_parameters(fmt::format("{}+{}", later.where, later.size_bytes), options_.scan));
        };
        laters(parts, answers, disk.file, *view, bytes_at, disk.depth + 1);
    }
    move_places(*view, step + "-", 0, answers);
    evidence::SightingView row;
    row.kind = IndicatorKind::file;
    row.is_path_whole = true;
    row.offset = file.volume_at;
    row.value = answers.text(sha256(bytes).hex());
    row.text = answers.text(file.entry.path);
    row.path = answers.text(step);
    row.around = answers.text(fmt::format("{} bytes{}{}", file.entry.size_bytes, file.is_deleted() ? ", deleted" : "", found_by_of(file.entry.found_by)));
    view->sightings.insert(view->sightings.begin(), row);
    if (!problem.empty()) view->unread.push_back({answers.text(step), answers.text(std::move(problem))});
    parts.push_back({disk.file, view, {}, false});
}

void Examiner::disk_files(Parts& parts, Answers& answers, const Disk& disk, const DiskWork& work) {
    std::vector<Bytes> contents(work.files.size());
    std::vector<std::string> problems(work.files.size());
    if (const Result<void> read = read_disk_files(disk, work, contents, problems); !read)
        for (std::string& problem : problems) problem = read.error().message;
    Bytes input;
    std::vector<evidence::PartName> in;
    for (std::size_t i = 0; i < work.files.size(); ++i) {
        const std::string_view path = work.files[i].entry.path;
        input.insert(input.end(), contents[i].begin(), contents[i].end());
        in.push_back({path.substr(path.find_last_of('/') + 1).substr(0, 255), contents[i].size()});
    }
    const auto views = answers.keep(sandbox_.run("scan", input, evidence::encode_many_parameters(in, options_.scan)));
    const bool is_answered = views && (*views)->size() == in.size();
    for (std::size_t i = 0; i < work.files.size(); ++i) {
        const DiskFile& file = work.files[i];
        if (is_answered) {
            disk_file_found(parts, answers, disk, file, &(**views)[i], contents[i], std::move(problems[i]));
            continue;
        }
        // One of them costs its decoder its life: each for itself, and that one as it stands.
        Parts one;
        one_small(one, answers, disk.file, in[i].name, contents[i]);
        if (!one[0].problem.empty() && problems[i].empty()) problems[i] = one[0].problem;
        disk_file_found(parts, answers, disk, file, one[0].part, contents[i], std::move(problems[i]));
    }
}

}  // namespace plumbline::examination
