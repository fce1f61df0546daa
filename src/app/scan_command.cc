// SPDX-License-Identifier: Apache-2.0
#include "app/scan_command.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "app/scan_output.h"
#include "app/warning_list_files.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/utf8.h"
#include "examination/feature_files.h"
#include "examination/open_file.h"
#include "examination/print_place.h"
#include "sandbox/heap.h"

namespace plumbline::app {

namespace {
using examination::FileEntry;
using examination::Piece;
using examination::Rendered;
using examination::Work;

// A name for the terminal: what a file is called may hold escape sequences.
std::string named(const std::string& path) {
    std::string out = utf8_repaired(path);
    std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; }, '?');
    return out;
}

// What is said while a scan runs: how far it is, and what could not be read.
class Talk {
  public:
    explicit Talk(const std::vector<FileEntry>& files) : meter_(bytes_of(files)) {}
    void say(const Work& work, const std::vector<std::string>& lines) {
        const auto now = ScanMeter::Clock::now();
        meter_.add(work.bytes, now);
        for (const std::string& line : lines) {
            if (is_line_open_) fmt::print(stderr, "\r\x1b[K");
            is_line_open_ = false;
            fmt::print(stderr, "{}\n", named(line));
        }
        if (!has_progress_ || now - shown_ < std::chrono::milliseconds(200)) return;
        shown_ = now;
        fmt::print(stderr, "\r\x1b[K{}", meter_.line());
        is_line_open_ = true;
    }
    void end() {
        if (is_line_open_) fmt::print(stderr, "\r\x1b[K{}\n", meter_.line());
        is_line_open_ = false;
    }

  private:
    static std::uint64_t bytes_of(const std::vector<FileEntry>& files) {
        std::uint64_t all = 0;
        for (const FileEntry& file : files) all += file.size_bytes;
        return all;
    }
    ScanMeter meter_;
    ScanMeter::Clock::time_point shown_{};
    const bool has_progress_ = ::isatty(STDERR_FILENO) == 1;
    bool is_line_open_ = false;
};

constexpr int heap_block_bytes_max = 32 * 1024 * 1024;
constexpr std::size_t heap_bytes_kept = 32 * 1024 * 1024;
constexpr std::uint64_t sightings_of_call_max = 1'500'000;  // of a whole file; the limit of a tip's part is for the desk
constexpr std::size_t spare_blocks_max = 8;
constexpr std::size_t block_bytes = 1024 * 1024;  // lines that are written at once: what the processor still has at hand

class JsonLines final : public examination::PieceSink {
  public:
    JsonLines(ScanOutput& output, Talk& talk, const evidence::WarningLists* warnings) : output_(output), talk_(talk), warnings_(warnings) {}

    Rendered render(const Piece& piece) override {
        static thread_local evidence::LineBlock lines;
        Rendered rendered;
        for (const examination::ExaminedPart& part : piece.parts) {
            const std::string& path = piece.files[part.file].path;
            if (!part.problem.empty()) {
                rendered.has_problem = true;
                rendered.talk.push_back(fmt::format("{}: {}", path, part.problem));
            }
            if (!part.part) continue;
            lines.start_file(evidence::json_escaped(path));
            for (const evidence::SightingView& sighting : part.part->sightings) {
                lines.append(sighting);
                if (warnings_) mark(lines, sighting);
                if (lines.text().size() >= block_bytes) put(piece, rendered, lines);
            }
            for (const evidence::UnreadView& row : part.part->unread) rendered.talk.push_back(fmt::format("{}: {}: {}", path, row.where, row.reason));
        }
        put(piece, rendered, lines);
        return rendered;
    }
    Result<void> take(const Work& work, Rendered&& rendered) override {
        TRY(std::exchange(written_ahead_, {}));
        std::string unread;
        for (const std::string& line : rendered.talk) unread += named(line) + "\n";
        for (std::string& block : rendered.out) {
            TRY(output_.write(block));
            keep(std::move(block));
        }
        TRY(output_.end_piece(unread, rendered.has_problem));
        talk_.say(work, rendered.talk);
        if (stop_after_ && output_.state().pieces >= *stop_after_) return fail(ErrorKind::unavailable, "stopped after {} pieces", *stop_after_);
        return {};
    }
    std::optional<std::uint64_t> stop_after_;

  private:
    // Writes lines at once where nothing can come before them, and otherwise keeps them for take().
    void put(const Piece& piece, Rendered& rendered, evidence::LineBlock& lines) {
        if (lines.text().empty()) return;
        if (!piece.is_next()) {
            if (lines.text().size() >= block_bytes) return rendered.out.push_back(lines.take(room()));
            rendered.out.emplace_back(lines.text());
            return lines.clear();
        }
        for (std::string& block : std::exchange(rendered.out, {})) {
            if (written_ahead_) written_ahead_ = output_.write(block);
            keep(std::move(block));
        }
        if (written_ahead_) written_ahead_ = output_.write(lines.text());
        lines.clear();
    }
    // Memory of blocks goes round.
    std::string room() {
        const std::lock_guard lock(spare_mutex_);
        std::string block;
        if (spare_.empty()) {
            block.reserve(block_bytes + block_bytes / 16);  // the last line may reach over its end
        } else {
            block = std::move(spare_.back());
            spare_.pop_back();
        }
        return block;
    }
    void keep(std::string block) {
        const std::lock_guard lock(spare_mutex_);
        if (block.size() >= block_bytes && spare_.size() < spare_blocks_max) spare_.push_back(std::move(block));
    }
    // Puts the names of the lists that have the value into the line that was just written.
    void mark(evidence::LineBlock& lines, const evidence::SightingView& sighting) const {
        const std::vector<std::string_view> names = warnings_->names_for(sighting.kind, sighting.value);
        if (names.empty()) return;
        std::string members = ",\"warnings\":[";
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (i > 0) members += ',';
            append_json_text(members, names[i]);
        }
        lines.add_members(members + "]");
    }
    ScanOutput& output_;
    Talk& talk_;
    const evidence::WarningLists* warnings_;
    std::mutex spare_mutex_;
    std::vector<std::string> spare_;
    Result<void> written_ahead_;   // of the piece that is next: its thread's alone until it is taken
};

