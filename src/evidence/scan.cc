// SPDX-License-Identifier: Apache-2.0
#include "evidence/scan.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "base/hash.h"
#include "base/utf8.h"
#include "evidence/scan_text.h"
#include "evidence/scanners/host.h"
#include "evidence/scanners/phone.h"
#include "evidence/scanners/sink.h"
#include "evidence/slice.h"
#include "formats/archive/archive.h"
#include "formats/format.h"
#include "formats/html/html.h"
#include "formats/mail/transfer.h"
#include "formats/text/charset.h"
#include "formats/text/writing.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t context_characters = 32;

// What stands in a text, eight bytes at a time: a byte over 127, and one that is no printable letter.
struct Letters {
    bool has_wide = false;
    bool has_control = false;
};
Letters letters_of(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::uint64_t wide = 0;
    std::uint64_t control = 0;
    const auto look = [&](std::uint64_t word) {
        wide |= word;
        control |= (word + ones) | ((word - ones * 0x20) & ~word);
    };
    for (; text.size() >= 8; text.remove_prefix(8)) {
        std::uint64_t word;
        std::memcpy(&word, text.data(), 8);
        look(word);
    }
    for (const char c : text) look(ones * static_cast<unsigned char>(c));
    return {(wide & ones * 0x80) != 0, (control & ones * 0x80) != 0};
}

// Characters around a find, on one line.
std::string context_of(std::string_view text, std::size_t begin, std::size_t end) {
    std::size_t from = begin;
    for (std::size_t n = 0; from > 0 && n < context_characters; ++n) {
        --from;
        for (unsigned i = 0; i < 3 && from > 0 && (static_cast<unsigned char>(text[from]) & 0xc0) == 0x80; ++i) --from;
    }
    std::size_t to = end;
    for (std::size_t n = 0; to < text.size() && n < context_characters; ++n) {
        ++to;
        for (unsigned i = 0; i < 3 && to < text.size() && (static_cast<unsigned char>(text[to]) & 0xc0) == 0x80; ++i) ++to;
    }
    const std::string_view around = text.substr(from, to - from);
    const Letters letters = letters_of(around);
    std::string context = letters.has_wide ? utf8_repaired(around) : std::string(around);
    if (!letters.has_control) return context;
    for (char& c : context)
        if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
    return context;
}

// A view of another writing: which of its bytes were changed, what was found in the text around it, what it showed itself.
struct OtherWriting {
    Writing writing;
    const formats::OffsetMap& map;
    std::size_t begin;                  // of the view's source in the text
    const std::vector<Found>& around;
    std::vector<Found> shown;           // without values, in places of the view
};

class Scan {
  public:
    Scan(const ScanOptions& options, PartEvidence& out) : options_(options), budget_(options.budget), out_(out) {}

    void whole(ByteView bytes, std::string_view name) {
        formats::Hints hints;
        hints.name = name;
        Slice file;
        file.bytes = bytes;
        out_.format = formats::detect(bytes, hints).name;
        open(file, 0, bytes.size(), hints);
        finish();
    }

