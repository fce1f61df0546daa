// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/word.h"

#include <algorithm>

#include "formats/little.h"

namespace plumbline::formats {

namespace {
constexpr unsigned version_97 = 0xc1;
constexpr std::string_view line_ends = "\r\x07\x0b\x0c";
unsigned flags_of(ByteView stream) { return little16(stream, 10); }
bool is_97(ByteView stream) { return little16(stream, 2) >= version_97; }
}  // namespace

bool looks_like_word(ByteView stream) {
    if (stream.size() < 64) return false;
    const unsigned mark = little16(stream, 0);
    return mark == 0xa5ec || mark == 0xa5dc;
}
bool is_encrypted_word(ByteView stream) { return (flags_of(stream) & 0x0100) != 0; }
std::string_view table_of_word(ByteView stream) {
    if (!is_97(stream)) return {};
    return (flags_of(stream) & 0x0200) != 0 ? "1Table" : "0Table";
}

TextView read_word(const CompoundStream& document, ByteView table, std::string_view decoder, Budget& budget, std::string& damage) {
    TextView view(decoder, budget);
    view.set_line_ends(line_ends);
    const Source source{document.bytes, &document.runs};
    if (!is_97(document.bytes)) {
        // Word 6 and 95 in its usual form: one stretch in the writer's code page.
        const std::uint64_t begin = little32(document.bytes, 24);
        const std::uint64_t end = little32(document.bytes, 28);
        if (begin < end) view.narrow(source, begin, end - begin, "windows-1252");
        return view;
    }
    // FibRgFcLcb97, number 33: the place and size of the Clx ([MS-DOC] 2.5.6, 2.9.38).
    const ByteView clx = cut(table, little32(document.bytes, 0x1a2), little32(document.bytes, 0x1a6));
    std::uint64_t at = 0;
    while (at + 3 <= clx.size() && clx[at] == std::byte{1}) at += 3 + little16(clx, at + 1);
    if (at + 5 > clx.size() || clx[at] != std::byte{2}) {
        damage = "doc: the piece table is not there";
        return view;
    }
    const ByteView plc = cut(clx, at + 5, little32(clx, at + 1));
    const std::uint64_t count = plc.size() < 16 ? 0 : (plc.size() - 4) / 12;
    if (plc.size() < little32(clx, at + 1)) damage = "doc: the piece table is cut short";
    for (std::uint64_t i = 0; i < count && !view.is_over() && budget.take_steps(16); ++i) {
        const std::uint64_t from = little32(plc, 4 * i);
        const std::uint64_t to = little32(plc, 4 * i + 4);
        if (to <= from) continue;
        const std::uint32_t place = little32(plc, 4 * (count + 1) + 8 * i + 2);
        // A piece that is longer than its stream ends with it.
        if ((place & 0x40000000) != 0) view.narrow(source, (place & 0x3fffffff) / 2, to - from, "windows-1252");
        else view.wide(source, place & 0x3fffffff, to - from);
    }
    return view;
}

}  // namespace plumbline::formats
