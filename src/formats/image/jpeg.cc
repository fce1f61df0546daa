// SPDX-License-Identifier: Apache-2.0
// JPEG: segments of a marker and a size (ITU-T T.81 annex B), and the image of a scan between them. Application segments
// hold EXIF, XMP (Adobe XMP part 3, section 1.1.3: also in pieces), ICC profiles, Photoshop's resources with a thumbnail.
#include <algorithm>
#include <map>

#include "formats/image/exif.h"
#include "formats/image/layout.h"

namespace plumbline::formats {

namespace {
using Kind = Stretch::Kind;
using namespace std::string_view_literals;

constexpr std::string_view exif_mark = "Exif\0"sv;
constexpr std::string_view xmp_mark = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr std::string_view xmp_more_mark = "http://ns.adobe.com/xmp/extension/\0"sv;
constexpr std::string_view icc_mark = "ICC_PROFILE\0"sv;
constexpr std::string_view photoshop_mark = "Photoshop 3.0\0"sv;

// Where the bytes of a scan end: at the next marker that is neither a stuffed zero nor a restart.
std::uint64_t scan_end(ByteView bytes, std::uint64_t at) {
    const std::string_view text = text_of(bytes);
    for (;;) {
        at = text.find('\xff', at);
        if (at == std::string_view::npos || at + 1 >= text.size()) return bytes.size();
        const auto next = static_cast<unsigned char>(text[at + 1]);
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) return at;
        at += next == 0xff ? 1 : 2;
    }
}

// Photoshop's image resources: "8BIM", number, a name, a size, bytes. 0x40C is a JPEG behind 28 bytes.
void read_resources(const Fields& in, std::uint64_t at, std::uint64_t end, Layout& out) {
    while (at + 12 <= end && in.starts(at, "8BIM")) {
        const unsigned number = in.u16(at + 4);
        const std::uint64_t name_size = (in.u8(at + 6) + 2ULL) & ~1ULL;
        const std::uint64_t size = in.u32(at + 6 + name_size);
        const std::uint64_t data = at + 10 + name_size;
        if (data > end || size > end - data) return;
        if ((number == 0x40c || number == 0x409) && size > 28 && in.u16(data + 28) == 0xffd8) out.add(Kind::file, data + 28, data + size);
        if (number == 0x40f) out.add(Kind::skipped, data, data + size);  // a colour profile
        at = data + ((size + 1) & ~1ULL);
    }
}

struct Piece {
    std::uint32_t at = 0;  // in the packet
    Range range;
};
using Pieces = std::map<std::string, std::vector<Piece>, std::less<>>;

// One application segment; its data, behind marker and size, is [at, end).
void read_segment(const Fields& in, unsigned marker, std::uint64_t at, std::uint64_t end, Budget& budget, Layout& out, Pieces& pieces) {
    if (marker == 0xe1 && in.starts(at, exif_mark) && end - at > 6) {
        out.exif.push_back({at + 6, end});
        read_exif_layout(in.bytes, {at + 6, end}, budget, out);
    } else if (marker == 0xe1 && in.starts(at, xmp_mark)) {
        out.add(Kind::skipped, at, at + xmp_mark.size());
        out.add(Kind::markup, at + xmp_mark.size(), end);
    } else if (marker == 0xe1 && in.starts(at, xmp_more_mark) && end - at > xmp_more_mark.size() + 40) {
        const std::uint64_t data = at + xmp_more_mark.size() + 40;
        out.add(Kind::skipped, at, data);
        out.add(Kind::told, data, end);
        pieces[std::string(text_of(in.bytes.subspan(data - 40, 32)))].push_back({in.u32(data - 4), {data, end}});
    } else if (marker == 0xe2 && in.starts(at, icc_mark)) {
        out.add(Kind::skipped, at, end);
    } else if (marker == 0xed && in.starts(at, photoshop_mark)) {
        read_resources(in, at + photoshop_mark.size(), end, out);
    } else if (marker == 0xfe) {
        out.remarks.push_back({at, end});
    }
}

void join_pieces(Pieces& pieces, Layout& out) {
    for (auto& [guid, list] : pieces) {
        std::stable_sort(list.begin(), list.end(), [](const Piece& a, const Piece& b) { return a.at < b.at; });
        Joined joined;
        joined.name = out.joined.empty() ? "xmp" : fmt::format("xmp.{}", out.joined.size() + 1);
        joined.is_markup = true;
        for (const Piece& piece : list) joined.pieces.push_back(piece.range);
        out.joined.push_back(std::move(joined));
    }
}
}  // namespace

Layout read_jpeg(ByteView bytes, Budget& budget) {
    const Fields in{bytes, false};
    Layout out;
    Pieces pieces;
    std::uint64_t at = 2;
    bool is_ended = false;
    while (in.has(at, 2) && in.u8(at) == 0xff) {
        const unsigned marker = in.u8(at + 1);
        if (!budget.take_steps(64)) {
            out.damage = "image: over the budget of steps";
            break;
        }
        if (marker == 0xff) {  // padding
            ++at;
            continue;
        }
        if (marker == 0xd9) {
            at += 2;
            is_ended = true;
            break;
        }
        if (marker == 0xd8 || marker == 1 || (marker >= 0xd0 && marker <= 0xd7)) {
            at += 2;
            continue;
        }
        const std::uint64_t size = in.u16(at + 2);
        if (size < 2 || !in.has(at, 2 + size)) break;
        const bool is_frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (is_frame && out.width == 0) {
            out.height = in.u16(at + 5);
            out.width = in.u16(at + 7);
        }
        read_segment(in, marker, at + 4, at + 2 + size, budget, out, pieces);
        at += 2 + size;
        if (marker != 0xda) continue;
        const std::uint64_t end = scan_end(bytes, at);
        out.add(Kind::pixels, at, end);
        at = end;
    }
    out.end = std::min<std::uint64_t>(at, bytes.size());
    if (!is_ended && out.damage.empty()) {
        out.damage = "image: the jpeg is cut short or damaged";
        out.end = bytes.size();
    }
    join_pieces(pieces, out);
    return out;
}

}  // namespace plumbline::formats
