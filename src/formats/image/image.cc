// SPDX-License-Identifier: Apache-2.0
#include "formats/image/image.h"

#include <algorithm>
#include <charconv>

#include "formats/gzip/gzip.h"
#include "formats/html/html.h"
#include "formats/image/codes.h"
#include "formats/image/exif.h"
#include "formats/image/layout.h"
#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
using Kind = Stretch::Kind;
using namespace std::string_view_literals;
constexpr std::size_t readable_bytes_max = 4096;  // of one comment

// Sorted, without overlaps and empty ranges.
std::vector<Range> joined_up(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::vector<Range> out;
    for (const Range& range : ranges) {
        if (range.begin >= range.end) continue;
        if (!out.empty() && range.begin <= out.back().end) out.back().end = std::max(out.back().end, range.end);
        else out.push_back(range);
    }
    return out;
}
// What of `from` is not in `what`; both as joined_up gives them.
std::vector<Range> without(const std::vector<Range>& from, const std::vector<Range>& what) {
    std::vector<Range> out;
    std::size_t next = 0;
    for (const Range& range : from) {
        std::uint64_t at = range.begin;
        while (next < what.size() && what[next].end <= at) ++next;
        for (std::size_t i = next; i < what.size() && what[i].begin < range.end; ++i) {
            if (what[i].begin > at) out.push_back({at, what[i].begin});
            at = std::max(at, what[i].end);
        }
        if (at < range.end) out.push_back({at, range.end});
    }
    return out;
}

Decoded join(ByteView bytes, const Joined& joined, Budget& budget) {
    Decoded out;
    for (const Range& piece : joined.pieces) {
        if (!budget.take_bytes(piece.size())) {
            out.damage = "image: over the budget of decoded bytes";
            return out;
        }
        out.map.add(out.bytes.size(), piece.begin, OffsetMap::Run::same);
        append(out.bytes, bytes.subspan(piece.begin, piece.size()));
    }
    return out;
}

class Opening {
  public:
    Opening(ByteView bytes, Budget& budget, Visitor& visitor)
        : bytes_(bytes), budget_(budget), visitor_(visitor), layout_(layout_of(bytes, image_kind(bytes), budget)) {}

    void open() {
        if (!layout_.damage.empty()) visitor_.unread(0, "", layout_.damage);
        for (const Range& exif : layout_.exif) exif_view(exif);
        for (const Range& remark : layout_.remarks) show(text_of(bytes_.subspan(remark.begin, std::min<std::uint64_t>(remark.size(), readable_bytes_max))));
        for (const Joined& joined : layout_.joined) joined_view(joined);
        const bool has_codes = std::min(layout_.width, layout_.height) >= codes_side_min;
        if (budget_.reads_codes && has_codes) codes();
        children();
        for (const Range& range : raw_) visitor_.window(range.begin, range.end, {}, true);
        own_windows();
        static constexpr std::string_view decoded[] = {"jpeg", "png", "bmp", "pnm", "gif", "webp"};
        is_for_ocr_ &= std::find(std::begin(decoded), std::end(decoded), layout_.kind) != std::end(decoded);
        if (is_for_ocr_ && std::min(layout_.width, layout_.height) >= 16 && layout_.width * layout_.height >= 4096) visitor_.later(0, "ocr", "ocr");
        behind();
    }

  private:
    void show(std::string_view text) {
        if (text.empty()) return;
        std::string line = to_utf8(view(text), "");
        std::replace(line.begin(), line.end(), '\0', ' ');
        visitor_.readable(line);
        if (!line.ends_with('\n')) visitor_.readable("\n");
    }
    std::string view_name(std::string_view name) const { return fmt::format("image:{}{}", name, layout_.damage.empty() ? "" : fmt::format("/{}", bytes_.size())); }

