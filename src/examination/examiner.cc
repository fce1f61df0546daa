// SPDX-License-Identifier: Apache-2.0
#include "examination/examiner.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "evidence/slice.h"

namespace plumbline::examination {

namespace {
constexpr unsigned disk_depth_max = 2;

std::string_view name_of(const std::string& path) { return std::string_view(path).substr(path.find_last_of('/') + 1); }

// A decoder's own failure costs what it decoded; that there is no sandbox is another matter.
bool is_of_the_file(const Error& error) { return error.kind != ErrorKind::busy && error.kind != ErrorKind::unavailable; }
ExaminedPart not_read(std::size_t file, const Error& error) { return {file, nullptr, error.message, !is_of_the_file(error)}; }
ExaminedPart not_read(std::size_t file, const Error& error, std::uint64_t begin, std::uint64_t end) {
    return {file, nullptr, fmt::format("bytes {} to {}: {}", begin, end, error.message), !is_of_the_file(error)};
}
const Error not_an_answer{ErrorKind::corrupt, "not an answer"};

std::string shifted(std::string_view where, std::uint64_t shift) {
    std::uint64_t first = 0;
    const auto read = std::from_chars(where.data(), where.data() + where.size(), first);
    return std::to_string(first + shift) + std::string(where.substr(static_cast<std::size_t>(read.ptr - where.data())));
}
}  // namespace

Result<std::vector<evidence::PartView>*> Answers::keep(Result<Bytes> answer) {
    if (!answer) return fail(answer.error());
    bytes_.push_back(std::move(*answer));
    views_.push_back(TRY(evidence::read_scan_answer(bytes_.back())));
    return &views_.back();
}

void move_places(evidence::PartView& part, std::string_view prefix, std::uint64_t shift, Answers& answers) {
    if (prefix.empty() && shift == 0) return;
    std::map<std::string_view, std::string_view> moved;
    const auto move = [&](std::string_view where) {
        const auto [row, is_new] = moved.try_emplace(where);
        if (is_new) row->second = answers.text(std::string(prefix) + (shift > 0 && !where.empty() ? shifted(where, shift) : std::string(where)));
        return row->second;
    };
    for (evidence::SightingView& sighting : part.sightings) {
        const bool is_top = sighting.is_path_whole ? std::count(sighting.path.begin(), sighting.path.end(), '-') <= 1 : sighting.path.empty();
        if (is_top) sighting.offset += shift;
        sighting.path = move(sighting.path);
    }
    for (evidence::UnreadView& row : part.unread) row.where = move(row.where);
    for (evidence::LaterView& row : part.later) row.where = move(row.where);
}

void Examiner::examine(Piece& piece, Answers& answers) {
    const Work& work = piece.work;
    switch (work.kind) {
        case WorkKind::small_files: return small_files(piece, answers);
        case WorkKind::whole_file: return whole_file(piece.parts, answers, work.first_file);
        case WorkKind::stretch: return stretch(piece.parts, answers, work);
        case WorkKind::disk_part: {
            const OpenFile open(files_[work.first_file]);
            if (!open.problem().empty()) return piece.parts.push_back({work.first_file, nullptr, open.problem(), false});
            return disk_part(piece.parts, answers, {open.fd(), work.disk.container, "", work.first_file, 0}, work.disk);
        }
    }
}

void Examiner::one_small(Parts& parts, Answers& answers, std::size_t file, std::string_view name, ByteView bytes) {
    const auto views = answers.keep(sandbox_.run("scan", bytes, evidence::encode_scan_parameters(name, options_.scan)));
    if (!views || (*views)->size() != 1) return parts.push_back(not_read(file, views ? not_an_answer : views.error()));
    parts.push_back({file, &(**views)[0], {}, false});
}

void Examiner::small_files(Piece& piece, Answers& answers) {
    Bytes input;
    std::vector<evidence::PartName> in;
    Parts parts;
    for (std::size_t file = piece.work.first_file; file < piece.work.first_file + piece.work.files; ++file) {
        const OpenFile open(files_[file]);
        std::string problem = open.problem();
        // A file may have grown since it was listed; a large one then has its own place, and here it is read as it was.
        const std::size_t start = input.size();
        const std::uint64_t size_max = options_.plan.small_file_bytes_max;
        if (problem.empty()) problem = open.append(0, size_max, input);
        if (problem.empty() && open.size() > size_max) problem = fmt::format("it grew to {} bytes: only the first {} are read", open.size(), size_max);
        parts.push_back({file, nullptr, std::move(problem), false});
        in.push_back({name_of(files_[file].path), input.size() - start});
    }
    const auto views = answers.keep(sandbox_.run("scan", input, evidence::encode_many_parameters(in, options_.scan)));
    const bool is_answered = views && (*views)->size() == in.size();
    std::size_t at = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const ByteView bytes = ByteView(input).subspan(at, in[i].size_bytes);
        at += in[i].size_bytes;
        const std::size_t first = piece.parts.size();
        const std::size_t file = parts[i].file;
        const bool is_empty = !parts[i].problem.empty() && bytes.empty();
        if (is_answered && !is_empty) parts[i].part = &(**views)[i];
        if (is_answered || is_empty) piece.parts.push_back(std::move(parts[i]));
        else one_small(piece.parts, answers, file, in[i].name, bytes);
        if (!piece.parts[first].part || piece.parts[first].part->later.empty()) continue;
        const BytesAt bytes_at = [&](const evidence::LaterView& later) -> Result<Bytes> {
            if (later.where == "0" && later.size_bytes == bytes.size()) return to_bytes(bytes);
            return sandbox_.run("print", bytes, evidence::encode_scan_parameters(fmt::format("{}+{}", later.where, later.size_bytes), options_.scan));
        };
        laters(piece.parts, answers, file, *piece.parts[first].part, bytes_at, 0);
    }
}

