// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/lzfu.h"

#include <algorithm>
#include <array>

#include "formats/little.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t header_bytes = 16;
constexpr std::uint32_t compressed_mark = 0x75465a4c;  // "LZFu"
constexpr std::uint32_t stored_mark = 0x414c454d;      // "MELA"
constexpr std::size_t ring_bytes = 4096;

// [MS-OXRTFCP] 2.1.2.1: what the ring holds before the first byte.
constexpr std::string_view ring_start =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    "Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(ring_start.size() == 207);

// One control byte says of eight tokens which are references: 12 bits of place in the ring, 4 bits of length less 2. A
// reference to the place where the next byte goes ends the stream.
std::string inflate(ByteView in, std::uint64_t size_max, Bytes& out) {
    std::array<std::byte, ring_bytes> ring{};
    const ByteView start = view(ring_start);
    std::copy(start.begin(), start.end(), ring.begin());
    std::size_t write_at = ring_start.size();
    const auto put = [&](std::byte b) {
        out.push_back(b);
        ring[write_at] = b;
        write_at = (write_at + 1) % ring_bytes;
    };
    for (std::size_t at = 0; at < in.size();) {
        const auto control = std::to_integer<unsigned>(in[at++]);
        for (unsigned bit = 0; bit < 8; ++bit) {
            if (at >= in.size()) return "lzfu: cut short";
            if ((control >> bit & 1) == 0) {
                if (out.size() >= size_max) return "lzfu: longer than it says";
                put(in[at++]);
                continue;
            }
            if (in.size() - at < 2) return "lzfu: cut short";
            const unsigned token = std::to_integer<unsigned>(in[at]) << 8 | std::to_integer<unsigned>(in[at + 1]);
            at += 2;
            std::size_t from = token >> 4;
            if (from == write_at) return {};
            for (unsigned left = (token & 15) + 2; left > 0; --left) {
                if (out.size() >= size_max) return "lzfu: longer than it says";
                put(ring[from]);
                from = (from + 1) % ring_bytes;
            }
        }
    }
    return "lzfu: cut short";
}
}  // namespace

bool looks_like_lzfu(ByteView bytes, const Hints&) {
    if (bytes.size() < header_bytes) return false;
    const std::uint32_t mark = little32(bytes, 8);
    return mark == compressed_mark || (mark == stored_mark && little32(bytes, 12) == 0);
}

Decoded decode_lzfu(ByteView source, Budget& budget) {
    Decoded out;
    out.decoder = "lzfu";
    if (!looks_like_lzfu(source, {})) {
        out.damage = "lzfu: no header";
        return out;
    }
    // The first size counts what is behind itself.
    const ByteView in = cut(source, header_bytes, std::max<std::uint64_t>(little32(source, 0), 12) - 12);
    out.size_in = header_bytes + in.size();
    const std::uint64_t said = little32(source, 4);
    // Nine bits for each literal, seventeen for at most seventeen bytes: no stream gives more than this.
    const std::uint64_t size_max = std::min<std::uint64_t>(said, in.size() * 9 + 32);
    if (little32(source, 8) == stored_mark) {
        const ByteView all = cut(source, header_bytes, said);
        if (!budget.take_bytes(all.size())) {
            out.damage = "lzfu: over the budget of decoded bytes";
            return out;
        }
        out.bytes = to_bytes(all);
        if (all.size() < said) out.damage = "lzfu: cut short";
        return out;
    }
    if (!budget.take_bytes(size_max) || !budget.take_steps(in.size() + size_max)) {
        out.damage = "lzfu: over the budget of decoded bytes";
        return out;
    }
    out.damage = inflate(in, size_max, out.bytes);
    if (out.damage == "lzfu: longer than it says" && out.bytes.size() == said) out.damage.clear();
    return out;
}

void open_lzfu(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    if (!budget.take_items(1)) return visitor.unread(0, "lzfu", "lzfu: over the budget of items");
    Decoded child = decode_lzfu(bytes, budget);
    if (!child.damage.empty()) visitor.unread(0, "lzfu", child.damage);
    Hints inside;
    inside.media_type = "text/rtf";
    const std::uint64_t end = child.size_in;
    if (!child.bytes.empty()) visitor.decoded(std::move(child), inside, false);
    if (end < bytes.size()) visitor.window(end, bytes.size(), Hints{}, true);
}

}  // namespace plumbline::formats
