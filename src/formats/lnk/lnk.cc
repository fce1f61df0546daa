// SPDX-License-Identifier: Apache-2.0
#include "formats/lnk/lnk.h"

#include <algorithm>

#include "formats/little.h"
#include "formats/sqlite/located_text.h"

namespace plumbline::formats {

namespace {
using namespace std::string_view_literals;
constexpr std::string_view magic = "\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"sv;
constexpr std::string_view jump_list_end = "\xab\xfb\xbf\xba"sv;
constexpr std::size_t header_size = 76;
constexpr std::size_t items_max = 256;  // of a shell path, and blocks behind the strings

class Link {
  public:
    Link(ByteView bytes, Budget& budget) : bytes_(bytes), text_(budget) {}

    void read() {
        const std::uint64_t flags = little(bytes_, 20, 4);
        std::uint64_t at = header_size;
        taken.add(0, std::min<std::uint64_t>(header_size, bytes_.size()));
        if (flags & 1) at = read_items(at);
        if ((flags & 2) && !is_damaged(at, 4)) at = read_link_info(at);
        static constexpr std::string_view labels[] = {"Name: ", "Relative path: ", "Working folder: ", "Arguments: ", "Icon: "};
        for (unsigned i = 0; i < 5; ++i) {
            if (!(flags & (4U << i)) || is_damaged(at, 2)) continue;
            const std::uint64_t units = little(bytes_, at, 2);
            const bool is_wide = flags & 0x80;
            const std::uint64_t size = units * (is_wide ? 2 : 1);
            if (is_damaged(at + 2, size)) break;
            line(labels[i], at + 2, size, is_wide);
            at += 2 + size;
        }
        for (std::size_t i = 0; i < items_max && damage.empty() && little(bytes_, at, 4) >= 8; ++i) {
            const std::uint64_t size = little(bytes_, at, 4);
            if (is_damaged(at, size)) break;
            read_block(at, size);
            at += size;
        }
    }
    LocatedText& text() { return text_; }
    std::string damage;
    Taken taken;

  private:
    bool is_damaged(std::uint64_t at, std::uint64_t size) {
        if (damage.empty() && (at > bytes_.size() || bytes_.size() - at < size)) damage = "lnk: damaged or cut short";
        return !damage.empty();
    }
    // A string of known size, up to its first zero.
    void line(std::string_view label, std::uint64_t at, std::uint64_t size, bool is_wide) {
        if (at >= bytes_.size()) return;
        ByteView all = bytes_.subspan(at, std::min<std::uint64_t>(size, bytes_.size() - at));
        std::size_t end = 0;
        const std::size_t unit = is_wide ? 2 : 1;
        while (end + unit <= all.size() && little(all, end, static_cast<unsigned>(unit)) != 0) end += unit;
        all = all.first(end);
        if (all.empty()) return;
        text_.made(label, at);
        if (is_wide) text_.wide(all, at);
        else text_.same(all, at);
        text_.made("\n", at + end);
        taken.add(at, at + end);
    }
    void say(std::string_view label, const std::string& value, std::uint64_t at) {
        text_.made(label, at);
        text_.made(value, at);
        text_.made("\n", at);
    }

