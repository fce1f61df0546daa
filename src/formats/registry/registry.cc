// SPDX-License-Identifier: Apache-2.0
#include "formats/registry/registry.h"

#include <algorithm>

#include "base/utf8.h"
#include "formats/little.h"
#include "formats/sqlite/located_text.h"

namespace plumbline::formats {

namespace {
constexpr std::uint64_t bins_at = 4096;
constexpr std::uint64_t group_bytes = 65536;
constexpr std::uint64_t none = 0xffffffff;
constexpr std::size_t path_bytes_max = 512;
constexpr unsigned depth_max = 64;
constexpr std::uint64_t segment_bytes = 16344;  // of data that is larger than this

struct Cell {
    std::uint64_t at = 0;    // of what is behind its size
    std::uint64_t size = 0;  // without it
    bool is_free = false;
};

class Hive {
  public:
    Hive(ByteView bytes, Budget& budget, Visitor& visitor) : bytes_(bytes), budget_(budget), visitor_(visitor), text_(budget), is_read_(bytes.size() / 8 + 1) {}

    void read() {
        taken_.add(0, std::min<std::uint64_t>(48, bytes_.size()));
        // What is in use comes first, so that a stale key does not take a live one's values.
        for (const bool is_free : {false, true}) {
            std::uint64_t group = 0;
            each_cell([&](const Cell& cell) {
                if (is_over_) return;
                const std::uint64_t here = (cell.at - bins_at) / group_bytes + 1;
                if (here != group) give_view(group, is_free);
                group = here;
                if (!is_free && !cell.is_free) read_key(cell.at, cell.at + cell.size);
                if (is_free) read_stale(cell);
            }, !is_free);
            give_view(group, is_free);
        }
        if (is_over_) visitor_.unread(0, "regf", "regf: over the budget: the keys behind are scanned as they stand");
        if (bad_bins_ > 0) visitor_.unread(first_bad_, "regf", fmt::format("regf: {} bins are damaged or have cells that are", bad_bins_));
        taken_.give_rest(bytes_, visitor_);
    }

  private:
    template <class Call>
    void each_cell(Call&& call, bool counts_damage) {
        for (std::uint64_t bin = bins_at; bin < bytes_.size() && bytes_.size() - bin >= 32;) {
            std::uint64_t size = little(bytes_, bin + 8, 4);
            const bool is_bin = text_of(bytes_.subspan(bin, 4)) == "hbin" && size >= 4096 && size % 4096 == 0;
            if (!is_bin) size = 4096;
            const std::uint64_t end = std::min<std::uint64_t>(bin + size, bytes_.size());
            bool is_bad = !is_bin && little(bytes_, bin, 8) != 0;
            for (std::uint64_t at = bin + 32; is_bin && at + 8 <= end;) {
                const auto raw = static_cast<std::int32_t>(little(bytes_, at, 4));
                const std::uint64_t cell = raw < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(std::int64_t{raw}) : static_cast<std::uint64_t>(raw);
                is_bad = cell < 8 || cell % 8 != 0 || cell > end - at;
                if (is_bad) break;
                call(Cell{at + 4, cell - 4, raw > 0});
                at += cell;
            }
            if (is_bad && counts_damage && bad_bins_++ == 0) first_bad_ = bin;
            bin = end;
        }
    }

    // The stretch of a cell by its offset as other cells write it; empty where there is none in use.
    ByteView cell_at(std::uint64_t offset, std::uint64_t& at) const {
        if (offset == none || offset % 8 != 0 || offset > bytes_.size() - bins_at || bytes_.size() - bins_at - offset < 8) return {};
        at = bins_at + offset + 4;
        const auto raw = static_cast<std::int32_t>(little(bytes_, at - 4, 4));
        const std::uint64_t size = raw < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(std::int64_t{raw}) : static_cast<std::uint64_t>(raw);
        if (size < 8 || size - 4 > bytes_.size() - at) return {};
        return bytes_.subspan(at, size - 4);
    }
    // True the first time that a cell is asked for.
    bool take_cell(std::uint64_t at) {
        const bool is_new = !is_read_[at / 8];
        is_read_[at / 8] = true;
        return is_new;
    }
    bool is_mark(std::uint64_t at, std::string_view mark) const { return at + 2 <= bytes_.size() && text_of(bytes_.subspan(at, 2)) == mark; }

