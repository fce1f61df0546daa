// SPDX-License-Identifier: Apache-2.0
#include "evidence/scan.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>

#include "base/hash.h"
#include "base/utf8.h"
#include "evidence/finds.h"
#include "evidence/packet_finds.h"
#include "evidence/repeats.h"
#include "evidence/scan_text.h"
#include "evidence/scanners/sink.h"
#include "evidence/slice.h"
#include "formats/carve/carve.h"
#include "formats/encoded/encoded.h"
#include "formats/format.h"
#include "formats/html/html.h"
#include "formats/mail/transfer.h"
#include "formats/mbox/mbox.h"
#include "formats/text/charset.h"
#include "formats/text/writing.h"
#include "formats/uuencode/uuencode.h"

namespace plumbline::evidence {

namespace {
// What one text needs while it is scanned; texts nest, so there is one for each level.
struct Level {
    std::vector<Found> found;
    std::vector<Sign> signs;
};

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
    Scan(const ScanOptions& options, Memo& memo, ScannedPart& part)
        : options_(options), budget_(options.budget), part_(part), out_(part.evidence), finds_(part.finds), memo_(memo) {}

    void whole(ByteView bytes, std::string_view name) {
        formats::Hints hints;
        hints.name = name;
        Slice file;
        file.bytes = bytes;
        out_.format = formats::detect(bytes, hints).name;
        open(file, 0, bytes.size(), hints);
        for (const char key : options_.xor_keys) {
            const formats::Decoded other = xored(file, key);
            open(slice_of(file, other), 0, other.bytes.size(), hints);
        }
        finish();
    }
    void stretch(const Stretch& stretch) {
        Slice file;
        file.bytes = stretch.window;
        file.base = stretch.window_at;
        out_.format = stretch.read_as;
        if (budget_.depth_left > 0) --budget_.depth_left;
        if (part_.begin < part_.end) {
            if (stretch.read_as == "mbox") mails(file);
            else margined(file, part_.begin - file.base, part_.end - file.base);
            for (const char key : options_.xor_keys) {
                const formats::Decoded other = xored(file, key);
                if (!other.bytes.empty()) margined(slice_of(file, other), part_.begin - file.base, part_.end - file.base);
            }
        }
        finish();
    }
    // The file (or the window of a stretch) with all its bytes XOR the key, read as a file of its own: its places begin
    // with "0-xor:5a-" and count as the file's do.
    formats::Decoded xored(const Slice& file, char key) {
        formats::Decoded out = formats::decode_xor(file.bytes, static_cast<std::uint8_t>(key), budget_);
        if (!out.damage.empty()) unread(file, 0, out.decoder, out.damage);
        return out;
    }
    static Slice slice_of(const Slice& file, const formats::Decoded& other) {
        Slice out;
        out.bytes = other.bytes;
        out.base = file.base;
        out.prefix = "0-" + other.decoder + "-";
        return out;
    }