// Tells whether a stopped scan may be gone on with: what its output depends on.
std::string digest_of(const std::vector<FileEntry>& files, const ScanArguments& arguments, const evidence::ScanOptions& options) {
    Sha256Stream hash;
    const auto add = [&](std::string_view text) { hash.update(view(fmt::format("{}:{}", text.size(), text))); };
    add(text_of(evidence::encode_scan_parameters({}, options)));
    for (const std::string& list : arguments.warning_lists) add(list);
    add(arguments.reads_text_in_pictures ? "ocr" : "");
    add(fmt::format("{} {} {} {} {}", arguments.plan.stretch_bytes, arguments.plan.mailbox_stretch_bytes, arguments.plan.small_file_bytes_max, arguments.plan.small_files_bytes_max, arguments.plan.whole_file_bytes_max));
    for (const FileEntry& file : files) {
        struct stat info {};
        ::stat(file.path.c_str(), &info);
        add(file.path);
        add(fmt::format("{} {}.{}", file.size_bytes, info.st_mtim.tv_sec, info.st_mtim.tv_nsec));
    }
    return hash.finish().hex();
}

Result<int> run_print(const ScanArguments& arguments, Sandbox& sandbox, const examination::ExaminationOptions& options) {
    if (arguments.paths.size() != 1) return fail(ErrorKind::invalid, "--print takes exactly one file");
    const std::string& path = arguments.paths[0];
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return fail(ErrorKind::unavailable, "{}: {}", path, std::strerror(errno));
    const Result<Bytes> bytes = examination::print_place(fd, arguments.print_where, sandbox, options);
    ::close(fd);
    if (!bytes) return fail_in(path, bytes.error());
    if (std::fwrite(bytes->data(), 1, bytes->size(), stdout) != bytes->size() || std::fflush(stdout) != 0)
        return fail(ErrorKind::unavailable, "standard output: {}", std::strerror(errno));
    return 0;
}

Result<int> run_features(const ScanArguments& arguments, const std::vector<FileEntry>& files, Sandbox& sandbox, const examination::ExaminationOptions& options) {
    if (arguments.output.empty()) return fail(ErrorKind::invalid, "--format features needs --output FOLDER");
    if (arguments.resumes) return fail(ErrorKind::invalid, "--resume goes with --format jsonl");
    const std::string source = arguments.paths.size() == 1 ? arguments.paths[0] : fmt::format("{} files", files.size());
    const auto features = TRY(examination::FeatureFiles::make(arguments.output, source, files.size() > 1));
    Talk talk(files);
    bool is_whole = true;
    features->on_taken = [&](const Work& work, const Rendered& rendered) -> Result<void> {
        is_whole &= !rendered.has_problem;
        talk.say(work, rendered.talk);
        return {};
    };
    TRY(examination::examine_files(files, sandbox, options, *features));
    talk.end();
    TRY(features->finish());
    return is_whole ? 0 : 3;
}
}  // namespace

Result<int> run_scan(const ScanArguments& arguments, Sandbox& sandbox) {
    if (arguments.paths.empty()) return fail(ErrorKind::invalid, "scan: give at least one file or folder");
    if (arguments.format != "jsonl" && arguments.format != "features" && arguments.format != "text" && !arguments.format.empty())
        return fail(ErrorKind::invalid, "scan: no format \"{}\"; there are jsonl and features", arguments.format);
    if (arguments.resumes && arguments.output.empty()) return fail(ErrorKind::invalid, "--resume needs --output FILE");
    examination::ExaminationOptions options;
    options.scan = evidence::scan_options(arguments.limits);
    options.scan.region = arguments.region;
    options.scan.xor_keys = arguments.xor_keys;
    options.scan.budget.reads_codes = arguments.reads_codes;
    options.reads_text_in_pictures = arguments.reads_text_in_pictures;
    if (!arguments.print_where.empty()) return run_print(arguments, sandbox, options);
    options.scan.text_bytes_max = 0;  // readable text is for the desk
    options.scan.is_hashed = false;   // and so is a file's hash
    options.scan.sightings_max = std::max(options.scan.sightings_max, sightings_of_call_max);
    options.jobs = arguments.jobs;
    // Answers and lines are megabytes each.
    sandbox::keep_heap(heap_bytes_kept, heap_block_bytes_max);
    options.plan = arguments.plan;
    const std::vector<FileEntry> files = TRY(examination::files_under(arguments.paths));
    if (arguments.format == "features") return run_features(arguments, files, sandbox, options);

    ScanOutput output;
    if (!arguments.output.empty()) TRY(output.open(arguments.output, digest_of(files, arguments, options.scan), arguments.resumes));
    options.first_piece = output.state().pieces;
    Talk talk(files);
    const std::optional<evidence::WarningLists> warnings = TRY(warning_lists_of(arguments.warning_lists));
    JsonLines lines(output, talk, warnings ? &*warnings : nullptr);
    lines.stop_after_ = arguments.stop_after_pieces;
    TRY(examination::examine_files(files, sandbox, options, lines));
    talk.end();
    TRY(output.finish());
    return output.state().has_problem ? 3 : 0;
}

}  // namespace plumbline::app