    // [begin, end) of `slice` is a child whose format is not known yet.
    void open(const Slice& slice, std::uint64_t begin, std::uint64_t end, const formats::Hints& hints);
    // The child of a format as an embedded file, sighted by its hash.
    void add_file(const std::string& where, std::uint64_t offset, ByteView bytes, const formats::Hints& hints) {
        if (!has_room()) return;
        Sighting sighting;
        sighting.kind = IndicatorKind::file;
        sighting.value = sha256(bytes).hex();
        sighting.text = hints.name.substr(0, 255);
        sighting.where = where;
        sighting.offset = offset;
        sighting.context = fmt::format("{} bytes", bytes.size());
        out_.sightings.push_back(std::move(sighting));
    }
    // [begin, end) of `slice` as text: what stands in it, and what stands in it in another writing. Of a view of
    // such a writing, only what touches a changed byte is new.
    void text(const Slice& slice, std::uint64_t begin, std::uint64_t end, OtherWriting* other = nullptr) {
        const std::string_view all = text_of(slice.bytes.subspan(begin, end - begin));
        std::vector<Found> found;
        std::vector<Sign> signs;
        scan_text(all, options_.region, memo_, found, classify_, &signs);
        if (other) {
            std::erase_if(found, [&](const Found& row) { return other->map.same_at(row.begin, row.end - row.begin) || is_known(row, *other); });
            std::erase_if(signs, [&](const Sign& sign) { return other->map.same_at(sign.begin, std::max<std::size_t>(sign.end - sign.begin, 3)); });
        }
        if (!signs.empty()) islands(slice, begin, all, signs, found);
        if (!other) wide_islands(slice, begin, all);
        for (Found& row : found) {
            if (other) other->shown.push_back({row.kind, row.begin, row.end, {}});
            add(slice, begin, all, std::move(row));
        }
    }
    bool shows() const { return out_.text.size() < options_.text_bytes_max; }
    // For people's eyes: line ends as "\n", no control characters, no more than two empty lines in a row.
    void show(std::string_view utf8) {
        if (out_.text.size() >= options_.text_bytes_max) return;
        std::string_view cut = utf8_prefix(utf8, options_.text_bytes_max - out_.text.size());
        for (const char c : cut) {
            if (c == '\r' || (c == '\n' && out_.text.ends_with("\n\n"))) continue;
            const bool is_control = (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == 127;
            out_.text.push_back(is_control ? ' ' : c);
        }
    }
    void unread(std::string where, std::string reason) {
        if (out_.unread.size() < options_.unread_max) out_.unread.push_back({std::move(where), std::move(reason)});
        else ++unread_left_out_;
    }
    formats::Budget& budget() { return budget_; }

  private:
    void add(const Slice& slice, std::uint64_t begin, std::string_view all, Found&& found) {
        if (!has_room()) return;
        Place place = place_of(slice, begin + found.begin, found.end - found.begin);
        Sighting sighting;
        sighting.kind = found.kind;
        sighting.value = std::move(found.value);
        sighting.text = all.substr(found.begin, found.end - found.begin);
        sighting.where = std::move(place.where);
        sighting.offset = place.offset;
        sighting.context = context_of(all, found.begin, found.end);
        out_.sightings.push_back(std::move(sighting));
    }
    void wide_islands(const Slice& slice, std::uint64_t begin, std::string_view all);
    // A URL with "%41" or "&#65;" in it is itself, and so is a magnet link; the view says nothing new about it.
    static bool is_known(const Found& row, const OtherWriting& other) {
        if (other.writing == Writing::plain || (row.kind != IndicatorKind::url && row.kind != IndicatorKind::magnet && row.kind != IndicatorKind::user_agent)) return false;
        const std::size_t begin = other.begin + other.map.source_of(row.begin);
        return std::any_of(other.around.begin(), other.around.end(), [&](const Found& known) { return known.kind == row.kind && known.begin == begin; });
    }
    void islands(const Slice& slice, std::uint64_t begin, std::string_view all, const std::vector<Sign>& signs, std::vector<Found>& found);
    void island(const Slice& slice, std::uint64_t begin, std::string_view all, const Island& island, std::vector<Found>& found);

    // Most sightings of a file share the path before their last offset, so that is compared first and as a number.
    void sort_sightings() {
        struct Key {
            std::string_view path;
            std::uint64_t offset;
            std::size_t index;
        };
        std::vector<Sighting>& all = out_.sightings;
        std::vector<Key> keys;
        keys.reserve(all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::string_view where = all[i].where;
            std::size_t digits = where.size();
            while (all[i].kind != IndicatorKind::file && digits > 0 && is_digit(where[digits - 1])) --digits;
            keys.push_back({where.substr(0, digits), all[i].offset, i});
        }
        const auto less = [&](const Key& x, const Key& y) {
            const Sighting& a = all[x.index];
            const Sighting& b = all[y.index];
            const bool has_offsets = a.kind != IndicatorKind::file && b.kind != IndicatorKind::file;
            if (has_offsets && x.path == y.path) {
                if (x.offset != y.offset) return x.offset < y.offset;
            } else if (a.where != b.where) {
                return where_less(a.where, b.where);
            }
            return std::tie(a.kind, a.text, x.index) < std::tie(b.kind, b.text, y.index);
        };
        if (std::is_sorted(keys.begin(), keys.end(), less)) return;
        std::sort(keys.begin(), keys.end(), less);
        std::vector<Sighting> sorted;
        sorted.reserve(all.size());
        for (const Key& key : keys) sorted.push_back(std::move(all[key.index]));
        all = std::move(sorted);
    }

    bool has_room() {
        if (out_.sightings.size() < options_.sightings_max) return true;
        ++sightings_left_out_;
        return false;
    }
    void finish() {
        sort_sightings();
        // A stretch that two views show (an attribute that is also text) is one sighting.
        const auto same = [](const Sighting& a, const Sighting& b) { return a.kind == b.kind && a.where == b.where && a.text == b.text; };
        out_.sightings.erase(std::unique(out_.sightings.begin(), out_.sightings.end(), same), out_.sightings.end());
        std::stable_sort(out_.unread.begin(), out_.unread.end(), [](const Unread& a, const Unread& b) { return where_less(a.where, b.where); });
        if (unread_left_out_ > 0) out_.unread.push_back({"0", fmt::format("{} more parts that could not be read", unread_left_out_)});
        if (sightings_left_out_ > 0)
            out_.unread.push_back({"0", fmt::format("over the limit of {} sightings: {} left out", options_.sightings_max, sightings_left_out_)});
    }

    const ScanOptions& options_;
    formats::Budget budget_;
    PartEvidence& out_;
    Memo memo_;
    const Classify classify_ = best_classify();
    std::uint64_t sightings_left_out_ = 0;
    std::uint64_t unread_left_out_ = 0;
};

// Receives the children of one opened stretch of a slice.
class Children final : public formats::Visitor {
  public:
    Children(Scan& scan, const Slice& slice, std::uint64_t begin, std::uint64_t end, std::string_view format)
        : scan_(scan), slice_(slice), begin_(begin), end_(end), format_(format) {}