    // [begin, end) of `slice` is a child whose format is not known yet.
    void open(const Slice& slice, std::uint64_t begin, std::uint64_t end, const formats::Hints& hints);
    // The child of a format as an embedded file, sighted by its hash.
    void add_file(const Slice& slice, const std::string& where, std::uint64_t offset, ByteView bytes, const formats::Hints& hints) {
        if (!owns(slice, offset) || !has_room()) return;
        const Slice* top = &slice;
        std::uint64_t root = offset;
        for (; top->parent; top = top->parent) root = top->parent_offset;
        finds_.add_file(finds_.add_path(where, root + top->base), slice.base + offset, std::string_view(hints.name).substr(0, 255), sha256(bytes).hex(),
                        fmt::format("{} bytes", bytes.size()));
    }
    // [begin, end) of `slice` as text: what stands in it, and what stands in it in another writing. Of a view of
    // such a writing, only what touches a changed byte is new.
    void text(const Slice& slice, std::uint64_t begin, std::uint64_t end, OtherWriting* other = nullptr) {
        const std::string_view all = text_of(slice.bytes.subspan(begin, end - begin));
        if (level_ == levels_.size()) levels_.push_back(std::make_unique<Level>());
        Level& level = *levels_[level_++];
        std::vector<Found>& found = level.found;
        std::vector<Sign>& signs = level.signs;
        found.clear();
        signs.clear();
        const Memo::Mark mark = memo_.mark();
        scan_text(all, options_.region, memo_, found, classify_, &signs);
        if (is_cut_) reach_on(reached(slice, begin, all), all.size(), signs);
        if (other) {
            std::erase_if(found, [&](const Found& row) { return other->map.same_at(row.begin, row.end - row.begin) || is_known(row, *other); });
            std::erase_if(signs, [&](const Sign& sign) { return other->map.same_at(sign.begin, std::max<std::size_t>(sign.end - sign.begin, 3)); });
        }
        if (!signs.empty()) {
            if (!std::ranges::is_sorted(found, {}, &Found::begin)) std::ranges::stable_sort(found, {}, &Found::begin);
            islands(slice, begin, all, signs, found);
        }
        if (!other) wide_islands(slice, begin, all);
        const bool is_shown = other && is_as_meant(other->writing) && !other->around.empty();
        if (is_shown) other->shown.reserve(found.size());
        for (const Found& row : found) {
            if (is_shown) other->shown.push_back({row.kind, row.begin, row.end, {}});
            if (owns(slice, begin + row.begin)) add(slice, begin, all, row);
        }
        memo_.release(mark);
        --level_;
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
    // What stands at `at` of `slice` and behind, read by `decoder` where there is one, could not be read.
    void unread(const Slice& slice, std::uint64_t at, std::string_view decoder, std::string reason) {
        if (!owns(slice, at)) return;
        std::string where = where_of(slice, at);
        if (!decoder.empty()) where.append("-").append(decoder);
        if (out_.unread.size() < options_.unread_max) out_.unread.push_back({std::move(where), std::move(reason)});
        else ++unread_left_out_;
    }
    void later(const Slice& slice, std::uint64_t at, std::string_view decoder, std::string_view reader, std::uint64_t size) {
        if (!owns(slice, at) || part_.later.size() >= options_.unread_max) return;
        std::string where = where_of(slice, at);
        if (!decoder.empty()) where.append("-").append(decoder);
        part_.later.push_back({std::move(where), std::string(reader), size});
    }
    formats::Budget& budget() { return budget_; }

  private:
    // The mails of a stretch of a mailbox. What stands before the first is the end of one that was too long to keep whole.
    void mails(const Slice& file) {
        const std::string_view text = text_of(file.bytes);
        const std::uint64_t end = part_.end - file.base;
        formats::Hints inside;
        inside.media_type = "message/rfc822";
        inside.is_one_mail = true;
        std::uint64_t at = part_.begin - file.base;
        for (bool is_first = true; at < end; is_first = false) {
            const bool is_rest = is_first && part_.begin > 0 && formats::next_mail_at(text, at) != at;
            const std::uint64_t next = std::min(end, formats::next_mail_at(text, at + 1));
            if (!budget_.take_items(1) || !budget_.take_steps(next - at)) return unread(file, at, "", "mbox: over the budget of items");
            if (is_rest) {
                unread(file, at, "", "mbox: a mail of more than 32 MiB was cut here");
                this->text(file, at, next);
            } else {
                const std::size_t first = finds_.size();
                open(file, at, next, inside);
                finds_.settle(first);
            }
            at = next;
        }
    }
    // [begin, end) of the window and the margin around it; what starts in the margin belongs to the neighbours.
    void margined(const Slice& file, std::uint64_t begin, std::uint64_t end) {
        is_cut_ = true;
        const std::uint64_t from = begin > stretch_margin ? begin - stretch_margin : 0;
        const std::uint64_t to = std::min<std::uint64_t>(file.bytes.size(), end + stretch_margin);
        if (!budget_.take_steps(to - from)) return unread(file, begin, "", "over the budget of steps");
        text(file, from, to);
        const ByteView own = file.bytes.subspan(begin, end - begin);
        if (out_.format == "unknown") carved(file, begin, end);
        if (part_.begin == 0 && out_.format == "text" && shows()) show(formats::to_utf8(own.first(std::min<std::size_t>(own.size(), shown_max)), ""));
    }
    void carved(const Slice& file, std::uint64_t begin, std::uint64_t end);
    void packets(const Slice& slice, std::uint64_t begin, std::uint64_t end);
    // True where a find at `at` belongs to this stretch. In a view of another writing its first byte's place counts, or that of
    // the view where it starts near: so finds stand in the order of their paths across cuts. What a block (base64, UTF-16)
    // holds goes with the block.
    bool owns(const Slice& slice, std::uint64_t at) const {
        if (!is_cut_ || is_in_block_) return true;
        std::uint64_t view_at = at;
        const Slice* here = &slice;
        for (; here->parent; here = here->parent) {
            const std::uint64_t source = here->map ? here->map->source_of(at) : 0;
            view_at = here->map && here->map->same_at(at, 1) ? here->parent_offset + source : here->parent_offset;
            at = here->parent_offset + source;
        }
        const std::uint64_t place = here->base + (at - view_at < stretch_margin / 2 ? view_at : at);
        return place >= part_.begin && place < part_.end;
    }
    // What a block may go on into behind the text: of a stretch, the rest of its window.
    std::string_view reached(const Slice& slice, std::uint64_t begin, std::string_view all) const {
        return is_cut_ && !slice.parent ? text_of(slice.bytes.subspan(begin)) : all;
    }
    void add(const Slice& slice, std::uint64_t begin, std::string_view all, const Found& found) {
        if (!has_room() || repeats_.is_over(finds_.size(), found.kind, found.value)) return;
        const Place place = place_of(slice, begin + found.begin, found.end - found.begin);
        finds_.add(found.kind, path_of(*place.slice), place.slice->base + place.at, all, spot_of(all, found.begin, found.end), found.value);
    }
    std::uint32_t path_of(const Slice& slice) {
        if (slice.path != 0 || slice.prefix.empty()) return slice.path;
        const Slice* below = &slice;
        while (below->parent && below->parent->parent) below = below->parent;
        const Slice* top = below->parent ? below->parent : below;
        // All places of a file read with another key stand at its beginning.
        return slice.path = finds_.add_path(slice.prefix, top->prefix.empty() ? top->base + below->parent_offset : 0);
    }
    void wide_islands(const Slice& slice, std::uint64_t begin, std::string_view all);
    template <class Rows>
    static auto first_from(Rows& found, std::size_t begin) {
        return std::lower_bound(found.begin(), found.end(), begin, [](const Found& row, std::size_t at) { return row.begin < at; });
    }
    // A URL with "%41" or "&#65;" in it is itself, and so is a magnet link; the view says nothing new about it.
    static bool is_known(const Found& row, const OtherWriting& other) {
        if (is_as_meant(other.writing) || (row.kind != IndicatorKind::url && row.kind != IndicatorKind::magnet && row.kind != IndicatorKind::user_agent)) return false;
        const std::size_t begin = other.begin + other.map.source_of(row.begin);
        for (auto known = first_from(other.around, begin); known != other.around.end() && known->begin == begin; ++known)
            if (known->kind == row.kind) return true;
        return false;
    }
    void islands(const Slice& slice, std::uint64_t begin, std::string_view all, const std::vector<Sign>& signs, std::vector<Found>& found);
    void island(const Slice& slice, std::uint64_t begin, const Island& island, std::vector<Found>& found);

    bool has_room() {
        if (finds_.size() < options_.sightings_max) return true;
        ++sightings_left_out_;
        return false;
    }
    void finish() {
        finds_.settle(0);
        std::stable_sort(part_.later.begin(), part_.later.end(), [](const Later& a, const Later& b) { return where_less(a.where, b.where); });
        std::stable_sort(out_.unread.begin(), out_.unread.end(), [](const Unread& a, const Unread& b) { return where_less(a.where, b.where); });
        if (unread_left_out_ > 0) out_.unread.push_back({"0", fmt::format("{} more parts that could not be read", unread_left_out_)});
        for (std::string& row : repeats_.said()) out_.unread.push_back({"0", std::move(row)});
        if (sightings_left_out_ > 0)
            out_.unread.push_back({"0", fmt::format("over the limit of {} sightings: {} left out", options_.sightings_max, sightings_left_out_)});
    }

    static constexpr std::size_t shown_max = 1024 * 1024;
    const ScanOptions& options_;
    formats::Budget budget_;
    ScannedPart& part_;
    PartEvidence& out_;
    Finds& finds_;
    Memo& memo_;
    std::vector<std::unique_ptr<Level>> levels_;
    std::size_t level_ = 0;
    bool is_cut_ = false;       // a stretch of a text: finds in the margins are the neighbours'
    bool is_in_block_ = false;
    const Classify classify_ = best_classify();
    Repeats repeats_;
    std::uint64_t sightings_left_out_ = 0, unread_left_out_ = 0;
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
        if (hints.is_file) scan_.add_file(slice_, fmt::format("{}-raw:{}", where_of(slice_, begin), bytes.size()), begin, bytes, hints);
        scan_.open(slice_, begin, end, hints);
    }