    void name(std::uint64_t at, std::uint64_t size, bool is_narrow) {
        const ByteView bytes = bytes_.subspan(at, size);
        if (!is_narrow) text_.wide(bytes, at);
        else if (is_utf8(text_of(bytes))) text_.same(bytes, at);
        else text_.made(utf8_repaired(text_of(bytes)), at);
        taken_.add(at, at + size);
    }
    // The names above a key, outermost first, joined; cut on the left where it is long or goes in circles.
    std::string path_above(std::uint64_t key) const {
        std::string path;
        for (unsigned depth = 0; depth < depth_max && path.size() < path_bytes_max; ++depth) {
            if (little(bytes_, key + 2, 2) & 4) break;  // the root
            std::uint64_t at = 0;
            const ByteView parent = cell_at(little(bytes_, key + 16, 4), at);
            if (parent.size() < 76 || !is_mark(at, "nk")) break;
            const std::uint64_t size = std::min<std::uint64_t>(little(parent, 72, 2), parent.size() - 76);
            const ByteView letters = parent.subspan(76, size);
            std::string part(text_of(letters));
            if (!(little(parent, 2, 2) & 0x20)) {
                part.clear();
                for (std::size_t i = 0; i + 1 < letters.size(); i += 2) append_utf8(part, static_cast<char32_t>(little(letters, i, 2)));
            }
            path.insert(0, utf8_repaired(part) + "\\");
            key = at;
        }
        return path;
    }

    // A key and its values; false where no key stands at `at`.
    bool read_key(std::uint64_t at, std::uint64_t end) {
        if (!is_mark(at, "nk") || end - at < 76) return false;
        const std::uint64_t size = little(bytes_, at + 72, 2);
        if (size == 0 || size > end - at - 76 || !take_cell(at)) return false;
        if (!budget_.take_steps(256)) return is_over_ = true;
        text_.made(path_above(at), at + 76);
        name(at + 76, size, little(bytes_, at + 2, 2) & 0x20);
        text_.made("\n", at + 76);
        std::uint64_t class_at = 0;
        const std::uint64_t class_size = little(bytes_, at + 74, 2);
        if (const ByteView held = cell_at(little(bytes_, at + 48, 4), class_at); class_size > 0 && class_size <= held.size() && take_cell(class_at)) {
            text_.made("class = ", class_at);
            name(class_at, class_size, false);
            text_.made("\n", class_at);
        }
        std::uint64_t list_at = 0;
        const ByteView list = cell_at(little(bytes_, at + 40, 4), list_at);
        const std::uint64_t count = std::min<std::uint64_t>(little(bytes_, at + 36, 4), list.size() / 4);
        if (count == 0 || !take_cell(list_at)) return true;
        for (std::uint64_t i = 0; i < count && !is_over_; ++i) {
            std::uint64_t value_at = 0;
            const ByteView value = cell_at(little(list, 4 * i, 4), value_at);
            if (!value.empty()) read_value(value_at, value_at + value.size());
        }
        is_over_ = is_over_ || text_.is_over();
        return true;
    }

    bool read_value(std::uint64_t at, std::uint64_t end) {
        if (!is_mark(at, "vk") || end - at < 20) return false;
        const std::uint64_t size = little(bytes_, at + 2, 2);
        if (size > end - at - 20 || !take_cell(at)) return false;
        if (!budget_.take_steps(64)) return is_over_ = true;
        text_.made("  ", at);
        if (size > 0) name(at + 20, size, little(bytes_, at + 16, 2) & 1);
        text_.made(" = ", at);
        const std::uint64_t data_size = little(bytes_, at + 4, 4);
        if (!(data_size & 0x80000000) && data_size > 0) read_data(little(bytes_, at + 8, 4), data_size, little(bytes_, at + 12, 4));
        text_.made("\n", at);
        is_over_ = is_over_ || text_.is_over();
        return true;
    }

