// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/excel.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "formats/little.h"

namespace plumbline::formats {

namespace {
enum Record : unsigned {
    bof = 0x0809, file_pass = 0x002f, code_page = 0x0042, sst = 0x00fc, next_part = 0x003c, label = 0x0204, rich_label = 0x00d6,
    bound_sheet = 0x0085, formula_string = 0x0207, text_object = 0x01b6, page_header = 0x0014, page_footer = 0x0015,
    number = 0x0203, small_number = 0x027e, small_numbers = 0x00bd, note = 0x001c,
};
constexpr double number_min = 1e7;  // a shorter one is a price or a year
constexpr double number_max = 1e15;

// The body of a record with its CONTINUE records: pieces of the stream, read as one.
class Parts {
  public:
    Parts(ByteView stream, std::vector<std::pair<std::uint64_t, std::uint64_t>> parts) : stream_(stream), parts_(std::move(parts)) { enter(0); }
    bool at_end() {
        step();
        return part_ >= parts_.size();
    }
    std::uint64_t read(unsigned size) {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < size; ++i) {
            if (at_end()) return value;
            value |= std::to_integer<std::uint64_t>(stream_[at_++]) << (8 * i);
        }
        return value;
    }
    void skip(std::uint64_t size) {
        while (size > 0 && !at_end()) {
            const std::uint64_t here = std::min(size, end_ - at_);
            at_ += here;
            size -= here;
        }
    }
    // `count` letters; where they go over into the next part, that starts with its own flag (section 2.5.293).
    void letters(std::uint64_t count, bool is_wide, TextView& view, std::string_view charset) {
        while (count > 0 && part_ < parts_.size()) {
            const std::uint64_t width = is_wide ? 2 : 1;
            const std::uint64_t here = std::min(count, (end_ - at_) / width);
            if (is_wide) view.wide({stream_, nullptr}, at_, here);
            else view.narrow({stream_, nullptr}, at_, here, charset);
            at_ += here * width;
            count -= here;
            if (count == 0) return;
            enter(part_ + 1);
            if (part_ < parts_.size() && at_ < end_) is_wide = (std::to_integer<unsigned>(stream_[at_++]) & 1) != 0;
        }
    }

  private:
    void step() {
        while (part_ < parts_.size() && at_ >= end_) enter(part_ + 1);
    }
    void enter(std::size_t part) {
        part_ = part;
        if (part_ >= parts_.size()) return;
        at_ = parts_[part_].first;
        end_ = parts_[part_].second;
    }
    ByteView stream_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts_;
    std::size_t part_ = 0;
    std::uint64_t at_ = 0;
    std::uint64_t end_ = 0;
};

class WorkbookReader {
  public:
    WorkbookReader(ByteView stream, Budget& budget) : stream_(stream), budget_(budget), out_{TextView("xls", budget), {}, false} {}

    WorkbookText read() {
        std::uint64_t at = 0;
        while (at + 4 <= stream_.size() && !out_.view.is_over()) {
            const unsigned type = little16(stream_, at);
            const std::uint64_t size = little16(stream_, at + 2);
            if (!budget_.take_steps(16)) break;
            if (type == 0 && size == 0) break;  // what fills the last sector
            if (stream_.size() - at - 4 < size) {
                out_.damage = "xls: cut short";
                break;
            }
            std::vector<std::pair<std::uint64_t, std::uint64_t>> parts{{at + 4, at + 4 + size}};
            at += 4 + size;
            while ((type == sst || type == text_object || type == formula_string) && at + 4 <= stream_.size() && little16(stream_, at) == next_part) {
                const std::uint64_t more = std::min<std::uint64_t>(little16(stream_, at + 2), stream_.size() - at - 4);
                parts.emplace_back(at + 4, at + 4 + more);
                at += 4 + more;
            }
            if (type == file_pass) {
                out_.is_encrypted = true;
                break;
            }
            record(type, std::move(parts));
        }
        return std::move(out_);
    }