    void decoded(formats::Decoded&& child, const formats::Hints& hints, bool is_view) override {
        Slice slice;
        slice.bytes = child.bytes;
        slice.parent = &slice_;
        slice.parent_offset = begin_ + child.offset;
        slice.map = child.map.empty() ? nullptr : &child.map;
        std::string path = where_of(slice_, slice.parent_offset) + "-" + child.decoder;
        slice.prefix = path + "-";
        if (is_view) {
            scan_.text(slice, 0, slice.bytes.size());
            if (child.decoder == "html" && !hints.is_repeated && scan_.shows()) show_html(slice.bytes, hints);
            return;
        }
        if (hints.is_file) {
            if (child.decoder == "base64" || child.decoder == "qp") path += ":" + std::to_string(child.size_in);
            scan_.add_file(slice_, path, slice.parent_offset, slice.bytes, hints);
        }
        formats::Hints inside = hints;
        inside.is_file = false;
        scan_.open(slice, 0, slice.bytes.size(), inside);
    }

    void unread(std::uint64_t offset, std::string_view decoder, std::string reason) override {
        scan_.unread(slice_, begin_ + offset, decoder, std::move(reason));
    }
    void later(std::uint64_t offset, std::string_view decoder, std::string_view reader) override {
        scan_.later(slice_, begin_ + offset, decoder, reader, end_ - begin_ - offset);
    }
    void readable(std::string_view utf8) override { scan_.show(utf8); }
    bool shows() const override { return scan_.shows(); }

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

void Scan::carved(const Slice& file, std::uint64_t begin, std::uint64_t end) {
    Children children(*this, file, 0, file.bytes.size(), "unknown");
    is_in_block_ = true;
    formats::carve(file.bytes, begin, end, budget_, children);
    is_in_block_ = false;
    packets(file, begin, end);
}

void Scan::packets(const Slice& slice, std::uint64_t begin, std::uint64_t end) {
    if (!budget_.take_steps(end - begin)) return unread(slice, begin, "", "over the budget of steps: no packets are looked for");
    const std::string_view all = text_of(slice.bytes);
    for (const PacketFind& find : packet_finds(slice.bytes, begin, end))
        if (has_room()) finds_.add(find.kind, path_of(slice), slice.base + find.at, all, spot_of(all, find.at, find.at + find.size), find.value);
}

void Scan::islands(const Slice& slice, std::uint64_t begin, std::string_view all, const std::vector<Sign>& signs, std::vector<Found>& found) {
    if (budget_.depth_left == 0) return unread(slice, begin, "", "nested too deep: other writings in it are not read");
    --budget_.depth_left;
    for (const Island& one : islands_of(all, signs)) {
        if (!budget_.take_items(1)) {
            unread(slice, begin + one.begin, "", "over the budget of items: other writings from here on are not read");
            break;
        }
        island(slice, begin, one, found);
    }
    std::erase_if(found, [](const Found& row) { return row.begin == row.end; });
    ++budget_.depth_left;
}

void Scan::island(const Slice& slice, std::uint64_t begin, const Island& one, std::vector<Found>& found) {
    const bool is_block = evidence::is_block(one.writing);
    if (is_block && !owns(slice, begin + one.begin)) return;
    const ByteView source = slice.bytes.subspan(begin + one.begin, one.end - one.begin);
    formats::Decoded child;
    switch (one.writing) {
        case Writing::plain: child = formats::decode_plain(source, budget_); break;
        case Writing::percent: child = formats::decode_percent(source, budget_); break;
        case Writing::entities: child = formats::decode_references(source, budget_); break;
        case Writing::base64: child = formats::decode_base64(source, budget_); break;
        case Writing::hex: child = formats::decode_hex(source, budget_); break;
        case Writing::quoted: child = formats::decode_quoted_printable(source, budget_); break;
        case Writing::escapes: child = formats::decode_escapes(source, budget_); break;
        case Writing::uuencoded: child = formats::decode_uuencode(source, budget_); break;
    }
    Slice inner;
    inner.bytes = child.bytes;
    inner.parent = &slice;
    inner.parent_offset = begin + one.begin;
    inner.map = &child.map;
    inner.prefix = where_of(slice, inner.parent_offset) + "-" + child.decoder + "-";
    if (!child.damage.empty() && child.damage.ends_with("budget")) return unread(slice, inner.parent_offset, child.decoder, child.damage);
    if (is_block) {
        const bool was_in_block = std::exchange(is_in_block_, true);
        if (one.writing == Writing::uuencoded) {
            formats::Hints file;
            file.name = formats::uu_start(text_of(source)).name;
            add_file(slice, where_of(slice, inner.parent_offset) + "-uu", inner.parent_offset, inner.bytes, file);
        }
        open(inner, 0, inner.bytes.size(), {});
        is_in_block_ = was_in_block;
        return;
    }
    OtherWriting other{one.writing, child.map, one.begin, found, {}};
    text(inner, 0, inner.bytes.size(), &other);
    // "evil.co[.]uk" is no "evil.co": what the plain writing shows whole is not shown in part.
    if (!is_as_meant(one.writing)) return;
    for (const Found& whole : other.shown) {
        const std::size_t from = one.begin + child.map.source_of(whole.begin);
        const std::size_t to = whole.end >= inner.bytes.size() ? one.end : one.begin + child.map.source_of(whole.end);
        for (auto row = first_from(found, from); row != found.end() && row->begin <= to; ++row)
            if (row->kind == whole.kind && row->end <= to && (row->begin == from || (row->end == to && row->kind != IndicatorKind::url))) row->end = row->begin;
    }
}

// Runs of eight letters or more in UTF-16 inside other bytes: in programs, databases, pieces of disks.
void Scan::wide_islands(const Slice& slice, std::uint64_t begin, std::string_view text_here) {
    const std::string_view all = reached(slice, begin, text_here);
    constexpr std::size_t letters_min = 8;
    const auto is_letter_at = [&](std::size_t at) { return at < all.size() && ((all[at] >= ' ' && all[at] < 127) || all[at] == '\t' || all[at] == '\r' || all[at] == '\n'); };
    for (std::size_t zero = 0; (zero = all.substr(0, text_here.size()).find('\0', zero)) != std::string_view::npos;) {
        const bool is_big_endian = zero == 0 || !is_letter_at(zero - 1);
        const std::size_t from = is_big_endian ? zero : zero - 1;
        std::size_t to = from;
        while (to + 1 < all.size() && is_letter_at(to + is_big_endian) && all[to + !is_big_endian] == '\0') to += 2;
        zero = std::max(zero + 1, to);
        while (zero + 1 < all.size() && all[zero] == '\0' && all[zero + 1] == '\0') ++zero;
        if (to - from < 2 * letters_min) continue;
        if (!owns(slice, begin + from)) continue;
        if (!budget_.take_items(1)) return unread(slice, begin + from, "", "over the budget of items: UTF-16 from here on is not read");
        const formats::Decoded child = formats::decode_utf16(view(all.substr(from, to - from)), is_big_endian, budget_);
        Slice inner;
        inner.bytes = child.bytes;
        inner.parent = &slice;
        inner.parent_offset = begin + from;
        inner.map = &child.map;
        inner.prefix = where_of(slice, inner.parent_offset) + "-" + child.decoder + "-";
        if (!child.damage.empty()) return unread(slice, inner.parent_offset, "", child.damage);
        const bool was_in_block = std::exchange(is_in_block_, true);
        text(inner, 0, inner.bytes.size());
        is_in_block_ = was_in_block;
    }
}

void Scan::open(const Slice& slice, std::uint64_t begin, std::uint64_t end, const formats::Hints& hints) {
    const ByteView bytes = slice.bytes.subspan(begin, end - begin);
    if (bytes.empty()) return;
    if (budget_.depth_left == 0) {
        unread(slice, begin, "", "nested too deep: not opened, scanned as it stands");
        text(slice, begin, end);
        return;
    }
    --budget_.depth_left;
    const formats::Format& format = formats::detect(bytes, hints);
    Children children(*this, slice, begin, end, format.name);
    format.open(bytes, hints, budget_, children);
    if (format.name == "unknown") packets(slice, begin, end);
    ++budget_.depth_left;
}
}  // namespace

void scan_whole_into(ScannedPart& out, Memo& memo, ByteView bytes, std::string_view name, const ScanOptions& options) {
    out.begin = 0;
    out.end = bytes.size();
    out.later.clear();
    out.finds.clear();
    out.evidence = {};
    out.evidence.name = name;
    if (options.is_hashed) out.evidence.sha256 = sha256(bytes).hex();
    out.evidence.size_bytes = bytes.size();
    Scan(options, memo, out).whole(bytes, name);
}

void scan_stretch_into(ScannedPart& out, Memo& memo, const Stretch& stretch, std::string_view name, const ScanOptions& options) {
    out.begin = safe_cut(stretch.window, stretch.window_at, stretch.begin, stretch.file_size, stretch.read_as);
    out.end = safe_cut(stretch.window, stretch.window_at, stretch.end, stretch.file_size, stretch.read_as);
    // A window that does not hold its stretch is read as far as it goes.
    const std::uint64_t window_end = stretch.window_at + stretch.window.size();
    out.begin = std::clamp(out.begin, std::min(stretch.window_at, window_end), window_end);
    out.end = std::clamp(out.end, out.begin, window_end);
    out.later.clear();
    out.finds.clear();
    out.evidence = {};
    out.evidence.name = name;
    out.evidence.size_bytes = out.end - out.begin;
    Scan(options, memo, out).stretch(stretch);
}

}  // namespace plumbline::evidence