    void read_data(std::uint64_t offset, std::uint64_t size, std::uint64_t type) {
        std::uint64_t at = 0;
        const ByteView data = cell_at(offset, at);
        const bool is_text = type == 1 || type == 2 || type == 6 || type == 7;  // SZ, EXPAND_SZ, LINK, MULTI_SZ
        if (data.size() >= 8 && is_mark(at, "db") && size > segment_bytes) return is_text ? read_segments(data, size) : void();
        const ByteView held = data.first(std::min<std::uint64_t>(size, data.size()));
        if (held.empty() || !take_cell(at)) return;
        if (is_text) return add_text(held, at);
        if (held.size() < 16) return;
        const std::string_view format = detect(held, {}).name;
        if (format == "text" || format == "unknown" || !budget_.take_items(1)) return;
        Hints hints;
        visitor_.window(at, at + held.size(), hints, false);
        taken_.add(at, at + held.size());
    }
    void read_segments(ByteView head, std::uint64_t size) {
        std::uint64_t list_at = 0;
        const ByteView list = cell_at(little(head, 4, 4), list_at);
        const std::uint64_t count = std::min<std::uint64_t>(little(head, 2, 2), list.size() / 4);
        for (std::uint64_t i = 0; i < count && size > 0; ++i) {
            std::uint64_t at = 0;
            ByteView segment = cell_at(little(list, 4 * i, 4), at);
            if (segment.empty() || !take_cell(at)) return;
            segment = segment.first(std::min<std::uint64_t>({size, segment_bytes, segment.size()}));
            add_text(segment, at);
            size -= segment.size();
        }
    }
    void add_text(ByteView bytes, std::uint64_t at) {
        taken_.add(at, at + bytes.size());
        while (bytes.size() >= 2 && little(bytes, bytes.size() - 2, 2) == 0) bytes = bytes.first(bytes.size() - 2);
        text_.wide(bytes, at);
    }

    // Keys and values in cells that nobody has any more; several old cells may lie in one free cell.
    void read_stale(const Cell& cell) {
        if (!cell.is_free) {
            if (is_mark(cell.at, "vk") && !is_read_[cell.at / 8]) read_value(cell.at, cell.at + cell.size);
            return;
        }
        const std::uint64_t end = cell.at + cell.size;
        for (std::uint64_t at = cell.at; at + 20 <= end && !is_over_; at += 8)
            if (!read_key(at, end)) read_value(at, end);
    }

    void give_view(std::uint64_t group, bool is_free) {
        if (text_.empty()) return;
        if (!budget_.take_items(1)) is_over_ = true;
        Decoded view = text_.take(fmt::format("regf:{}{}", group, is_free ? "/free" : ""), 0, bytes_.size());
        visitor_.readable(text_of(view.bytes));
        visitor_.decoded(std::move(view), Hints{}, true);
    }

    ByteView bytes_;
    Budget& budget_;
    Visitor& visitor_;
    LocatedText text_;
    Taken taken_;
    std::vector<bool> is_read_;
    std::uint64_t bad_bins_ = 0;
    std::uint64_t first_bad_ = 0;
    bool is_over_ = false;
};
}  // namespace

bool looks_like_registry(ByteView bytes, const Hints&) { return bytes.size() >= bins_at + 32 && text_of(bytes).starts_with("regf"); }

void open_registry(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    if (!budget.take_steps(bytes.size())) {
        visitor.unread(0, "regf", "regf: over the budget of steps, scanned as it stands");
        return give_stretch(bytes, 0, bytes.size(), visitor);
    }
    if (little(bytes, 4, 4) != little(bytes, 8, 4)) visitor.unread(0, "regf", "regf: not written to its end; its log may have more");
    Hive(bytes, budget, visitor).read();
}

Result<Bytes> decode_registry(ByteView bytes, std::string_view argument, Budget& budget) {
    WantedChild wanted(fmt::format("regf:{}", argument));
    if (looks_like_registry(bytes, {})) open_registry(bytes, {}, budget, wanted);
    return wanted.take();
}

}  // namespace plumbline::formats
