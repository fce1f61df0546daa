// SPDX-License-Identifier: Apache-2.0
#include "examination/examination.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/utf8.h"
#include "examination/turns.h"

namespace plumbline::examination {

namespace {
constexpr std::size_t pieces_ahead_a_job = 3;
constexpr std::uint64_t carve_reach = 64ULL * 1024 * 1024;

// A file that is closed when the scope ends, unless it is the caller's.
class OpenFile {
  public:
    explicit OpenFile(const FileEntry& file)
        : is_own_(file.open_fd < 0), fd_(is_own_ ? ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : file.open_fd) {
        if (fd_ < 0 || ::fstat(fd_, &info_) != 0) problem_ = std::strerror(errno);
        else if (!S_ISREG(info_.st_mode)) problem_ = "not a regular file";
    }
    ~OpenFile() {
        if (is_own_ && fd_ >= 0) ::close(fd_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int fd() const { return fd_; }
    std::uint64_t size() const { return static_cast<std::uint64_t>(info_.st_size); }
    const std::string& problem() const { return problem_; }

  private:
    bool is_own_;
    int fd_;
    struct stat info_ {};
    std::string problem_;
};

std::string_view name_of(const std::string& path) { return std::string_view(path).substr(path.find_last_of('/') + 1); }

// Appends the file's bytes, at most `size_max` of them; empty, or what is wrong.
std::string append_file(const OpenFile& file, std::uint64_t size_max, Bytes& out) {
    const std::size_t start = out.size();
    out.resize(start + static_cast<std::size_t>(std::min(file.size(), size_max)));
    std::size_t at = start;
    while (at < out.size()) {
        const ssize_t got = ::pread(file.fd(), out.data() + at, out.size() - at, static_cast<off_t>(at - start));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            out.resize(start);
            return std::strerror(errno);
        }
        if (got == 0) break;
        at += static_cast<std::size_t>(got);
    }
    out.resize(at);
    return {};
}

// The answers that a piece's views look into.
struct Answers {
    std::vector<Bytes> bytes;
    std::vector<std::unique_ptr<std::vector<evidence::PartView>>> views;
    Result<const std::vector<evidence::PartView>*> keep(Result<Bytes> answer) {
        if (!answer) return fail(answer.error());
        bytes.push_back(std::move(*answer));
        views.push_back(std::make_unique<std::vector<evidence::PartView>>(TRY(evidence::read_scan_answer(bytes.back()))));
        return views.back().get();
    }
};

// A decoder's own failure costs what it decoded; that there is no sandbox is another matter.
bool is_of_the_file(const Error& error) { return error.kind != ErrorKind::busy && error.kind != ErrorKind::unavailable; }

ExaminedPart not_read(std::size_t file, const Error& error) { return {file, nullptr, error.message, !is_of_the_file(error)}; }
ExaminedPart not_read(std::size_t file, const Error& error, std::uint64_t begin, std::uint64_t end) {
    return {file, nullptr, fmt::format("bytes {} to {}: {}", begin, end, error.message), !is_of_the_file(error)};
}

class Examiner {
  public:
    Examiner(const std::vector<FileEntry>& files, Sandbox& sandbox, const ExaminationOptions& options) : files_(files), sandbox_(sandbox), options_(options) {}

    void examine(Piece& piece, Answers& answers) {
        switch (piece.work.kind) {
            case WorkKind::small_files: return small_files(piece, answers);
            case WorkKind::whole_file: return whole_file(piece, answers, piece.work.first_file);
            case WorkKind::stretch: return stretch(piece, answers);
        }
    }

  private:
    void small_files(Piece& piece, Answers& answers);
    void whole_file(Piece& piece, Answers& answers, std::size_t file);
    void stretch(Piece& piece, Answers& answers);
    void one_small(Piece& piece, Answers& answers, std::size_t file, ByteView bytes);
    Result<Bytes> scan_stretch(std::size_t file, int fd, std::uint64_t size, std::uint64_t begin, std::uint64_t end, std::string_view read_as) const;
    void as_it_stands(Piece& piece, Answers& answers, std::size_t file, const OpenFile& open, std::string why);

