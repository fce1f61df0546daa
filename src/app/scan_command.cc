// SPDX-License-Identifier: Apache-2.0
#include "app/scan_command.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/utf8.h"
#include "evidence/wire.h"

namespace plumbline::app {

namespace {
namespace fs = std::filesystem;
constexpr std::uint64_t small_file_bytes = 64 * 1024;  // read and sent; larger ones go as a file descriptor

struct Answer {
    bool is_ready = false;
    bool is_failed = false;
    PartEvidence evidence;
    std::string problem;
};

// A file that is closed when the scope ends.
class OpenFile {
  public:
    explicit OpenFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
    ~OpenFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int fd() const { return fd_; }

  private:
    int fd_;
};

Result<std::vector<std::string>> files_of(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        if (!fs::is_directory(status)) {
            files.push_back(path);  // what cannot be opened is named when its turn comes
            continue;
        }
        fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, error);
        for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
            if (entry->is_regular_file(error) && !entry->is_symlink(error)) files.push_back(entry->path().string());
        if (error) return fail(ErrorKind::unavailable, "{}: {}", path, error.message());
    }
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

Result<Bytes> run_on_path(Sandbox& sandbox, std::string_view task, const std::string& path, ByteView parameters) {
    const OpenFile file(path);
    struct stat info {};
    if (file.fd() < 0 || ::fstat(file.fd(), &info) != 0) return fail(ErrorKind::unavailable, "{}", std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return fail(ErrorKind::unsupported, "not a regular file");
    if (static_cast<std::uint64_t>(info.st_size) > small_file_bytes) return sandbox.run_on_file(task, file.fd(), parameters);
    Bytes bytes(small_file_bytes + 1);
    std::size_t size = 0;
    while (size < bytes.size()) {
        const ssize_t got = ::read(file.fd(), bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(ErrorKind::unavailable, "{}", std::strerror(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    return sandbox.run(task, ByteView(bytes).first(size), parameters);
}

Answer scanned(Sandbox& sandbox, const std::string& path, const evidence::ScanOptions& options) {
    Answer answer;
    answer.is_ready = true;
    const std::string name = fs::path(path).filename().string();
    Result<Bytes> bytes = run_on_path(sandbox, "scan", path, evidence::encode_scan_parameters(name, options));
    Result<PartEvidence> evidence = bytes ? evidence::decode_scan_answer(*bytes) : Result<PartEvidence>(fail(bytes.error()));
    if (evidence) {
        answer.evidence = std::move(*evidence);
    } else {
        answer.is_failed = true;
        answer.problem = evidence.error().message;
    }
    return answer;
}

// A name for the terminal: what a file is called may hold escape sequences.
std::string named(const std::string& path) {
    std::string out = utf8_repaired(path);
    std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; }, '?');
    return out;
}

std::string line_of(const Sighting& sighting, const std::string& file) {
    Json line = Json::object();
    line.set("kind", name_of(sighting.kind));
    line.set("value", sighting.value);
    line.set("text", utf8_repaired(sighting.text));
    line.set("file", file);
    line.set("where", sighting.where);
    line.set("offset", sighting.offset);
    line.set("context", sighting.context);
    return line.dump() + "\n";
}

// Answers wait here until it is their file's turn. Workers run at most `ahead_max` files ahead of the printer, so memory
// does not grow with the number of files.
class Turns {
  public:
    Turns(std::size_t files, std::size_t ahead_max) : answers_(ahead_max), files_(files) {}

    // The next file to scan; `files` when there is none left.
    std::size_t take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return next_ == files_ || next_ < printed_ + answers_.size(); });
        return next_ == files_ ? files_ : next_++;
    }
    void give(std::size_t index, Answer answer) {
        const std::lock_guard lock(mutex_);
        answers_[index % answers_.size()] = std::move(answer);
        changed_.notify_all();
    }
    Answer wait_for(std::size_t index) {
        std::unique_lock lock(mutex_);
        Answer& slot = answers_[index % answers_.size()];
        changed_.wait(lock, [&] { return slot.is_ready; });
        Answer answer = std::exchange(slot, Answer{});
        printed_ = index + 1;
        changed_.notify_all();
        return answer;
    }
    void stop() {
        const std::lock_guard lock(mutex_);
        files_ = next_;
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Answer> answers_;
    std::size_t files_;
    std::size_t next_ = 0;
    std::size_t printed_ = 0;
};

Result<int> print_all(const std::vector<std::string>& files, Turns& turns) {
    const bool has_progress = ::isatty(STDERR_FILENO) == 1;
    bool is_whole = true;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const Answer answer = turns.wait_for(i);
        if (has_progress) fmt::print(stderr, "\r{} of {} files", i + 1, files.size());
        std::string out;
        for (const Sighting& sighting : answer.evidence.sightings) out += line_of(sighting, files[i]);
        if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return fail(ErrorKind::unavailable, "standard output: {}", std::strerror(errno));
        const std::string_view line_start = has_progress && (answer.is_failed || !answer.evidence.unread.empty()) ? "\n" : "";
        if (answer.is_failed) fmt::print(stderr, "{}{}: {}\n", line_start, named(files[i]), answer.problem);
        for (const Unread& row : answer.evidence.unread) fmt::print(stderr, "{}{}: {}: {}\n", line_start, named(files[i]), row.where, row.reason);
        is_whole &= !answer.is_failed;
    }
    if (has_progress) fmt::print(stderr, "\n");
    if (std::fflush(stdout) != 0) return fail(ErrorKind::unavailable, "standard output: {}", std::strerror(errno));
    return is_whole ? 0 : 3;
}

Result<int> run_print(const ScanArguments& arguments, Sandbox& sandbox, const evidence::ScanOptions& options) {
    if (arguments.paths.size() != 1) return fail(ErrorKind::invalid, "--print takes exactly one file");
    const Bytes parameters = evidence::encode_scan_parameters(arguments.print_where, options);
    Result<Bytes> bytes = run_on_path(sandbox, "print", arguments.paths[0], parameters);
    if (!bytes) return fail_in(arguments.paths[0], bytes.error());
    if (std::fwrite(bytes->data(), 1, bytes->size(), stdout) != bytes->size() || std::fflush(stdout) != 0)
        return fail(ErrorKind::unavailable, "standard output: {}", std::strerror(errno));
    return 0;
}
}  // namespace

Result<int> run_scan(const ScanArguments& arguments, Sandbox& sandbox) {
    if (arguments.paths.empty()) return fail(ErrorKind::invalid, "scan: give at least one file or folder");
    if (arguments.format != "jsonl" && arguments.format != "text" && !arguments.format.empty())
        return fail(ErrorKind::invalid, "scan: no format \"{}\"; there is jsonl", arguments.format);
    evidence::ScanOptions options = evidence::scan_options(arguments.limits);
    options.region = arguments.region;
    if (!arguments.print_where.empty()) return run_print(arguments, sandbox, options);
    options.text_bytes_max = 0;  // readable text is for the desk
    const std::vector<std::string> files = TRY(files_of(arguments.paths));
    const unsigned jobs = std::clamp(arguments.jobs, 1U, 256U);
    Turns turns(files.size(), jobs * std::size_t{4});
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < jobs; ++i) {
        workers.emplace_back([&] {
            for (std::size_t index = turns.take(); index < files.size(); index = turns.take()) turns.give(index, scanned(sandbox, files[index], options));
        });
    }
    Result<int> code = print_all(files, turns);
    turns.stop();
    return code;
}

}  // namespace plumbline::app
