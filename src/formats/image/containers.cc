// SPDX-License-Identifier: Apache-2.0
// GIF (89a), WebP (RIFF), BMP, portable any-maps, and HEIF (ISO/IEC 23008-12: boxes, items and where they stand).
#include <algorithm>

#include "formats/image/exif.h"
#include "formats/image/layout.h"

namespace plumbline::formats {

namespace {
using Kind = Stretch::Kind;
constexpr std::uint64_t side_max = 1 << 24;  // no image is wider; numbers below it multiply without overflow

bool is_over(Budget& budget, Layout& out) {
    if (budget.take_steps(64)) return false;
    out.damage = "image: over the budget of steps";
    return true;
}
void cut(Layout& out, std::uint64_t size) {
    if (out.damage.empty()) out.damage = fmt::format("image: the {} is cut short or damaged", out.kind);
    out.end = size;
}

// The sub-blocks at `at`: where each one's data stands, and in `at` the place behind them. False where they have no end.
bool read_blocks(const Fields& in, std::uint64_t& at, std::vector<Range>* pieces, Budget& budget) {
    while (in.has(at, 1)) {
        const std::uint64_t size = in.u8(at);
        if (!in.has(at, 1 + size) || !budget.take_steps(4)) return false;
        if (pieces && size > 0) pieces->push_back({at + 1, at + 1 + size});
        at += 1 + size;
        if (size == 0) return true;
    }
    return false;
}
std::uint64_t colours_size(unsigned flags) { return flags & 0x80 ? 3ULL << ((flags & 7) + 1) : 0; }

// "\xff" "XMP DataXMP": the packet stands as it is, and 258 bytes behind it lead any reader of blocks to the end.
constexpr std::uint64_t xmp_trailer = 258;
}  // namespace

Layout read_gif(ByteView bytes, Budget& budget) {
    const Fields in{bytes, true};
    Layout out;
    out.kind = "gif";
    out.width = in.u16(6);
    out.height = in.u16(8);
    std::uint64_t at = 13 + colours_size(in.u8(10));
    while (in.has(at, 1) && !is_over(budget, out)) {
        const unsigned mark = in.u8(at);
        if (mark == 0x3b) {
            out.end = at + 1;
            return out;
        }
        const std::uint64_t start = at;
        if (mark == 0x2c && in.has(at, 11)) {
            // A picture that is larger than its screen is shown whole.
            out.width = std::max<std::uint64_t>(out.width, in.u16(at + 1) + in.u16(at + 5));
            out.height = std::max<std::uint64_t>(out.height, in.u16(at + 3) + in.u16(at + 7));
            at += 11 + colours_size(in.u8(at + 9));
            const std::uint64_t data = at;
            if (!read_blocks(in, at, nullptr, budget)) break;
            out.add(Kind::pixels, data, at);
        } else if (mark == 0x21 && in.has(at, 3)) {
            const unsigned label = in.u8(at + 1);
            const bool is_xmp = label == 0xff && in.starts(at + 3, "XMP DataXMP");
            at += is_xmp ? 14 : 2;
            Joined comment;
            if (!read_blocks(in, at, label == 0xfe ? &comment.pieces : nullptr, budget)) break;
            if (is_xmp && at - start > 14 + xmp_trailer) {
                out.add(Kind::markup, start + 14, at - xmp_trailer);
                out.add(Kind::skipped, at - xmp_trailer, at);
            }
            if (label != 0xfe) continue;
            comment.name = fmt::format("comment.{}", out.joined.size() + 1);
            out.add(Kind::told, start, at);
            out.joined.push_back(std::move(comment));
        } else {
            break;
        }
    }
    cut(out, bytes.size());
    return out;
}

Layout read_webp(ByteView bytes, Budget& budget) {
    const Fields in{bytes, true};
    Layout out;
    out.kind = "webp";
    const std::uint64_t end = 8 + static_cast<std::uint64_t>(in.u32(4));
    out.end = std::min<std::uint64_t>(end, bytes.size());
    std::uint64_t at = 12;
    while (at + 8 <= out.end && !is_over(budget, out)) {
        const std::string_view name = text_of(bytes.subspan(at, 4));
        const std::uint64_t data = at + 8;
        const std::uint64_t size = std::min<std::uint64_t>(in.u32(at + 4), out.end - data);
        if (name == "VP8X") {
            out.width = 1 + (in.number(data + 4, 3));
            out.height = 1 + (in.number(data + 7, 3));
        } else if (name == "VP8 " || name == "VP8L" || name == "ANMF" || name == "ALPH") {
            out.add(Kind::pixels, data, data + size);
            if (out.width == 0 && name == "VP8 ") {
                out.width = in.u16(data + 6) & 0x3fff;
                out.height = in.u16(data + 8) & 0x3fff;
            } else if (out.width == 0 && name == "VP8L") {
                out.width = 1 + (in.u32(data + 1) & 0x3fff);
                out.height = 1 + (in.u32(data + 1) >> 14 & 0x3fff);
            }
        } else if (name == "EXIF") {
            const std::uint64_t tiff = in.starts(data, "Exif") && size > 6 ? data + 6 : data;
            out.exif.push_back({tiff, data + size});
            read_exif_layout(bytes, {tiff, data + size}, budget, out);
        } else if (name == "XMP ") {
            out.add(Kind::markup, data, data + size);
        } else if (name == "ICCP") {
            out.add(Kind::skipped, data, data + size);
        }
        at = data + ((size + 1) & ~1ULL);
    }
    if (end > bytes.size() || !out.damage.empty()) cut(out, bytes.size());
    return out;
}

Layout read_bmp(ByteView bytes) {
    const Fields in{bytes, true};
    Layout out;
    out.kind = "bmp";
    const bool is_old = in.u32(14) == 12;
    out.width = is_old ? in.u16(18) : in.u32(18);
    out.height = is_old ? in.u16(20) : in.u32(22);
    if (!is_old && out.height >= 0x80000000) out.height = 0x100000000 - out.height;  // rows from the top
    const std::uint64_t bits = in.u16(is_old ? 24 : 28);
    const std::uint64_t method = is_old ? 0 : in.u32(30);
    std::uint64_t end = in.u32(2);
    if (out.width < side_max && out.height < side_max && bits <= 32 && (method == 0 || method == 3)) {
        const std::uint64_t pixels = in.u32(10) + (out.width * bits + 31) / 32 * 4 * out.height;
        end = std::max(end, pixels);
        if (pixels > bytes.size()) out.damage = "image: the bmp is cut short or damaged";
    }
    out.end = std::clamp<std::uint64_t>(end, 26, bytes.size());
    if (!out.damage.empty()) out.end = bytes.size();
    return out;
}

namespace {
// A number of a portable any-map's header: behind white space and comments. False where there is none.
bool read_number(ByteView bytes, std::uint64_t& at, std::uint64_t& value) {
    const std::string_view text = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 1024)));
    for (bool is_comment = false; at < text.size(); ++at) {
        is_comment = is_comment ? text[at] != '\n' : text[at] == '#';
        if (!is_comment && text[at] != ' ' && (text[at] < '\t' || text[at] > '\r')) break;
    }
    value = 0;
    const std::uint64_t start = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && value < side_max; ++at) value = value * 10 + static_cast<unsigned>(text[at] - '0');
    return at > start && at < text.size();
}
}  // namespace

