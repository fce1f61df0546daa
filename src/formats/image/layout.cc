// SPDX-License-Identifier: Apache-2.0
#include "formats/image/layout.h"

#include <algorithm>

#include "formats/image/exif.h"

namespace plumbline::formats {

namespace {
using namespace std::string_view_literals;

// Two letters are too short a mark: the header behind them must be one too.
bool starts_bmp(const Fields& in) {
    if (!in.starts(0, "BM") || in.bytes.size() < 40 || in.u32(6) != 0) return false;
    const std::uint32_t header = in.u32(14);
    if (header == 12) return in.u16(22) == 1 && in.u32(10) >= 26 && in.u32(10) < 4096;
    const bool is_known = header == 40 || header == 52 || header == 56 || header == 64 || header == 108 || header == 124;
    return is_known && in.u16(26) == 1 && in.u32(10) >= 14 + header && in.u32(10) < 65536;
}
bool starts_heic(const Fields& in) {
    if (!in.starts(4, "ftyp") || !in.has(0, 16)) return false;
    for (const std::string_view brand : {"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "hevx"sv, "mif1"sv, "msf1"sv, "avif"sv, "avis"sv})
        if (in.starts(8, brand)) return true;
    return false;
}
}  // namespace

std::string_view image_kind(ByteView bytes) {
    if (bytes.size() < 12) return {};
    const Fields in{bytes, true};
    switch (in.u8(0)) {
        case 0xff: return in.starts(0, "\xff\xd8\xff") ? "jpeg"sv : ""sv;
        case 0x89: return in.starts(0, "\x89PNG\r\n\x1a\n") ? "png"sv : ""sv;
        case 'G': return (in.starts(0, "GIF87a") || in.starts(0, "GIF89a")) && bytes.size() > 13 ? "gif"sv : ""sv;
        case 'R': return in.starts(0, "RIFF") && in.starts(8, "WEBP") ? "webp"sv : ""sv;
        case 'B': return starts_bmp(in) ? "bmp"sv : ""sv;
        case 'I':
        case 'M': return starts_tiff(bytes) ? "tiff"sv : ""sv;
        case 'P': return read_pnm(bytes).end > 0 ? "pnm"sv : ""sv;
        case 0: return starts_heic(in) ? "heic"sv : ""sv;
        default: return {};
    }
}

Layout layout_of(ByteView bytes, std::string_view kind, Budget& budget) {
    Layout out;
    if (kind == "jpeg") out = read_jpeg(bytes, budget);
    if (kind == "png") out = read_png(bytes, budget);
    if (kind == "gif") out = read_gif(bytes, budget);
    if (kind == "webp") out = read_webp(bytes, budget);
    if (kind == "bmp") out = read_bmp(bytes);
    if (kind == "pnm") out = read_pnm(bytes);
    if (kind == "tiff") out = read_tiff(bytes, budget);
    if (kind == "heic") out = read_heic(bytes, budget);
    out.kind = kind;
    out.end = std::min<std::uint64_t>(out.end, bytes.size());
    // A range that a lie made is cut to what is there.
    for (Stretch& stretch : out.stretches) stretch.range = {std::min(stretch.range.begin, out.end), std::min(stretch.range.end, out.end)};
    for (Range& range : out.exif) range = {std::min(range.begin, out.end), std::min(range.end, out.end)};
    for (Range& range : out.remarks) range = {std::min(range.begin, out.end), std::min(range.end, out.end)};
    return out;
}

}  // namespace plumbline::formats