    void window(std::uint64_t begin, std::uint64_t end, const formats::Hints& hints, bool is_own) override {
        begin += begin_;
        end += begin_;
        const ByteView bytes = slice_.bytes.subspan(begin, end - begin);
        if (is_own) {
            scan_.text(slice_, begin, end);
            if (format_ == "text" && !hints.is_repeated && scan_.shows()) scan_.show(formats::to_utf8(bytes.first(shown(bytes)), hints.charset));
            return;
        }
        if (hints.is_file) scan_.add_file(fmt::format("{}{}-raw:{}", slice_.prefix, begin, bytes.size()), begin, bytes, hints);
        scan_.open(slice_, begin, end, hints);
    }

    void decoded(formats::Decoded&& child, const formats::Hints& hints, bool is_view) override {
        Slice slice;
        slice.bytes = child.bytes;
        slice.parent = &slice_;
        slice.parent_offset = begin_ + child.offset;
        slice.map = child.map.empty() ? nullptr : &child.map;
        std::string path = slice_.prefix + std::to_string(slice.parent_offset) + "-" + child.decoder;
        slice.prefix = path + "-";
        if (is_view) {
            scan_.text(slice, 0, slice.bytes.size());
            if (child.decoder == "html" && !hints.is_repeated && scan_.shows()) show_html(slice.bytes, hints);
            return;
        }
        if (hints.is_file) {
            if (child.decoder == "base64" || child.decoder == "qp") path += ":" + std::to_string(child.size_in);
            scan_.add_file(path, slice.parent_offset, slice.bytes, hints);
        }
        formats::Hints inside = hints;
        inside.is_file = false;
        scan_.open(slice, 0, slice.bytes.size(), inside);
    }

    void unread(std::uint64_t offset, std::string_view decoder, std::string reason) override {
        std::string where = slice_.prefix + std::to_string(begin_ + offset);
        if (!decoder.empty()) where += "-" + std::string(decoder);
        scan_.unread(std::move(where), std::move(reason));
    }
    void readable(std::string_view utf8) override { scan_.show(utf8); }