// `end` 0 where the header is not one.
Layout read_pnm(ByteView bytes) {
    Layout out;
    out.kind = "pnm";
    if (bytes.size() < 8 || text_of(bytes.first(1)) != "P") return out;
    const char kind = text_of(bytes)[1];
    std::uint64_t at = 2;
    std::uint64_t top = 1;
    if (kind < '4' || kind > '6' || !read_number(bytes, at, out.width) || !read_number(bytes, at, out.height)) return out;
    if (kind != '4' && !read_number(bytes, at, top)) return out;
    if (out.width == 0 || out.height == 0 || out.width >= side_max || out.height >= side_max || top == 0 || top > 65535) return out;
    const std::uint64_t row = kind == '4' ? (out.width + 7) / 8 : out.width * (kind == '6' ? 3 : 1) * (top > 255 ? 2 : 1);
    out.pixels_at = at + 1;
    out.top = static_cast<unsigned>(top);
    const std::uint64_t end = out.pixels_at + row * out.height;
    out.end = std::min<std::uint64_t>(end, bytes.size());
    if (end > bytes.size()) out.damage = "image: the pnm is cut short or damaged";
    return out;
}

namespace {
struct Item {
    std::uint64_t id = 0;
    std::string_view type;
    std::string_view media_type;
};
struct Box {
    std::string_view type;
    std::uint64_t data = 0;
    std::uint64_t end = 0;
};
// The box at `at` of [at, end); `end` 0 where there is none.
Box box_at(const Fields& in, std::uint64_t at, std::uint64_t end) {
    Box box;
    if (at + 8 > end) return box;
    std::uint64_t size = in.u32(at);
    box.data = at + 8;
    if (size == 1) {
        size = in.number(at + 8, 8);
        box.data = at + 16;
    }
    if (size == 0) size = end - at;
    if (box.data > end || size < box.data - at || size > end - at) return box;
    box.type = text_of(in.bytes.subspan(at + 4, 4));
    if (!std::all_of(box.type.begin(), box.type.end(), [](char c) { return c >= ' ' && c < 127; })) return box;
    box.end = at + size;
    return box;
}

std::string_view string_at(const Fields& in, std::uint64_t at, std::uint64_t end) {
    const std::string_view text = text_of(in.bytes.subspan(std::min(at, end), end - std::min(at, end)));
    return text.substr(0, text.find('\0'));
}

// iinf, section 8.11.6 of ISO/IEC 14496-12: the items' numbers and types.
std::vector<Item> read_items(const Fields& in, const Box& iinf, Budget& budget) {
    std::vector<Item> items;
    std::uint64_t at = iinf.data + (in.u8(iinf.data) == 0 ? 6 : 8);
    for (Box box = box_at(in, at, iinf.end); box.end != 0 && budget.take_steps(64); at = box.end, box = box_at(in, at, iinf.end)) {
        const unsigned version = in.u8(box.data);
        if (box.type != "infe" || version < 2 || box.end - box.data < 13) continue;
        const std::uint64_t type_at = box.data + (version == 2 ? 8 : 10);
        Item item;
        item.id = in.number(box.data + 4, version == 2 ? 2 : 4);
        item.type = text_of(in.bytes.subspan(type_at, 4));
        const std::string_view name = string_at(in, type_at + 4, box.end);
        if (item.type == "mime") item.media_type = string_at(in, type_at + 5 + name.size(), box.end);
        items.push_back(item);
    }
    return items;
}

void add_item(const Fields& in, const Item& item, Range range, Budget& budget, Layout& out) {
    if (item.type == "Exif" && range.size() > 8) {
        const std::uint64_t tiff = range.begin + 4 + std::min<std::uint64_t>(in.u32(range.begin), range.size() - 4);
        out.add(Kind::skipped, range.begin, std::min(tiff, range.end));
        out.add(Kind::text, tiff, range.end);
        out.exif.push_back({tiff, range.end});
        read_exif_layout(in.bytes, {tiff, range.end}, budget, out);
    } else if (item.type == "mime") {
        out.add(item.media_type == "application/rdf+xml" ? Kind::markup : Kind::text, range.begin, range.end);
    }
}

// iloc, section 8.11.3: where each item's bytes stand. Only items of one extent, at a place of the file, are followed.
void read_places(const Fields& in, const Box& iloc, const std::vector<Item>& items, Budget& budget, Layout& out) {
    const unsigned version = in.u8(iloc.data);
    const unsigned sizes = in.u16(iloc.data + 4);
    const unsigned offset_size = sizes >> 12;
    const unsigned length_size = sizes >> 8 & 15;
    const unsigned base_size = sizes >> 4 & 15;
    const unsigned index_size = version == 0 ? 0 : sizes & 15;
    if (offset_size > 8 || length_size > 8 || base_size > 8 || index_size > 8) return;
    const unsigned wide = version < 2 ? 2 : 4;
    std::uint64_t at = iloc.data + 6 + wide;
    for (std::uint64_t count = in.number(iloc.data + 6, wide); count > 0 && at < iloc.end && budget.take_steps(64); --count) {
        const std::uint64_t id = in.number(at, wide);
        const unsigned method = version == 0 ? 0 : in.u16(at + wide) & 15;
        at += wide + (version == 0 ? 2 : 4);
        const std::uint64_t base = in.number(at, base_size);
        const std::uint64_t extents = in.u16(at + base_size);
        at += base_size + 2;
        const std::uint64_t begin = base + in.number(at + index_size, offset_size);
        const std::uint64_t size = in.number(at + index_size + offset_size, length_size);
        at += extents * (index_size + offset_size + length_size);
        const auto item = std::find_if(items.begin(), items.end(), [&](const Item& row) { return row.id == id; });
        if (item != items.end() && method == 0 && extents == 1 && size > 0 && begin >= 8 && in.has(begin, size)) add_item(in, *item, {begin, begin + size}, budget, out);
    }
}

void read_meta(const Fields& in, const Box& meta, Budget& budget, Layout& out) {
    std::vector<Item> items;
    Box places;
    std::uint64_t at = meta.data + 4;
    for (Box box = box_at(in, at, meta.end); box.end != 0 && budget.take_steps(64); at = box.end, box = box_at(in, at, meta.end)) {
        if (box.type == "iinf") items = read_items(in, box, budget);
        if (box.type == "iloc") places = box;
    }
    if (places.end != 0) read_places(in, places, items, budget, out);
}
}  // namespace

Layout read_heic(ByteView bytes, Budget& budget) {
    const Fields in{bytes, false};
    Layout out;
    out.kind = "heic";
    std::uint64_t at = 0;
    for (Box box = box_at(in, at, bytes.size()); box.end != 0 && !is_over(budget, out); at = box.end, box = box_at(in, at, bytes.size())) {
        if (box.type == "meta") read_meta(in, box, budget, out);
        if (box.type == "mdat") out.add(Kind::pixels, box.data, box.end);
    }
    out.end = at;
    if (in.has(at, 8) && in.u32(at) >= 8 && in.u32(at) < 1ULL << 31 && in.starts(at + 4, "mdat")) cut(out, bytes.size());
    return out;
}

}  // namespace plumbline::formats
