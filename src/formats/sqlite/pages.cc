// SPDX-License-Identifier: Apache-2.0
#include "formats/sqlite/pages.h"

#include <algorithm>

#include "base/utf8.h"
#include "formats/sqlite/located_text.h"

namespace plumbline::formats::sqlite {

void DamageList::give(Visitor& visitor) const {
    for (const auto& [offset, reason] : rows_) visitor.unread(offset, decoder_, fmt::format("{}: {}", decoder_, reason));
    if (more_ > 0) visitor.unread(0, decoder_, fmt::format("{}: {} more places are damaged", decoder_, more_));
}

namespace {
constexpr std::uint64_t group_bytes = 65536;
constexpr std::uint64_t blob_bytes_min = 16;

bool is_readable(ByteView bytes) {
    const std::string_view text = text_of(bytes);
    return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t'; }) && is_utf8(text);
}

// A format of its own, with a mark that says so; and whether it is a file, or writing that a text would be read as.
bool is_child(ByteView blob, bool& is_file) {
    const std::string_view format = detect(blob, {}).name;
    is_file = format != "html" && format != "xml" && format != "mail" && format != "mbox";
    return format != "text" && format != "unknown";
}

class Reader {
  public:
    Reader(const Pages& pages, DamageList& damage, Budget& budget, Visitor& visitor)
        : pages_(pages), damage_(damage), budget_(budget), visitor_(visitor), is_used_(pages.slots()), text_(budget) {}

    void read() {
        const std::uint64_t slots = pages_.slots();
        const std::uint64_t slots_in_group = std::max<std::uint64_t>(1, group_bytes / pages_.page_size);
        std::uint64_t first = 0;
        for (; first < slots && !is_over_; first += slots_in_group) {
            for (std::uint64_t slot = first; slot < std::min(slots, first + slots_in_group) && !is_over_; ++slot) read_page(slot);
            give_view(first);
        }
        if (is_over_) damage_.add(0, "over the budget: the pages behind are scanned as they stand");
        // The parts between the pages (headers of a log) say nothing.
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        for (std::uint64_t slot = 0; slot < slots; ++slot) {
            if (is_used_[slot]) continue;
            const std::uint64_t at = pages_.offset_of(slot) + pages_.header_at(slot);
            if (at != end) {
                gaps_.emplace_back(begin, end);
                begin = at;
            }
            end = at + pages_.page(slot).size() - pages_.header_at(slot);
        }
        gaps_.emplace_back(begin, end);
        std::sort(gaps_.begin(), gaps_.end());
        for (const auto& [from, to] : gaps_) give_stretch(pages_.bytes, from, to, visitor_);
    }

  private:
    void gap(std::uint64_t begin, std::uint64_t end) {
        end = std::min<std::uint64_t>(end, pages_.bytes.size());
        if (end > begin && end - begin >= 5) gaps_.emplace_back(begin, end);
    }

    void read_page(std::uint64_t slot) {
        if (is_used_[slot]) return;
        const ByteView page = pages_.page(slot);
        const std::uint64_t offset = pages_.offset_of(slot);
        const PageCells cells = read_cells(page, pages_.header_at(slot), pages_.usable);
        if (cells.type == 0) return;
        const bool is_reached = pages_.is_reached(slot);
        if (!is_reached && !is_stale_page(page, cells)) return;
        if (is_reached && cells.bad_cells > 0) damage_.add(offset, fmt::format("page {}: {} cells are damaged", pages_.number_of(slot), cells.bad_cells));
        if (!budget_.take_steps(cells.cells.size() + 1)) {
            is_over_ = true;
            return;
        }
        is_used_[slot] = true;
        if (is_reached) begin_title(slot);
        std::vector<std::pair<std::uint64_t, std::uint64_t>> extents;
        for (const Cell& cell : cells.cells) {
            extents.emplace_back(cell.begin, cell.end);
            if (cell.local_size > 0) read_cell(slot, page, cell, is_reached);
        }
        std::sort(extents.begin(), extents.end());
        std::uint64_t at = cells.pointers_end;
        for (const auto& [begin, end] : extents) {
            gap(offset + at, offset + begin);
            at = end;
        }
        gap(offset + at, offset + page.size());
    }

    // A page that no tree has any more: taken as records only where all of them are what they say.
    bool is_stale_page(ByteView page, const PageCells& cells) const {
        if (cells.bad_cells > 0 || cells.cells.empty() || cells.type == 5) return false;
        return std::all_of(cells.cells.begin(), cells.cells.end(), [&](const Cell& cell) {
            return read_columns(page.subspan(cell.local_at, cell.local_size), cell.payload_size).is_whole;
        });
    }

