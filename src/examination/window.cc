// SPDX-License-Identifier: Apache-2.0
#include "examination/window.h"

#include <algorithm>

namespace plumbline::examination {

namespace {
constexpr std::uint64_t carve_reach = 64ULL * 1024 * 1024;
bool is_of_the_file(ErrorKind kind) { return kind != ErrorKind::busy && kind != ErrorKind::unavailable; }
}  // namespace

Result<std::string> format_of_head(int fd, std::string_view name, Sandbox& sandbox) {
    const Result<Bytes> format = sandbox.run_on_range("detect", fd, 0, head_bytes, view(name));
    if (!format && is_of_the_file(format.error().kind)) return std::string("unknown");
    return std::string(text_of(TRY(format)));
}

std::string_view read_in_stretches_as(std::string_view format) {
    if (format == "mbox") return "mbox";
    return format == "text" || format == "mail" || format == "html" || format == "xml" || format == "rtf" ? "text" : "unknown";
}

evidence::Range stretch_window(std::uint64_t begin, std::uint64_t end, std::uint64_t size, std::string_view read_as) {
    evidence::Range window = evidence::window_of(begin, end, size, read_as);
    if (read_as == "unknown") window.end = std::min(size, std::max(window.end, end + carve_reach));
    return window;
}

Result<Bytes> scan_stretch(Sandbox& sandbox, const ExaminationOptions& options, std::string_view name, int fd, const evidence::Stretch& stretch) {
    const evidence::Range window = stretch_window(stretch.begin, stretch.end, stretch.file_size, stretch.read_as);
    evidence::Stretch in = stretch;
    in.window_at = window.begin;
    return sandbox.run_on_range("scan", fd, window.begin, window.end - window.begin, evidence::encode_stretch_parameters(in, name, options.scan));
}

Result<PartEvidence> examine_stretch(int fd, std::string_view name, Sandbox& sandbox, const ExaminationOptions& options, const evidence::Stretch& stretch) {
    const Result<Bytes> answer = scan_stretch(sandbox, options, name, fd, stretch);
    Result<PartEvidence> evidence = answer ? evidence::decode_scan_answer(*answer) : fail(answer.error());
    if (evidence || !is_of_the_file(evidence.error().kind)) return evidence;
    PartEvidence unread;
    unread.format = stretch.read_as;
    unread.unread.push_back({std::to_string(stretch.begin), fmt::format("bytes {} to {}: {}", stretch.begin, stretch.end, evidence.error().message)});
    return unread;
}

}  // namespace plumbline::examination