    // The target as the shell sees it: names of files and folders, of volumes, of machines.
    std::uint64_t read_items(std::uint64_t at) {
        if (is_damaged(at, 2)) return at;
        const std::uint64_t end = at + 2 + little(bytes_, at, 2);
        if (is_damaged(at, end - at)) return at;
        at += 2;
        for (std::size_t i = 0; i < items_max && end - at >= 3; ++i) {
            const std::uint64_t size = little(bytes_, at, 2);
            if (size < 3 || size > end - at) break;
            read_item(at, size);
            at += size;
        }
        return end;
    }
    void read_item(std::uint64_t at, std::uint64_t size) {
        const std::uint64_t type = little(bytes_, at + 2, 1);
        const ByteView item = bytes_.subspan(at, size);
        if ((type & 0x70) == 0x20 && type != 0x2e && type != 0x20) return line("Volume: ", at + 3, size - 3, false);
        if ((type & 0x70) == 0x40 && size > 5) return line("Network: ", at + 5, size - 5, false);
        if ((type & 0x70) != 0x30 || size < 16) return;
        line("Item: ", at + 14, size - 14, type & 4);
        // The long name stands in an extension block with the mark BEEF0004; its place depends on the block's version.
        const std::size_t mark = text_of(item).find("\x04\x00\xef\xbe"sv);
        if (mark == std::string_view::npos || mark < 4) return;
        const std::uint64_t version = little(item, mark - 2, 2);
        std::uint64_t name = mark - 4 + 18;
        if (version >= 7) name += 18;
        if (version >= 3) name += 2;
        if (version >= 9) name += 4;
        if (version >= 8) name += 4;
        if (version >= 3 && name < size) line("Item: ", at + name, size - name, true);
    }

    // Section 2.3. Offsets count from the structure's first byte.
    std::uint64_t read_link_info(std::uint64_t at) {
        const std::uint64_t size = little(bytes_, at, 4);
        if (size < 28 || is_damaged(at, size)) {
            damage = "lnk: damaged or cut short";
            return at;
        }
        const ByteView info = bytes_.subspan(at, size);
        const std::uint64_t flags = little(info, 8, 4);
        const bool has_wide = little(info, 4, 4) >= 36;
        const auto string = [&](std::string_view label, std::uint64_t offset, bool is_wide) {
            if (offset >= 28 && offset < size) line(label, at + offset, size - offset, is_wide);
        };
        if (flags & 1) {
            read_volume(at, info, little(info, 12, 4));
            string("Local path: ", little(info, 16, 4), false);
            if (has_wide) string("Local path: ", little(info, 28, 4), true);
        }
        if (flags & 2) read_network(at, info, little(info, 20, 4));
        string("Path behind: ", little(info, 24, 4), false);
        if (has_wide) string("Path behind: ", little(info, 32, 4), true);
        return at + size;
    }
    void read_volume(std::uint64_t at, ByteView info, std::uint64_t offset) {
        const std::uint64_t size = little(info, offset, 4);
        if (size < 16 || offset > info.size() || size > info.size() - offset) return;
        const std::uint64_t serial = little(info, offset + 8, 4);
        say("Volume serial: ", fmt::format("{:04X}-{:04X}", serial >> 16, serial & 0xffff), at + offset + 8);
        const std::uint64_t label = little(info, offset + 12, 4);
        const bool is_wide = label == 0x14;
        const std::uint64_t start = is_wide ? little(info, offset + 16, 4) : label;
        if (start >= 16 && start < size) line("Volume label: ", at + offset + start, size - start, is_wide);
    }
    void read_network(std::uint64_t at, ByteView info, std::uint64_t offset) {
        const std::uint64_t size = little(info, offset, 4);
        if (size < 20 || offset > info.size() || size > info.size() - offset) return;
        const auto string = [&](std::string_view label, std::uint64_t place, bool is_wide) {
            const std::uint64_t start = little(info, offset + place, 4);
            if (start >= 20 && start < size) line(label, at + offset + start, size - start, is_wide);
        };
        string("Network path: ", 8, false);
        string("Device: ", 12, false);
        if (little(info, offset + 8, 4) <= 20) return;
        string("Network path: ", 20, true);
        string("Device: ", 24, true);
    }

