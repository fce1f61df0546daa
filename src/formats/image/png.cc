// SPDX-License-Identifier: Apache-2.0
// PNG: chunks of a size, a name, data and a checksum (W3C PNG, section 5). Text stands in tEXt as it is, in zTXt and some
// iTXt deflated; eXIf holds EXIF, iCCP a colour profile.
#include <algorithm>

#include "formats/image/exif.h"
#include "formats/image/layout.h"

namespace plumbline::formats {

namespace {
using Kind = Stretch::Kind;
constexpr std::string_view xmp_key = "XML:com.adobe.xmp";

// Behind the zero byte that ends a string at `at`; `end` where there is none.
std::uint64_t behind_zero(const Fields& in, std::uint64_t at, std::uint64_t end) {
    while (at < end && in.u8(at) != 0) ++at;
    return std::min(at + 1, end);
}

void read_text_chunk(const Fields& in, std::string_view name, std::uint64_t at, std::uint64_t end, Layout& out) {
    const std::uint64_t behind_key = behind_zero(in, at, end);
    if (name == "tEXt") {
        out.remarks.push_back({at, end});
    } else if (name == "zTXt") {
        if (in.u8(behind_key) == 0) out.add(Kind::deflated, behind_key + 1, end);
    } else {
        const bool is_deflated = in.u8(behind_key) == 1;
        const std::uint64_t text = behind_zero(in, behind_zero(in, std::min(behind_key + 2, end), end), end);
        if (is_deflated) {
            out.add(Kind::deflated, text, end);
        } else if (in.starts(at, xmp_key)) {
            out.add(Kind::markup, text, end);
        } else {
            out.remarks.push_back({at, end});
        }
    }
}
}  // namespace

Layout read_png(ByteView bytes, Budget& budget) {
    const Fields in{bytes, false};
    Layout out;
    std::uint64_t at = 8;
    bool is_ended = false;
    while (!is_ended && in.has(at, 12)) {
        const std::uint64_t size = in.u32(at);
        if (!in.has(at + 8, size + 4)) break;
        if (!budget.take_steps(64)) {
            out.damage = "image: over the budget of steps";
            break;
        }
        const std::string_view name = text_of(bytes.subspan(at + 4, 4));
        const std::uint64_t data = at + 8;
        if (name == "IHDR") {
            out.width = in.u32(data);
            out.height = in.u32(data + 4);
        } else if (name == "IDAT" || name == "fdAT") {
            out.add(Kind::pixels, at, data + size + 4);
        } else if (name == "tEXt" || name == "zTXt" || name == "iTXt") {
            read_text_chunk(in, name, data, data + size, out);
        } else if (name == "eXIf") {
            out.exif.push_back({data, data + size});
            read_exif_layout(bytes, {data, data + size}, budget, out);
        } else if (name == "iCCP") {
            out.add(Kind::skipped, data, data + size);
        }
        is_ended = name == "IEND";
        at = data + size + 4;
    }
    out.end = at;
    if (!is_ended && out.damage.empty()) {
        out.damage = "image: the png is cut short or damaged";
        out.end = bytes.size();
    }
    return out;
}

}  // namespace plumbline::formats
