// SPDX-License-Identifier: Apache-2.0
#include "app/scan_progress.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/json.h"

namespace plumbline::app {

namespace {
constexpr auto window = std::chrono::seconds(30);
constexpr std::size_t state_bytes_max = 4096;

std::string size_text(double bytes) {
    if (bytes >= 1e9) return fmt::format("{:.1f} GB", bytes / 1e9);
    if (bytes >= 1e6) return fmt::format("{:.0f} MB", bytes / 1e6);
    return fmt::format("{:.0f} kB", bytes / 1e3);
}
std::string time_text(double seconds) {
    const auto whole = static_cast<std::uint64_t>(seconds);
    if (whole >= 48 * 3600) return fmt::format("{} days left", whole / 86400);
    if (whole >= 2 * 3600) return fmt::format("{} h left", whole / 3600);
    if (whole >= 120) return fmt::format("{} min left", whole / 60);
    return fmt::format("{} s left", whole);
}
}  // namespace

void ScanMeter::add(std::uint64_t bytes, Clock::time_point now) {
    done_ += bytes;
    marks_.push_back({now, done_});
    while (marks_.size() > 2 && now - marks_.front().time > window) marks_.pop_front();
}

std::string ScanMeter::line() const {
    std::string out = fmt::format("{} of {}", size_text(static_cast<double>(done_)), size_text(static_cast<double>(all_)));
    if (marks_.size() < 2) return out;
    const double seconds = std::chrono::duration<double>(marks_.back().time - marks_.front().time).count();
    const auto bytes = static_cast<double>(marks_.back().done - marks_.front().done);
    if (seconds < 1 || bytes <= 0) return out;
    const double rate = bytes / seconds;
    return out + fmt::format(", {}/s, {}", size_text(rate), time_text(static_cast<double>(all_ - std::min(all_, done_)) / rate));
}

Result<void> write_scan_state(const std::string& path, const ScanState& state) {
    Json json = Json::object();
    json.set("version", std::uint64_t{1});
    json.set("digest", state.digest);
    json.set("pieces", state.pieces);
    json.set("output_bytes", state.output_bytes);
    json.set("unread_bytes", state.unread_bytes);
    json.set("has_problem", state.has_problem);
    const std::string text = json.dump() + "\n";
    const std::string aside = path + ".new";
    const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return fail(ErrorKind::unavailable, "{}: {}", aside, std::strerror(errno));
    const bool is_written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fdatasync(fd) == 0;
    const int error = errno;
    ::close(fd);
    if (!is_written || std::rename(aside.c_str(), path.c_str()) != 0)
        return fail(ErrorKind::unavailable, "{}: {}", path, std::strerror(is_written ? errno : error));
    return {};
}

Result<std::optional<ScanState>> read_scan_state(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "re");
    if (!file) {
        if (errno == ENOENT) return std::optional<ScanState>{};
        return fail(ErrorKind::unavailable, "{}: {}", path, std::strerror(errno));
    }
    std::string text(state_bytes_max, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    const auto read = [&]() -> Result<ScanState> {
        const Json json = TRY(parse_json(text));
        ScanState state;
        if (TRY(json.integer_at("version")) != 1) return fail(ErrorKind::unsupported, "another version");
        state.digest = TRY(json.text_at("digest"));
        state.pieces = static_cast<std::uint64_t>(TRY(json.integer_at("pieces")));
        state.output_bytes = static_cast<std::uint64_t>(TRY(json.integer_at("output_bytes")));
        state.unread_bytes = static_cast<std::uint64_t>(TRY(json.integer_at("unread_bytes")));
        state.has_problem = TRY(json.bool_at("has_problem"));
        return state;
    };
    Result<ScanState> state = read();
    if (!state) return fail(ErrorKind::corrupt, "{}: not the state of a stopped scan: {}", path, state.error().message);
    return std::optional<ScanState>(std::move(*state));
}

}  // namespace plumbline::app