  private:
    static std::size_t shown(ByteView bytes) { return std::min<std::size_t>(bytes.size(), 1024 * 1024); }
    // The view's bytes are in the writer's character set, but references were decoded as UTF-8: where both occur, the
    // source is converted first and read again.
    void show_html(ByteView view_bytes, const formats::Hints& hints) {
        const bool is_ascii = std::all_of(view_bytes.begin(), view_bytes.end(), [](std::byte b) { return b < std::byte{0x80}; });
        if (is_ascii || hints.charset.empty() || hints.charset == "utf-8" || hints.charset == "us-ascii") {
            scan_.show(formats::to_utf8(view_bytes.first(shown(view_bytes)), ""));
        } else {
            const ByteView source = slice_.bytes.subspan(begin_, end_ - begin_);
            const std::string utf8 = formats::to_utf8(source.first(shown(source)), hints.charset);
            formats::Budget budget;
            scan_.show(utf8_repaired(text_of(formats::read_html(view(utf8), budget).text.bytes)));
        }
        scan_.show("\n");
    }

    Scan& scan_;
    const Slice& slice_;
    std::uint64_t begin_;
    std::uint64_t end_;
    std::string_view format_;
};

void Scan::islands(const Slice& slice, std::uint64_t begin, std::string_view all, const std::vector<Sign>& signs, std::vector<Found>& found) {
    if (budget_.depth_left == 0) return unread(slice.prefix + std::to_string(begin), "nested too deep: other writings in it are not read");
    --budget_.depth_left;
    for (const Island& one : islands_of(all, signs)) {
        if (!budget_.take_items(1)) {
            unread(slice.prefix + std::to_string(begin + one.begin), "over the budget of items: other writings from here on are not read");
            break;
        }
        island(slice, begin, all, one, found);
    }
    ++budget_.depth_left;
}

void Scan::island(const Slice& slice, std::uint64_t begin, std::string_view all, const Island& one, std::vector<Found>& found) {
    const ByteView source = view(all.substr(one.begin, one.end - one.begin));
    formats::Decoded child;
    switch (one.writing) {
        case Writing::plain: child = formats::decode_plain(source, budget_); break;
        case Writing::percent: child = formats::decode_percent(source, budget_); break;
        case Writing::entities: child = formats::decode_references(source, budget_); break;
        case Writing::base64: child = formats::decode_base64(source, budget_); break;
        case Writing::hex: child = formats::decode_hex(source, budget_); break;
    }
    Slice inner;
    inner.bytes = child.bytes;
    inner.parent = &slice;
    inner.parent_offset = begin + one.begin;
    inner.map = &child.map;
    const std::string path = slice.prefix + std::to_string(inner.parent_offset) + "-" + child.decoder;
    inner.prefix = path + "-";
    if (!child.damage.empty() && child.damage.ends_with("budget")) return unread(path, child.damage);
    if (one.writing == Writing::base64 || one.writing == Writing::hex) return open(inner, 0, inner.bytes.size(), {});
    OtherWriting other{one.writing, child.map, one.begin, found, {}};
    text(inner, 0, inner.bytes.size(), &other);
    // "evil.co[.]uk" is no "evil.co": what the plain writing shows whole is not shown in part.
    if (one.writing != Writing::plain) return;
    for (const Found& whole : other.shown) {
        const std::size_t from = one.begin + child.map.source_of(whole.begin);
        const std::size_t to = whole.end >= inner.bytes.size() ? one.end : one.begin + child.map.source_of(whole.end);
        std::erase_if(found, [&](const Found& row) {
            if (row.kind != whole.kind || row.begin < from || row.end > to) return false;
            return row.begin == from || (row.end == to && row.kind != IndicatorKind::url);
        });
    }
}

// Runs of eight letters or more in UTF-16 inside other bytes: in programs, databases, pieces of disks.
void Scan::wide_islands(const Slice& slice, std::uint64_t begin, std::string_view all) {
    constexpr std::size_t letters_min = 8;
    const auto is_letter_at = [&](std::size_t at) { return at < all.size() && ((all[at] >= ' ' && all[at] < 127) || all[at] == '\t' || all[at] == '\r' || all[at] == '\n'); };
    for (std::size_t zero = 0; (zero = all.find('\0', zero)) != std::string_view::npos;) {
        const bool is_big_endian = zero == 0 || !is_letter_at(zero - 1);
        const std::size_t from = is_big_endian ? zero : zero - 1;
        std::size_t to = from;
        while (to + 1 < all.size() && is_letter_at(to + is_big_endian) && all[to + !is_big_endian] == '\0') to += 2;
        zero = std::max(zero + 1, to);
        while (zero + 1 < all.size() && all[zero] == '\0' && all[zero + 1] == '\0') ++zero;
        if (to - from < 2 * letters_min) continue;
        if (!budget_.take_items(1)) return unread(slice.prefix + std::to_string(begin + from), "over the budget of items: UTF-16 from here on is not read");
        const formats::Decoded child = formats::decode_utf16(view(all.substr(from, to - from)), is_big_endian, budget_);
        Slice inner;
        inner.bytes = child.bytes;
        inner.parent = &slice;
        inner.parent_offset = begin + from;
        inner.map = &child.map;
        inner.prefix = slice.prefix + std::to_string(inner.parent_offset) + "-" + child.decoder + "-";
        if (!child.damage.empty()) return unread(slice.prefix + std::to_string(inner.parent_offset), child.damage);
        text(inner, 0, inner.bytes.size());
    }
}

void Scan::open(const Slice& slice, std::uint64_t begin, std::uint64_t end, const formats::Hints& hints) {
    const ByteView bytes = slice.bytes.subspan(begin, end - begin);
    if (bytes.empty()) return;
    if (budget_.depth_left == 0) {
        unread(slice.prefix + std::to_string(begin), "nested too deep: not opened, scanned as it stands");
        text(slice, begin, end);
        return;
    }
    --budget_.depth_left;
    const formats::Format& format = formats::detect(bytes, hints);
    Children children(*this, slice, begin, end, format.name);
    format.open(bytes, hints, budget_, children);
    ++budget_.depth_left;
}
}  // namespace

