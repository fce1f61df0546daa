// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/macro.h"

#include <algorithm>

#include "base/utf8.h"
#include "formats/little.h"
#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t chunk_bytes = 4096;

// One compressed piece behind its header: flags for eight tokens, a token is a byte or a reference whose bits for distance
// grow with what the piece has given so far (section 2.4.1.3.19.1). False where a reference leads before the piece.
bool inflate_chunk(ByteView in, Bytes& out) {
    const std::size_t start = out.size();
    for (std::size_t at = 0; at < in.size();) {
        const auto flags = std::to_integer<unsigned>(in[at++]);
        for (unsigned bit = 0; bit < 8 && at < in.size(); ++bit) {
            if (out.size() - start >= chunk_bytes) return true;
            if ((flags >> bit & 1) == 0) {
                out.push_back(in[at++]);
                continue;
            }
            if (in.size() - at < 2) return false;
            const unsigned token = little16(in, at);
            at += 2;
            const std::size_t done = out.size() - start;
            unsigned bits = 4;
            while ((std::size_t{1} << bits) < done) ++bits;
            const unsigned length_mask = 0xffffU >> bits;
            const std::size_t distance = (token >> (16 - bits)) + 1;
            const std::size_t length = (token & length_mask) + 3;
            if (distance > done) return false;
            for (std::size_t i = 0; i < length && out.size() - start < chunk_bytes; ++i) out.push_back(out[out.size() - distance]);
        }
    }
    return true;
}
bool is_chunk_header(unsigned header) { return (header >> 12 & 7) == 3; }
}  // namespace

std::optional<std::uint64_t> find_macro(ByteView stream) {
    const std::string_view text = text_of(stream);
    // "Attribut" is the first token run of every module: mark, header of the piece, eight literals.
    for (std::size_t at = 0; (at = text.find(std::string_view("\0Attribut", 9), at)) != std::string_view::npos; ++at)
        if (at >= 3 && text[at - 3] == 1 && is_chunk_header(little16(stream, at - 2))) return at - 3;
    if (stream.size() > 3 && stream[0] == std::byte{1} && is_chunk_header(little16(stream, 1))) return 0;
    return std::nullopt;
}

Decoded decode_macro(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "vba";
    if (source.empty() || source[0] != std::byte{1}) {
        out.damage = "vba: no compressed text";
        return out;
    }
    std::uint64_t at = 1;
    while (at + 2 < source.size()) {
        const unsigned header = little16(source, at);
        if (!is_chunk_header(header)) break;
        if (!budget.take_bytes(chunk_bytes) || !budget.take_steps(2 * chunk_bytes)) {
            out.damage = "vba: over the budget of decoded bytes";
            break;
        }
        const std::uint64_t size = (header & 0xfff) + 1;
        const ByteView data = cut(source, at + 2, size);
        at += 2 + data.size();
        if ((header & 0x8000) == 0) append(out.bytes, data.first(std::min(data.size(), chunk_bytes)));
        else if (!inflate_chunk(data, out.bytes)) out.damage = "vba: damaged";
        if (data.size() < size) out.damage = "vba: cut short";
        if (!out.damage.empty()) break;
    }
    out.size_in = std::min<std::uint64_t>(at, source.size());
    return out;
}

void open_macro(ByteView bytes, Budget& budget, Visitor& visitor) {
    const std::optional<std::uint64_t> found = find_macro(bytes);
    if (!found || !budget.take_items(1)) return visitor.window(0, bytes.size(), Hints{}, true);
    visitor.window(0, *found, Hints{}, true);
    Decoded child = decode_macro(bytes.subspan(*found), budget);
    child.offset = *found;
    const std::uint64_t end = *found + child.size_in;
    if (!child.damage.empty()) visitor.unread(*found, "vba", child.damage);
    if (*found > 0) visitor.readable(to_utf8(ByteView(child.bytes).first(std::min<std::size_t>(child.bytes.size(), 256 * 1024)), ""));
    visitor.decoded(std::move(child), Hints{}, true);
    visitor.window(end, bytes.size(), Hints{}, true);
}

}  // namespace plumbline::formats
