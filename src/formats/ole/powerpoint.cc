// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/powerpoint.h"

#include "formats/gzip/gzip.h"
#include "formats/little.h"

namespace plumbline::formats {

namespace {
enum Type : unsigned { document = 0x03e8, text_wide = 0x0fa0, text_narrow = 0x0fa8, text_string = 0x0fba, object = 0x1011, crypt = 0x2f14 };

// Calls `atom(type, instance, at, size)` for every record that holds no others. Containers are simply entered, so no depth
// is needed. False where the budget ended.
template <class Atom>
bool each_atom(ByteView stream, Budget& budget, Atom&& atom) {
    for (std::uint64_t at = 0; at + 8 <= stream.size();) {
        if (!budget.take_steps(16)) return false;
        const unsigned head = little16(stream, at);
        const unsigned type = little16(stream, at + 2);
        const std::uint64_t size = little32(stream, at + 4);
        if ((head & 15) == 15) {
            if (type == crypt) atom(type, head >> 4, at + 8, size);
            at += 8;
            continue;
        }
        atom(type, head >> 4, at + 8, std::min<std::uint64_t>(size, stream.size() - at - 8));
        at += 8 + size;
    }
    return true;
}
}  // namespace

bool looks_like_presentation(ByteView stream) {
    return stream.size() >= 8 && little16(stream, 0) == 0x000f && little16(stream, 2) == document;
}

TextView read_presentation(ByteView stream, Budget& budget) {
    TextView view("ppt", budget);
    view.set_line_ends("\r\x0b");
    each_atom(stream, budget, [&](unsigned type, unsigned, std::uint64_t at, std::uint64_t size) {
        if (type != text_wide && type != text_narrow && type != text_string) return;
        if (type == text_narrow) view.narrow({stream, nullptr}, at, size, "windows-1252");
        else view.wide({stream, nullptr}, at, size / 2);
        view.made("\n");
    });
    return view;
}

void open_presentation(ByteView stream, Budget& budget, Visitor& visitor) {
    TextView view = read_presentation(stream, budget);
    Coverage taken = view.taken();
    give_view(view, stream.size(), visitor);
    bool is_encrypted = false;
    const bool is_all = each_atom(stream, budget, [&](unsigned type, unsigned instance, std::uint64_t at, std::uint64_t size) {
        if (type == crypt) is_encrypted = true;
        if (type != object || size < 8 || !budget.take_items(1)) return;
        taken.add(at, at + size);
        if (instance != 1) return visitor.window(at, at + size, Hints{}, false);
        Decoded child = decode_zlib(stream.subspan(at + 4, size - 4), budget);
        child.offset = at + 4;
        if (!child.damage.empty()) visitor.unread(at + 4, "zlib", "ppt: " + child.damage);
        if (!child.bytes.empty()) visitor.decoded(std::move(child), Hints{}, false);
    });
    if (is_encrypted) visitor.unread(0, "ppt", "ppt: encrypted");
    if (!is_all) visitor.unread(0, "ppt", "ppt: over the budget of steps");
    give_rest(stream, taken, visitor);
}

void open_pictures(ByteView stream, Budget& budget, Visitor& visitor) {
    Coverage taken;
    each_atom(stream, budget, [&](unsigned type, unsigned instance, std::uint64_t at, std::uint64_t size) {
        // One or two digests of 16 bytes and a tag stand before the picture ([MS-ODRAW] 2.2.27, 2.2.28).
        const bool is_jpeg = type == 0xf01d;
        if (!is_jpeg && type != 0xf01e) return;
        const std::uint64_t skipped = (instance & 1) != 0 ? 33 : 17;
        if (size <= skipped || !budget.take_items(1)) return;
        taken.add(at + skipped, at + size);
        Hints hints;
        hints.media_type = is_jpeg ? "image/jpeg" : "image/png";
        hints.name = is_jpeg ? "picture.jpg" : "picture.png";
        hints.is_file = true;
        visitor.window(at + skipped, at + size, hints, false);
    });
    give_rest(stream, taken, visitor);
}

}  // namespace plumbline::formats
