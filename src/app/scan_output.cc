// SPDX-License-Identifier: Apache-2.0
#include "app/scan_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace plumbline::app {

namespace {
constexpr auto save_every = std::chrono::seconds(2);

Result<void> write_all(int file, std::string_view bytes, std::string_view what) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return fail(ErrorKind::unavailable, "{}: {}", what, std::strerror(errno));
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}
}  // namespace

ScanOutput::~ScanOutput() {
    if (file_ > 2) ::close(file_);
    if (unread_ >= 0) ::close(unread_);
}

Result<int> ScanOutput::open_at(const std::string& path, std::uint64_t bytes, bool resumes) const {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (resumes ? 0 : O_EXCL), 0600);
    if (file < 0) return fail(errno == EEXIST ? ErrorKind::conflict : ErrorKind::unavailable, "{}: {}", path, std::strerror(errno));
    if (::lseek(file, 0, SEEK_END) < static_cast<off_t>(bytes)) {
        ::close(file);
        return fail(ErrorKind::corrupt, "{}: it is shorter than its state says", path);
    }
    if (::ftruncate(file, static_cast<off_t>(bytes)) != 0 || ::lseek(file, static_cast<off_t>(bytes), SEEK_SET) < 0) {
        ::close(file);
        return fail(ErrorKind::unavailable, "{}: {}", path, std::strerror(errno));
    }
    return file;
}

Result<void> ScanOutput::open(const std::string& path, const std::string& digest, bool resumes) {
    const std::optional<ScanState> state = TRY(read_scan_state(path + ".state"));
    if (state && !resumes) return fail(ErrorKind::conflict, "{}: a scan into it was stopped; --resume goes on with it", path);
    if (resumes && !state) return fail(ErrorKind::conflict, "{}: there is no stopped scan to go on with", path);
    if (state && state->digest != digest) return fail(ErrorKind::conflict, "{}: the files or the options are not those of the scan that was stopped", path);
    path_ = path;
    if (state) state_ = *state;
    state_.digest = digest;
    file_ = TRY(open_at(path, state_.output_bytes, resumes));
    unread_ = TRY(open_at(path + ".unread", state_.unread_bytes, resumes));
    return save();
}

Result<void> ScanOutput::save() {
    if (path_.empty()) return {};
    if (::fdatasync(file_) != 0 || ::fdatasync(unread_) != 0) return fail(ErrorKind::unavailable, "{}: {}", path_, std::strerror(errno));
    saved_ = std::chrono::steady_clock::now();
    return write_scan_state(path_ + ".state", state_);
}

Result<void> ScanOutput::write(std::string_view lines) {
    TRY(write_all(file_, lines, path_.empty() ? "standard output" : path_));
    state_.output_bytes += lines.size();
    return {};
}

Result<void> ScanOutput::end_piece(std::string_view unread, bool has_problem) {
    if (unread_ >= 0) TRY(write_all(unread_, unread, path_ + ".unread"));
    ++state_.pieces;
    state_.unread_bytes += unread.size();
    state_.has_problem |= has_problem;
    if (!path_.empty() && std::chrono::steady_clock::now() - saved_ > save_every) TRY(save());
    return {};
}

Result<void> ScanOutput::finish() {
    if (path_.empty()) return {};
    TRY(save());
    if (::unlink((path_ + ".state").c_str()) != 0) return fail(ErrorKind::unavailable, "{}.state: {}", path_, std::strerror(errno));
    return {};
}

}  // namespace plumbline::app