    void begin_title(std::uint64_t slot) {
        std::string title = pages_.title_of(slot);
        if (title == title_) return;
        show();
        title_ = std::move(title);
        if (!title_.empty()) visitor_.readable(fmt::format("\n[{}]\n", title_));
    }
    void show() {
        visitor_.readable(text_.text().substr(shown_));
        shown_ = text_.text().size();
    }

    // The record with what stands on other pages; each page is followed once.
    Record record_of(std::uint64_t slot, ByteView page, const Cell& cell, bool is_reached) {
        Record out;
        out.bytes = page.subspan(cell.local_at, cell.local_size);
        out.pieces.push_back({0, pages_.offset_of(slot) + cell.local_at});
        out.next_page = cell.overflow_page;
        if (cell.overflow_page == 0 || !is_reached) return out;
        out.held = to_bytes(out.bytes);
        while (out.held.size() < cell.payload_size && out.next_page != 0) {
            const std::optional<std::uint64_t> next = pages_.slot_of(out.next_page, slot);
            if (!next || *next >= is_used_.size() || pages_.page(*next).size() < pages_.usable) break;
            if (is_used_[*next] || pages_.is_tree(*next)) {
                if (!pages_.is_partial) damage_.add(pages_.offset_of(*next), fmt::format("page {} is used twice", out.next_page));
                break;
            }
            if (!budget_.take_steps(pages_.usable)) {
                is_over_ = true;
                break;
            }
            is_used_[*next] = true;
            const std::uint64_t at = pages_.offset_of(*next) + 4;
            const std::uint64_t size = std::min<std::uint64_t>(pages_.usable - 4, cell.payload_size - out.held.size());
            if (out.pieces.back().source_at + (out.held.size() - out.pieces.back().at) != at) out.pieces.push_back({out.held.size(), at});
            append(out.held, pages_.bytes.subspan(at, size));
            gap(at + size, at - 4 + pages_.page_size);
            out.next_page = big(pages_.page(*next), 0, 4);
        }
        if (out.held.size() >= cell.payload_size) out.next_page = 0;
        else if (!pages_.is_partial) damage_.add(pages_.offset_of(slot) + cell.begin, fmt::format("cell {} of page {} goes on in page {}, which is not there", cell.number, pages_.number_of(slot), out.next_page));
        out.bytes = out.held;
        return out;
    }
    void read_cell(std::uint64_t slot, ByteView page, const Cell& cell, bool is_reached) {
        const Record record = record_of(slot, page, cell, is_reached);
        const Columns columns = read_columns(record.bytes, cell.payload_size);
        bool has_text = false;
        for (const Column& column : columns.columns) {
            if (is_over_) return;
            if (!column.is_text && !is_text_blob(slot, cell, column, record)) continue;
            const std::uint64_t source_at = source_of(record, column.at);
            if (has_text) text_.made("\t", source_at);
            has_text = true;
            add_text(record, column);
            is_over_ = is_over_ || text_.is_over();
        }
        if (has_text) text_.made("\n", source_of(record, columns.columns.back().at));
    }

    static std::size_t piece_of(const Record& record, std::uint64_t at) {
        const auto after = std::upper_bound(record.pieces.begin(), record.pieces.end(), at, [](std::uint64_t value, const Record::Piece& piece) { return value < piece.at; });
        return static_cast<std::size_t>(after - record.pieces.begin()) - 1;
    }
    static std::uint64_t source_of(const Record& record, std::uint64_t at) {
        const Record::Piece& piece = record.pieces[piece_of(record, at)];
        return piece.source_at + (at - piece.at);
    }
    // Calls `piece(bytes, source_at)` for the stretches of a column that stand together.
    template <class Call>
    static void each_piece(const Record& record, const Column& column, Call&& call) {
        std::uint64_t at = column.at;
        const std::uint64_t end = column.at + column.size;
        for (std::size_t i = piece_of(record, at); at < end; ++i) {
            const std::uint64_t stop = i + 1 < record.pieces.size() ? std::min(end, record.pieces[i + 1].at) : end;
            call(record.bytes.subspan(at, stop - at), record.pieces[i].source_at + (at - record.pieces[i].at));
            at = stop;
        }
    }