    // Section 2.5: blocks with a mark.
    void read_block(std::uint64_t at, std::uint64_t size) {
        switch (little(bytes_, at + 4, 4)) {
            case 0xa0000001: return path_block("Target: ", at, size);
            case 0xa0000006: return path_block("Application: ", at, size);
            case 0xa0000007: return path_block("Icon: ", at, size);
            case 0xa0000003: return read_tracker(at, size);
            default: return;
        }
    }
    void path_block(std::string_view label, std::uint64_t at, std::uint64_t size) {
        if (size < 0x314) return;
        line(label, at + 8, 260, false);
        line(label, at + 268, 520, true);
    }
    // The machine that made the link. A file's droid is a UUID of version 1 (RFC 4122 section 4.1): its last six bytes are the
    // address of a network card, unless their multicast bit says that they are random.
    void read_tracker(std::uint64_t at, std::uint64_t size) {
        if (size < 0x60) return;
        line("Machine: ", at + 16, 16, false);
        std::string said;
        for (const std::uint64_t droid : {at + 48, at + 80}) {
            const std::uint64_t node = droid + 10;
            if (little(bytes_, droid + 7, 1) >> 4 != 1 || (little(bytes_, node, 1) & 1) != 0) continue;
            std::string mac;
            for (unsigned i = 0; i < 6; ++i) mac += fmt::format("{}{:02x}", i ? ":" : "", little(bytes_, node + i, 1));
            if (mac == said) continue;
            say("MAC address: ", mac, node);
            said = std::move(mac);
        }
    }

    ByteView bytes_;
    LocatedText text_;
};
}  // namespace

bool looks_like_lnk(ByteView bytes, const Hints&) { return bytes.size() >= header_size && text_of(bytes).starts_with(magic); }

void open_lnk(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    Link link(bytes, budget);
    if (budget.take_steps(bytes.size())) link.read();
    else link.damage = "lnk: over the budget of steps";
    if (!link.damage.empty()) visitor.unread(0, "lnk", link.damage);
    Decoded view = link.text().take("lnk", 0, bytes.size());
    if (!view.damage.empty()) visitor.unread(0, "lnk", view.damage);
    visitor.readable(text_of(view.bytes));
    if (!view.bytes.empty()) visitor.decoded(std::move(view), Hints{}, true);
    link.taken.give_rest(bytes, visitor);
}

Result<Bytes> decode_lnk(ByteView bytes, Budget& budget) {
    if (!looks_like_lnk(bytes, {})) return fail(ErrorKind::corrupt, "lnk: no link is there");
    Link link(bytes, budget);
    link.read();
    return std::move(link.text().take("lnk", 0, bytes.size()).bytes);
}

bool looks_like_jump_list(ByteView bytes, const Hints&) {
    return bytes.size() >= 16 && text_of(bytes).starts_with("\2\0\0\0"sv) && little(bytes, 4, 4) <= 65536 && little(bytes, 8, 4) == 0 && text_of(bytes).ends_with(jump_list_end);
}

// Categories with links behind their class; a link ends where the next one's class starts, or the category's end mark.
void open_jump_list(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    const std::string_view text = text_of(bytes);
    Taken taken;
    if (!budget.take_steps(2 * bytes.size())) {
        visitor.unread(0, "jumplist", "jumplist: over the budget of steps, scanned as it stands");
        return taken.give_rest(bytes, visitor);
    }
    const std::string_view link_class = magic.substr(4);
    for (std::size_t at = text.find(magic); at != std::string_view::npos;) {
        const std::size_t next = text.find(magic, at + magic.size());
        std::size_t end = next == std::string_view::npos ? text.size() : next;
        if (text.substr(0, end).ends_with(link_class)) end -= link_class.size();
        const std::size_t mark = text.substr(at, end - at).rfind(jump_list_end);
        if (mark != std::string_view::npos) end = at + mark;
        if (!budget.take_items(1)) {
            visitor.unread(at, "jumplist", "jumplist: over the budget of items, the rest is scanned as it stands");
            break;
        }
        Hints hints;
        hints.name = "link";
        visitor.window(at, end, hints, false);
        taken.add(at, end);
        at = next;
    }
    taken.give_rest(bytes, visitor);
}

}  // namespace plumbline::formats