ScanOptions scan_options(const Limits& limits) {
    ScanOptions options;
    options.budget.depth_left = limits.decode_depth_max;
    options.budget.bytes_out_left = limits.decode_bytes_out_max;
    options.budget.items_left = limits.decode_items_max;
    options.sightings_max = limits.sightings_max;
    return options;
}

PartEvidence scan_part(ByteView bytes, std::string_view name, const ScanOptions& options) {
    PartEvidence out;
    out.name = name;
    out.sha256 = sha256(bytes).hex();
    out.size_bytes = bytes.size();
    Scan(options, out).whole(bytes, name);
    return out;
}

Result<Bytes> print_bytes_at(ByteView file, std::string_view text, const ScanOptions& options) {
    const Where where = TRY(parse_where(text));
    formats::Budget budget = options.budget;
    Bytes held;
    ByteView bytes = file;
    for (const WhereStep& step : where.steps) {
        Bytes next = TRY(formats::decode_at(bytes, step.offset, step.decoder, step.argument, budget));
        held = std::move(next);
        bytes = held;
    }
    if (!where.offset) return to_bytes(bytes);
    if (*where.offset >= bytes.size()) return fail(ErrorKind::invalid, "where: offset {} is behind the end at {}", *where.offset, bytes.size());
    std::uint64_t size = where.size.value_or(0);
    if (!where.size) {
        for (const Sighting& sighting : scan_part(file, "", options).sightings)
            if (sighting.where == text && sighting.kind != IndicatorKind::file) size = std::max<std::uint64_t>(size, sighting.text.size());
        if (size == 0) return fail(ErrorKind::invalid, "where: no sighting starts there; write \"{}+N\" for N bytes", text.substr(0, 200));
    }
    bytes = bytes.subspan(*where.offset);
    if (size > bytes.size()) return fail(ErrorKind::invalid, "where: only {} bytes are there", bytes.size());
    return to_bytes(bytes.first(size));
}

void prepare_scan() {
    prepare_hosts();
    prepare_phones();
    formats::prepare_charsets();
    formats::prepare_archives();
    // Hashes load their algorithms at first use.
    scan_part(view("From: a@example.com\nTo: b@example.com\nSubject: =?koi8-r?Q?=D4?=\n\n+44 20 7946 0958 ::1 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2\n"), "", {});
}

}  // namespace plumbline::evidence