    void exif_view(const Range& range) {
        Decoded child = exif_text(bytes_.subspan(range.begin, range.size()), budget_);
        child.decoder = fmt::format("exif:{}", range.size());
        child.offset = range.begin;
        child.size_in = range.size();
        if (!child.damage.empty()) visitor_.unread(range.begin, child.decoder, child.damage);
        if (child.bytes.empty()) return;
        show(text_of(child.bytes));
        visitor_.decoded(std::move(child), {}, true);
    }
    void joined_view(const Joined& joined) {
        Decoded child = join(bytes_, joined, budget_);
        child.decoder = view_name(joined.name);
        child.size_in = layout_.end;
        if (!child.damage.empty()) visitor_.unread(0, child.decoder, child.damage);
        if (child.bytes.empty()) return;
        if (!joined.is_markup) show(text_of(child.bytes));
        Hints hints;
        if (joined.is_markup) hints.media_type = "text/html";
        visitor_.decoded(std::move(child), hints, !joined.is_markup);
    }
    void codes() {
        Result<Codes> codes = read_codes(bytes_.first(layout_.end), budget_);
        if (!codes) {
            visitor_.unread(0, "", codes.error().message + ": no codes are read in it");
            // What does not decode may be something else than pixels.
            are_pixels_scanned_ = codes.error().kind == ErrorKind::corrupt;
            is_for_ocr_ = false;
            return;
        }
        if (!codes->damage.empty()) {
            if (layout_.damage.empty()) visitor_.unread(0, "", codes->damage);
            are_pixels_scanned_ = true;
        }
        if (!codes->left_out.empty()) visitor_.unread(0, "", codes->left_out);
        if (codes->text.empty()) return;
        if (!budget_.take_bytes(codes->text.size())) return visitor_.unread(0, "", "image: over the budget of decoded bytes");
        show(text_of(codes->text));
        Decoded child;
        child.decoder = view_name("codes");
        child.size_in = layout_.end;
        child.bytes = std::move(codes->text);
        visitor_.decoded(std::move(child), {}, true);
    }

    // Stretches with a meaning of their own; where two overlap, the first counts and the other is scanned as it stands.
    void children() {
        std::sort(layout_.stretches.begin(), layout_.stretches.end(), [](const Stretch& a, const Stretch& b) { return a.range.begin < b.range.begin; });
        std::uint64_t at = 0;
        for (const Stretch& stretch : layout_.stretches) {
            if (stretch.range.size() == 0 || stretch.kind == Kind::pixels || stretch.kind == Kind::text) continue;
            if (stretch.range.begin < at) {
                raw_.push_back(stretch.range);
                continue;
            }
            at = stretch.range.end;
            if (!budget_.take_items(1)) {
                visitor_.unread(stretch.range.begin, "", "image: over the budget of items");
                raw_.push_back(stretch.range);
                continue;
            }
            child(stretch);
        }
        raw_ = joined_up(std::move(raw_));
    }
    void child(const Stretch& stretch) {
        const Range& range = stretch.range;
        const ByteView source = bytes_.subspan(range.begin, range.size());
        handled_.push_back(range);
        if (stretch.kind == Kind::file) {
            Hints hints;
            hints.is_file = true;
            hints.name = "thumbnail";
            visitor_.window(range.begin, range.end, hints, false);
        } else if (stretch.kind == Kind::markup) {
            markup(range, source);
        } else if (stretch.kind == Kind::deflated) {
            Decoded text = decode_zlib(source, budget_);
            text.decoder = "zlib";
            text.offset = range.begin;
            if (!text.damage.empty()) {
                visitor_.unread(range.begin, "zlib", text.damage);
                raw_.push_back(range);
            }
            if (!text.bytes.empty()) visitor_.decoded(std::move(text), {}, false);
        }
    }
    void markup(const Range& range, ByteView source) {
        HtmlViews views = read_html(source, budget_);
        if (views.is_cut) {
            visitor_.unread(range.begin, "html", "html: the budget ended before the text");
            raw_.push_back(range);
        }
        Hints hints;
        hints.charset = "utf-8";
        for (Decoded* one : {&views.text, &views.markup}) {
            one->offset += range.begin;
            if (!one->bytes.empty()) visitor_.decoded(std::move(*one), hints, true);
        }
    }