// Of a file whose decoder died: its bytes, unopened.
void Examiner::as_it_stands(Parts& parts, Answers& answers, std::size_t file, const OpenFile& open, std::string why) {
    for (std::uint64_t begin = 0; begin < open.size(); begin += options_.plan.stretch_bytes) {
        const std::uint64_t end = std::min(open.size(), begin + options_.plan.stretch_bytes);
        const auto views = answers.keep(scan_stretch(name_of(files_[file].path), open.fd(), open.size(), begin, end, "text"));
        if (views) parts.push_back({file, &(**views)[0], std::exchange(why, {}), false});
        else parts.push_back(not_read(file, views.error(), begin, end));
    }
    if (!why.empty()) parts.push_back({file, nullptr, std::move(why), false});
}

void Examiner::whole_file(Parts& parts, Answers& answers, std::size_t file) {
    const OpenFile open(files_[file]);
    if (!open.problem().empty()) return parts.push_back({file, nullptr, open.problem(), false});
    const auto views = answers.keep(sandbox_.run_on_file("scan", open.fd(), evidence::encode_scan_parameters(name_of(files_[file].path), options_.scan)));
    if (!views || (*views)->size() != 1) {
        const Error error = views ? not_an_answer : views.error();
        if (is_of_the_file(error)) as_it_stands(parts, answers, file, open, error.message);
        else parts.push_back(not_read(file, error));
        return;
    }
    evidence::PartView& part = (**views)[0];
    parts.push_back({file, &part, {}, false});
    for (const evidence::LaterView& later : std::exchange(part.later, {})) {
        if (later.where == "0" && later.reader == "disk") {
            nested_disk(answers, file, part, "", open.fd(), 0);
            continue;
        }
        part.later = {later};
        laters(parts, answers, file, part, [&](const evidence::LaterView& row) {
            return sandbox_.run_on_file("print", open.fd(), evidence::encode_scan_parameters(fmt::format("{}+{}", row.where, row.size_bytes), options_.scan));
        }, 0);
    }
}