    const std::vector<FileEntry>& files_;
    Sandbox& sandbox_;
    const ExaminationOptions& options_;
};

void Examiner::one_small(Piece& piece, Answers& answers, std::size_t file, ByteView bytes) {
    const auto views = answers.keep(sandbox_.run("scan", bytes, evidence::encode_scan_parameters(name_of(files_[file].path), options_.scan)));
    if (views && (*views)->size() == 1) piece.parts.push_back({file, &(**views)[0], {}, false});
    else piece.parts.push_back(views ? ExaminedPart{file, nullptr, "not an answer", false} : not_read(file, views.error()));
}

void Examiner::small_files(Piece& piece, Answers& answers) {
    Bytes input;
    std::vector<evidence::PartName> in;
    std::vector<ExaminedPart> parts;
    for (std::size_t file = piece.work.first_file; file < piece.work.first_file + piece.work.files; ++file) {
        const OpenFile open(files_[file]);
        std::string problem = open.problem();
        // A file may have grown since it was listed; a large one then has its own place, and here it is read as it was.
        const std::size_t start = input.size();
        if (problem.empty()) problem = append_file(open, options_.plan.small_file_bytes_max, input);
        if (problem.empty() && open.size() > options_.plan.small_file_bytes_max) problem = fmt::format("it grew to {} bytes: only the first {} are read", open.size(), input.size() - start);
        parts.push_back({file, nullptr, std::move(problem), false});
        in.push_back({name_of(files_[file].path), input.size() - start});
    }
    const auto views = answers.keep(sandbox_.run("scan", input, evidence::encode_many_parameters(in, options_.scan)));
    if (views && (*views)->size() == in.size()) {
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (parts[i].problem.empty() || in[i].size_bytes > 0) parts[i].part = &(**views)[i];
        piece.parts = std::move(parts);
        return;
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const ByteView bytes = ByteView(input).subspan(at, in[i].size_bytes);
        at += in[i].size_bytes;
        if (!parts[i].problem.empty() && bytes.empty()) piece.parts.push_back(std::move(parts[i]));
        else one_small(piece, answers, parts[i].file, bytes);
    }
}

Result<Bytes> Examiner::scan_stretch(std::size_t file, int fd, std::uint64_t size, std::uint64_t begin, std::uint64_t end, std::string_view read_as) const {
    evidence::Range window = evidence::window_of(begin, end, size, read_as);
    // What is carved may go on far behind the stretch that it begins in.
    if (read_as == "unknown") window.end = std::min(size, std::max(window.end, end + carve_reach));
    const evidence::Stretch stretch{{}, window.begin, begin, end, size, std::string(read_as)};
    return sandbox_.run_on_range("scan", fd, window.begin, window.end - window.begin, evidence::encode_stretch_parameters(stretch, name_of(files_[file].path), options_.scan));
}

// Of a file whose decoder died: its bytes, unopened.
void Examiner::as_it_stands(Piece& piece, Answers& answers, std::size_t file, const OpenFile& open, std::string why) {
    for (std::uint64_t begin = 0; begin < open.size(); begin += options_.plan.stretch_bytes) {
        const std::uint64_t end = std::min(open.size(), begin + options_.plan.stretch_bytes);
        const auto views = answers.keep(scan_stretch(file, open.fd(), open.size(), begin, end, "text"));
        if (views) piece.parts.push_back({file, &(**views)[0], std::exchange(why, {}), false});
        else piece.parts.push_back(not_read(file, views.error(), begin, end));
    }
    if (!why.empty()) piece.parts.push_back({file, nullptr, std::move(why), false});
}

void Examiner::whole_file(Piece& piece, Answers& answers, std::size_t file) {
    const OpenFile open(files_[file]);
    if (!open.problem().empty()) return piece.parts.push_back({file, nullptr, open.problem(), false});
    const auto views = answers.keep(sandbox_.run_on_file("scan", open.fd(), evidence::encode_scan_parameters(name_of(files_[file].path), options_.scan)));
    if (views && (*views)->size() == 1) return piece.parts.push_back({file, &(**views)[0], {}, false});
    if (views || is_of_the_file(views.error())) as_it_stands(piece, answers, file, open, views ? "not an answer" : views.error().message);
    else piece.parts.push_back(not_read(file, views.error()));
}

void Examiner::stretch(Piece& piece, Answers& answers) {
    const Work& work = piece.work;
    const OpenFile open(files_[work.first_file]);
    if (!open.problem().empty()) return piece.parts.push_back({work.first_file, nullptr, open.problem(), false});
    const std::uint64_t size = files_[work.first_file].size_bytes;
    if (open.size() < size) return piece.parts.push_back({work.first_file, nullptr, fmt::format("it shrank to {} bytes", open.size()), false});
    const auto views = answers.keep(scan_stretch(work.first_file, open.fd(), size, work.begin, work.end, work.read_as));
    if (views && (*views)->size() == 1) piece.parts.push_back({work.first_file, &(**views)[0], {}, false});
    else piece.parts.push_back(not_read(work.first_file, views ? Error{ErrorKind::corrupt, "not an answer"} : views.error(), work.begin, work.end));
}

FormatOf format_of(Sandbox& sandbox) {
    return [&sandbox](const FileEntry& file) -> Result<std::string> {
        const OpenFile open(file);
        if (!open.problem().empty()) return fail(ErrorKind::unavailable, "{}", open.problem());
        const Bytes name = TRY(sandbox.run_on_file("detect", open.fd(), view(name_of(file.path))));
        return std::string(text_of(name));
    };
}
}  // namespace

Result<void> examine_files(const std::vector<FileEntry>& files, Sandbox& sandbox, const ExaminationOptions& options, PieceSink& sink) {
    const unsigned jobs = std::clamp(options.jobs, 1U, 256U);
    Turns turns(Plan(files, options.plan, format_of(sandbox)), jobs * pieces_ahead_a_job, options.first_piece);
    const auto work_all = [&] {
        Examiner examiner(files, sandbox, options);
        while (const std::optional<Work> work = turns.next()) {
            Piece piece{*work, files, {}};
            Answers answers;
            examiner.examine(piece, answers);
            turns.give(*work, sink.render(piece));
        }
    };
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < jobs; ++i) workers.emplace_back(work_all);
    while (std::optional<Turns::Slot> slot = turns.take()) {
        if (const Result<void> taken = sink.take(slot->work, std::move(slot->rendered)); !taken) {
            turns.stop();
            return taken;
        }
    }
    return {};
}

Result<PartEvidence> examine_open_file(int fd, std::string_view name, Sandbox& sandbox, const ExaminationOptions& options) {
    std::vector<FileEntry> files{{std::string(name), 0, fd}};
    const OpenFile open(files[0]);
    if (!open.problem().empty()) return fail(ErrorKind::unavailable, "examination: {}", open.problem());
    files[0].size_bytes = open.size();
    PartEvidence all;
    all.format = "unknown";
    std::uint64_t left_out = 0;
    Plan plan(files, options.plan, format_of(sandbox));
    Examiner examiner(files, sandbox, options);
    while (const std::optional<Work> work = plan.next()) {
        Piece piece{*work, files, {}};
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
    if (left_out > 0) all.unread.push_back({"0", fmt::format("over the limit of {} sightings: {} left out", options.scan.sightings_max, left_out)});
    return all;
}

}  // namespace plumbline::examination