    void own_windows() {
        std::vector<Range> pixels;
        std::vector<Range> texts;
        for (const Stretch& stretch : layout_.stretches) {
            if (stretch.kind == Kind::pixels && !are_pixels_scanned_) pixels.push_back(stretch.range);
            if (stretch.kind == Kind::text) texts.push_back(stretch.range);
        }
        pixels = without(joined_up(std::move(pixels)), joined_up(std::move(texts)));
        std::vector<Range> own = without({{0, layout_.end}}, pixels);
        own = without(own, joined_up(std::move(handled_)));
        own = without(own, raw_);
        for (const Range& range : own) visitor_.window(range.begin, range.end, {}, true);
    }

    // What was put behind the image: zip archives, more images, films. Padding before it is left away.
    void behind() {
        std::uint64_t begin = layout_.end;
        const std::string_view text = text_of(bytes_);
        begin = std::min<std::uint64_t>(text.find_first_not_of("\0\r\n"sv, begin), bytes_.size());
        if (begin >= bytes_.size()) return;
        if (!budget_.take_items(1)) return visitor_.unread(begin, "", "image: over the budget of items");
        std::uint64_t child = begin;
        if (image_kind(bytes_.subspan(begin)).empty()) child = std::min({text.find("PK\3\4"sv, begin), text.find("Rar!\x1a\7"sv, begin), text.find("7z\xbc\xaf\x27\x1c"sv, begin), text.find("%PDF-"sv, begin)});
        if (child > begin) visitor_.window(begin, std::min<std::uint64_t>(child, bytes_.size()), {}, true);
        if (child >= bytes_.size()) return;
        Hints hints;
        hints.is_file = true;
        hints.name = "behind the image";
        visitor_.window(child, bytes_.size(), hints, false);
    }

    ByteView bytes_;
    Budget& budget_;
    Visitor& visitor_;
    Layout layout_;
    std::vector<Range> handled_;
    std::vector<Range> raw_;  // given as a child, and scanned as it stands too
    bool are_pixels_scanned_ = false;
    bool is_for_ocr_ = true;
};
}  // namespace

bool looks_like_image(ByteView bytes, const Hints&) { return !image_kind(bytes).empty(); }

void open_image(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    if (!budget.take_steps(bytes.size())) return visitor.unread(0, "", "image: over the budget of steps");
    Opening(bytes, budget, visitor).open();
}

Result<Bytes> decode_image(ByteView bytes, std::string_view argument, Budget& budget) {
    const std::size_t slash = std::min(argument.find('/'), argument.size());
    if (slash < argument.size()) {
        std::uint64_t size = 0;
        const std::string_view digits = argument.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
        if (error != std::errc{} || end != digits.data() + digits.size() || size > bytes.size()) return fail(ErrorKind::invalid, "image: not a count of bytes that are there: {}", digits.substr(0, 40));
        bytes = bytes.first(size);
    }
    const std::string_view name = argument.substr(0, slash);
    const std::string_view kind = image_kind(bytes);
    if (kind.empty()) return fail(ErrorKind::corrupt, "image: there is none");
    const Layout layout = layout_of(bytes, kind, budget);
    if (name == "codes") return std::move(TRY(read_codes(bytes.first(layout.end), budget)).text);
    for (const Joined& joined : layout.joined)
        if (joined.name == name) return std::move(join(bytes, joined, budget).bytes);
    return fail(ErrorKind::invalid, "image: no view is named \"{}\"", name.substr(0, 40));
}

void prepare_images() { prepare_codes(); }

}  // namespace plumbline::formats