void Examiner::stretch(Parts& parts, Answers& answers, const Work& work) {
    const std::size_t file = work.first_file;
    const OpenFile open(files_[file]);
    if (!open.problem().empty()) return parts.push_back({file, nullptr, open.problem(), false});
    const std::uint64_t size = files_[file].size_bytes;
    if (open.size() < size) return parts.push_back({file, nullptr, fmt::format("it shrank to {} bytes", open.size()), false});
    const auto views = answers.keep(scan_stretch(name_of(files_[file].path), open.fd(), size, work.begin, work.end, work.read_as));
    if (!views || (*views)->size() != 1) return parts.push_back(not_read(file, views ? not_an_answer : views.error(), work.begin, work.end));
    parts.push_back({file, &(**views)[0], work.note, false});
}

void Examiner::laters(Parts& parts, Answers& answers, std::size_t file, evidence::PartView& part, const BytesAt& bytes_at, unsigned depth) {
    static_cast<void>(parts);
    const std::vector<evidence::LaterView> all = std::exchange(part.later, {});
    const std::size_t before = part.sightings.size();
    for (const evidence::LaterView& later : all) {
        if (later.reader == "ocr" && !options_.reads_text_in_pictures) {
            ++pictures_left_;
            continue;
        }
        const auto say = [&](std::string why) { part.unread.push_back({answers.text(std::string(later.where)), answers.text(std::move(why))}); };
        if (later.reader == "disk" && depth >= disk_depth_max) {
            say("disk image: nested too deep");
            continue;
        }
        // The place of a picture's text is the picture's, and the step.
        evidence::LaterView asked = later;
        if (later.reader == "ocr" && asked.where.ends_with("-ocr")) asked.where.remove_suffix(4);
        const Result<Bytes> bytes = bytes_at(asked);
        if (!bytes) {
            say(bytes.error().message);
            continue;
        }
        const std::string prefix = later.where == "0" ? "" : std::string(later.where) + "-";
        if (later.reader == "ocr") {
            picture_text(answers, part, std::string(asked.where) + "-ocr", *bytes);
            continue;
        }
        const int fd = memory_file_of(*bytes);
        if (fd < 0) {
            say("disk image: no memory for it");
            continue;
        }
        // Places in a disk inside another file count from that file's byte.
        nested_disk(answers, file, part, prefix, fd, depth);
        ::close(fd);
    }
    if (part.sightings.size() == before) return;
    std::stable_sort(part.sightings.begin(), part.sightings.end(),
                     [](const evidence::SightingView& a, const evidence::SightingView& b) { return evidence::where_less(a.where(), b.where()); });
}

void Examiner::picture_text(Answers& answers, evidence::PartView& into, const std::string& step, ByteView picture) {
    const Result<Bytes> text = sandbox_.run("ocr", picture, {});
    const auto views = text ? answers.keep(sandbox_.run("scan", *text, evidence::encode_scan_parameters("picture.txt", options_.scan))) : fail(text.error());
    if (!views || (*views)->size() != 1) return into.unread.push_back({answers.text(step), answers.text(views ? not_an_answer.message : views.error().message)});
    evidence::PartView& part = (**views)[0];
    move_places(part, step + "-", 0, answers);
    into.sightings.insert(into.sightings.end(), part.sightings.begin(), part.sightings.end());
}

void Examiner::nested_disk(Answers& answers, std::size_t file, evidence::PartView& into, std::string prefix, int fd, unsigned depth) {
    Result<DiskMap> map = map_disk({fd}, options_.disk);
    if (!map) {
        into.unread.push_back({answers.text(prefix + "0"), answers.text("disk image: " + map.error().message)});
        return;
    }
    const Disk disk{fd, map->container, prefix, file, depth + 1};
    for (std::size_t part = 0; part < map->parts.size(); ++part) {
        Parts found;
        disk_part(found, answers, disk, take_part(*map, part));
        for (const ExaminedPart& row : found) {
            if (!row.problem.empty()) into.unread.push_back({answers.text(prefix + "0"), answers.text(row.problem)});
            if (!row.part) continue;
            into.sightings.insert(into.sightings.end(), row.part->sightings.begin(), row.part->sightings.end());
            into.unread.insert(into.unread.end(), row.part->unread.begin(), row.part->unread.end());
        }
    }
}

}  // namespace plumbline::examination
