// SPDX-License-Identifier: Apache-2.0
#include "evidence/stretch.h"

#include <algorithm>

#include "formats/carve/carve.h"
#include "formats/format.h"
#include "formats/mbox/mbox.h"
#include "formats/text/text.h"

namespace plumbline::evidence {

namespace {
constexpr std::uint64_t look_ahead = 1024;  // behind a mail's start, to know it for one

// `at` where there is none within reach, the text's end where that is the file's.
std::uint64_t mail_cut(std::string_view text, std::uint64_t at, bool reaches_end) {
    const std::string_view reached = text.substr(0, std::min<std::uint64_t>(text.size(), at + cut_reach + look_ahead));
    const std::uint64_t found = formats::next_mail_at(reached, at);
    if (found < reached.size() && found < at + cut_reach) return found;
    return reaches_end ? text.size() : at;
}

// The smallest place from `at` on that stands right behind an empty line or eight zero bytes.
std::uint64_t boundary_cut(std::string_view text, std::uint64_t at) {
    const std::uint64_t end = std::min<std::uint64_t>(text.size(), at + boundary_reach);
    const auto is_boundary = [&](std::uint64_t cut) {
        if (cut >= 2 && text[cut - 1] == '\n' && text[cut - 2] == '\n') return true;
        if (cut >= 4 && text.substr(cut - 4, 4) == "\r\n\r\n") return true;
        return cut >= 8 && text[cut - 1] == '\0' && text.substr(cut - 8, 8) == std::string_view("\0\0\0\0\0\0\0\0", 8);
    };
    for (std::uint64_t cut = at; cut <= end; ++cut)
        if (cut > 0 && (text[cut - 1] == '\n' || text[cut - 1] == '\0') && is_boundary(cut)) return cut;
    return at;
}
}  // namespace

Range window_of(std::uint64_t begin, std::uint64_t end, std::uint64_t file_size, std::string_view read_as) {
    const std::uint64_t reach = (read_as == "mbox" ? cut_reach + look_ahead : boundary_reach) + stretch_margin;
    return {begin > stretch_margin ? begin - stretch_margin : 0, std::min(file_size, end + reach)};
}

std::uint64_t safe_cut(ByteView window, std::uint64_t window_at, std::uint64_t nominal, std::uint64_t file_size, std::string_view read_as) {
    if (nominal == 0 || nominal >= file_size) return std::min(nominal, file_size);
    if (nominal < window_at || nominal - window_at > window.size()) return nominal;
    const std::uint64_t at = nominal - window_at;
    const std::uint64_t cut = read_as == "mbox" ? mail_cut(text_of(window), at, file_size - nominal <= cut_reach) : boundary_cut(text_of(window), at);
    return std::min(window_at + cut, file_size);
}

std::string_view read_as_of(ByteView head, std::string_view name) {
    formats::Hints hints;
    hints.name = name;
    const formats::Format& format = formats::detect(head, hints);
    return format.open == formats::open_raw || format.open == formats::open_unknown || format.name == "mbox" ? format.name : std::string_view{};
}

}  // namespace plumbline::evidence