    void add_text(const Record& record, const Column& column) {
        const TextEncoding encoding = encoding_of(record, column);
        if (encoding == TextEncoding::utf8 || !column.is_text) {
            each_piece(record, column, [&](ByteView bytes, std::uint64_t at) { text_.same(bytes, at); });
            return;
        }
        // Pages are even, so that no unit is cut but where the text starts at an odd place: then it is taken as one piece.
        const bool is_big_endian = encoding == TextEncoding::utf16be;
        bool is_even = true;
        each_piece(record, column, [&](ByteView bytes, std::uint64_t) { is_even = is_even && bytes.size() % 2 == 0; });
        if (is_even) each_piece(record, column, [&](ByteView bytes, std::uint64_t at) { text_.wide(bytes, at, is_big_endian); });
        else text_.wide(record.bytes.subspan(column.at, column.size), source_of(record, column.at), is_big_endian);
    }
    // A log alone does not say how its texts are written; zero bytes between Latin letters do.
    TextEncoding encoding_of(const Record& record, const Column& column) const {
        if (pages_.encoding != TextEncoding::unknown) return pages_.encoding;
        const ByteView bytes = record.bytes.subspan(column.at, column.size);
        if (bytes.size() < 2 || bytes.size() % 2 != 0) return TextEncoding::utf8;
        if (bytes[0] == std::byte{0} && bytes[1] != std::byte{0}) return TextEncoding::utf16be;
        return bytes[1] == std::byte{0} && bytes[0] != std::byte{0} ? TextEncoding::utf16le : TextEncoding::utf8;
    }

    // Gives a BLOB as what it is; true where it is text and belongs into the line.
    bool is_text_blob(std::uint64_t slot, const Cell& cell, const Column& column, const Record& record) {
        const ByteView blob = record.bytes.subspan(column.at, column.size);
        const std::size_t piece = piece_of(record, column.at);
        const bool is_in_place = piece + 1 == record.pieces.size() || record.pieces[piece + 1].at >= column.at + column.size;
        bool is_file = false;
        if (blob.size() >= blob_bytes_min && is_child(blob, is_file)) {
            give_blob(slot, cell, column, record, is_file, is_in_place);
            return false;
        }
        if (is_readable(blob)) return true;
        if (!is_in_place && blob.size() >= blob_bytes_min) {
            give_blob(slot, cell, column, record, false, false);
            return false;
        }
        each_piece(record, column, [&](ByteView bytes, std::uint64_t at) { gap(at, at + bytes.size()); });
        return false;
    }
    void give_blob(std::uint64_t slot, const Cell& cell, const Column& column, const Record& record, bool is_file, bool is_in_place) {
        const std::uint64_t at = source_of(record, column.at);
        if (!budget_.take_items(1) || (!is_in_place && !budget_.take_bytes(column.size))) {
            is_over_ = true;
            return;
        }
        Hints hints;
        hints.is_file = is_file;
        hints.name = fmt::format("{}{}cell {} column {}", title_, title_.empty() ? "" : ", ", cell.number, column.number);
        if (is_in_place) return visitor_.window(at, at + column.size, hints, false);
        Decoded child;
        child.decoder = fmt::format("{}:{}/{}/{}", pages_.decoder, slot + 1, cell.number, column.number);
        child.size_in = pages_.bytes.size();
        child.bytes = to_bytes(record.bytes.subspan(column.at, column.size));
        each_piece(record, column, [&](ByteView bytes, std::uint64_t source_at) {
            const auto view_at = static_cast<std::uint64_t>(bytes.data() - record.bytes.data()) - column.at;
            child.map.add(view_at, source_at, OffsetMap::Run::same);
        });
        visitor_.decoded(std::move(child), hints, false);
    }

    void give_view(std::uint64_t first) {
        show();
        shown_ = 0;
        if (text_.empty()) return;
        if (!budget_.take_items(1)) is_over_ = true;
        Decoded child = text_.take(fmt::format("{}:{}", pages_.decoder, first + 1), 0, pages_.bytes.size());
        visitor_.decoded(std::move(child), Hints{}, true);
    }

    const Pages& pages_;
    DamageList& damage_;
    Budget& budget_;
    Visitor& visitor_;
    std::vector<bool> is_used_;
    LocatedText text_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps_;
    std::string title_;
    std::size_t shown_ = 0;
    bool is_over_ = false;
};
}  // namespace

void read_pages(const Pages& pages, DamageList& damage, Budget& budget, Visitor& visitor) { Reader(pages, damage, budget, visitor).read(); }

}  // namespace plumbline::formats::sqlite