  private:
    void record(unsigned type, std::vector<std::pair<std::uint64_t, std::uint64_t>>&& parts) {
        const std::uint64_t at = parts[0].first;
        const std::uint64_t size = parts[0].second - at;
        switch (type) {
            case bof:
                if (at == 4) is_8_ = little16(stream_, at) == 0x0600;
                break;
            case code_page: charset_ = charset_of_code_page(little16(stream_, at)); break;
            case sst: shared_strings(Parts(stream_, std::move(parts))); break;
            case label:
            case rich_label: text(Parts(stream_, std::move(parts)), 6, 2); break;
            case formula_string: text(Parts(stream_, std::move(parts)), 0, 2); break;
            case page_header:
            case page_footer: text(Parts(stream_, std::move(parts)), 0, is_8_ ? 2 : 1); break;
            case bound_sheet: text(Parts(stream_, std::move(parts)), 6, 1); break;
            case text_object: boxed_text(parts); break;
            case number: double_value(little(stream_, at + 6, size >= 14 ? 8 : 0)); break;
            case small_number: packed_value(little32(stream_, at + 6)); break;
            case small_numbers:
                for (std::uint64_t cell = 4; cell + 8 <= size; cell += 6) packed_value(little32(stream_, at + cell + 2));
                break;
            default: break;
        }
    }
    void text(Parts parts, unsigned skipped, unsigned count_bytes) {
        parts.skip(skipped);
        if (parts.at_end()) return;
        const std::uint64_t count = parts.read(count_bytes);
        const bool is_wide = is_8_ && (parts.read(1) & 1) != 0;
        if (count == 0) return;
        parts.letters(count, is_wide, out_.view, is_8_ ? "windows-1252" : charset_);
        out_.view.made("\n");
    }
    void shared_strings(Parts parts) {
        parts.read(4);
        const std::uint64_t count = parts.read(4);
        for (std::uint64_t i = 0; i < count && !parts.at_end() && !out_.view.is_over() && budget_.take_steps(8); ++i) {
            const std::uint64_t letters = parts.read(2);
            const std::uint64_t flags = parts.read(1);
            const std::uint64_t runs = (flags & 8) != 0 ? parts.read(2) : 0;
            const std::uint64_t phonetic = (flags & 4) != 0 ? parts.read(4) : 0;
            parts.letters(letters, (flags & 1) != 0, out_.view, "windows-1252");
            out_.view.made("\n");
            parts.skip(4 * runs + phonetic);
        }
    }
    // The text of a box stands in the first CONTINUE record behind its TXO (section 2.4.329), which may go on in others.
    void boxed_text(std::vector<std::pair<std::uint64_t, std::uint64_t>>& parts) {
        if (!is_8_ || parts.size() < 2) return;
        const std::uint64_t count = little16(stream_, parts[0].first + 10);
        parts.erase(parts.begin());
        Parts rest(stream_, std::move(parts));
        const bool is_wide = (rest.read(1) & 1) != 0;
        rest.letters(count, is_wide, out_.view, "windows-1252");
        out_.view.made("\n");
    }
    void double_value(std::uint64_t bits) {
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        plain_number(value);
    }
    // RkNumber, section 2.5.217: 30 bits of a whole number or of a double, bit 0: a hundredth.
    void packed_value(std::uint32_t rk) {
        double value = 0;
        if ((rk & 2) != 0) {
            value = static_cast<std::int32_t>(rk) >> 2;
        } else {
            const std::uint64_t bits = static_cast<std::uint64_t>(rk & 0xfffffffc) << 32;
            std::memcpy(&value, &bits, sizeof value);
        }
        plain_number((rk & 1) != 0 ? value / 100 : value);
    }
    void plain_number(double value) {
        if (value >= number_min && value < number_max && value == std::floor(value)) out_.view.made(fmt::format("{}\n", static_cast<std::uint64_t>(value)));
    }

    ByteView stream_;
    Budget& budget_;
    WorkbookText out_;
    bool is_8_ = false;
    std::string charset_;
};
}  // namespace

bool looks_like_workbook(ByteView stream) {
    if (stream.size() < 8 || little16(stream, 0) != bof) return false;
    const std::uint32_t version = little16(stream, 4);
    return little16(stream, 2) <= 32 && (version == 0x0600 || version == 0x0500);
}

WorkbookText read_workbook(ByteView stream, Budget& budget) { return WorkbookReader(stream, budget).read(); }

}  // namespace plumbline::formats
