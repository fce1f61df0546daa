// SPDX-License-Identifier: Apache-2.0
#include "formats/uuencode/uuencode.h"

#include <algorithm>

#include "formats/mail/transfer.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t name_max = 255;
constexpr std::size_t npos = std::string_view::npos;

std::string_view line_at(std::string_view text, std::size_t at) {
    std::string_view line = text.substr(at, 200);
    line = line.substr(0, std::min(line.find('\n'), line.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}
std::size_t next_line(std::string_view text, std::size_t at) {
    const std::size_t end = text.find('\n', at);
    return end == npos ? text.size() : end + 1;
}
// How many bytes the line says, or npos: letters from space to '`', as many as the count asks for, a few more for a checksum,
// fewer where spaces at its end were lost.
std::size_t count_of(std::string_view line) {
    if (line.empty() || line[0] < ' ' || line[0] > '`') return npos;
    const auto count = static_cast<std::size_t>((line[0] - ' ') & 63);
    const std::size_t letters = (count + 2) / 3 * 4;
    if (count == 0) return line.size() <= 2 ? 0 : npos;
    if (line.size() > 1 + letters + 2 || count > 45) return npos;
    return std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '`'; }) ? count : npos;
}
}  // namespace

UuStart uu_start(std::string_view text) {
    UuStart start;
    std::size_t at = 0;
    if (text.starts_with("begin-base64 ")) {
        start.is_base64 = true;
        at = 13;
    } else if (text.starts_with("begin ")) {
        at = 6;
    } else {
        return {};
    }
    const std::size_t mode_at = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '7') ++at;
    if (at - mode_at < 3 || at - mode_at > 4 || at >= text.size() || text[at] != ' ') return {};
    const std::size_t end = text.substr(0, at + name_max + 3).find('\n', at);
    if (end == npos) return {};
    start.name = text.substr(at + 1, end - at - 1);
    if (start.name.ends_with('\r')) start.name.remove_suffix(1);
    const std::string_view first = line_at(text, end + 1);
    // Every full line has 45 bytes, so a first line that a sentence would be is none.
    const std::size_t count = count_of(first);
    const bool fits = start.is_base64 ? first.size() >= 4 : count != npos && count > 0 && first.size() + 8 >= 1 + (count + 2) / 3 * 4;
    if (start.name.empty() || !fits) return {};
    start.size = end + 1;
    return start;
}

bool looks_like_uuencode(ByteView bytes, const Hints&) { return uu_start(text_of(bytes)).size > 0; }

void open_uuencode(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    const std::string_view text = text_of(bytes);
    Hints inside;
    inside.is_file = true;
    inside.name = uu_start(text).name;
    Decoded child = decode_uuencode(bytes, budget);
    const std::uint64_t end = child.size_in;
    if (!child.damage.empty()) visitor.unread(0, child.decoder, child.damage);
    if (end > 0) visitor.decoded(std::move(child), inside, false);
    if (end < bytes.size()) visitor.window(end, bytes.size(), hints, end == 0);
}

Decoded decode_uuencode(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "uu";
    const std::string_view text = text_of(source);
    const UuStart start = uu_start(text);
    if (start.size == 0) return out;
    if (start.is_base64) {
        Decoded inner = decode_base64(source.subspan(start.size), budget);
        out.bytes = std::move(inner.bytes);
        out.damage = inner.damage.ends_with("budget") ? "uu: over the budget" : "";
        out.size_in = inner.damage.ends_with("budget") ? 0 : start.size + inner.size_in;
        return out;
    }
    std::size_t at = start.size;
    bool has_end = false;
    while (at < text.size()) {
        const std::string_view line = line_at(text, at);
        const std::size_t count = line == "end" ? npos : count_of(line);
        if (count == npos || count == 0) {
            if (count == 0) at = next_line(text, at);
            has_end = line_at(text, at) == "end";
            if (has_end) at = next_line(text, at);
            break;
        }
        if (!budget.take_steps(line.size()) || !budget.take_bytes(count)) {
            out.damage = "uu: over the budget";
            break;
        }
        const auto value = [&](std::size_t i) { return i < line.size() ? static_cast<unsigned>(line[i] - ' ') & 63U : 0U; };
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t group = 1 + i / 3 * 4;
            const unsigned bits = value(group) << 18 | value(group + 1) << 12 | value(group + 2) << 6 | value(group + 3);
            out.bytes.push_back(static_cast<std::byte>(bits >> (16 - 8 * (i % 3)) & 0xff));
        }
        at = next_line(text, at);
    }
    out.size_in = at;
    if (!has_end && out.damage.empty()) out.damage = "uu: ends before its \"end\" line";
    return out;
}

}  // namespace plumbline::formats
