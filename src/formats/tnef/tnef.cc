// SPDX-License-Identifier: Apache-2.0
#include "formats/tnef/tnef.h"

#include <algorithm>
#include <set>

#include "formats/little.h"
#include "formats/ole/lzfu.h"
#include "formats/ole/mapi.h"
#include "formats/ole/text_view.h"
#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
constexpr std::uint32_t magic = 0x223e9f78;
// [MS-OXTNEF] 2.1.3.2: the number of an attribute without its type.
enum Attribute : unsigned {
    from = 0x8000, subject = 0x8004, message_id = 0x8009, body = 0x800c, file_data = 0x800f, file_title = 0x8010,
    file_start = 0x9002, message_properties = 0x9003, recipients = 0x9004, file_properties = 0x9005, code_page = 0x9007,
};
constexpr std::uint32_t values_max = 100'000;

struct File {
    std::uint64_t at = 0;
    std::uint64_t size = 0;
    Hints hints;
    bool has_long_name = false;
};

// Reads the attributes once: strings go to the text, everything with bytes of its own to `files`.
class TnefReader {
  public:
    TnefReader(ByteView bytes, Budget& budget) : bytes_(bytes), budget_(budget), view_("tnef", budget) {}

    void read() {
        view_.set_line_ends("");
        std::uint64_t at = 6;
        while (at + 9 <= bytes_.size() && !view_.is_over()) {
            if (!budget_.take_steps(16)) return fail_with("tnef: over the budget of steps");
            const unsigned level = std::to_integer<unsigned>(bytes_[at]);
            const unsigned id = little16(bytes_, at + 1);
            const std::uint64_t size = little32(bytes_, at + 5);
            if (level != 1 && level != 2) return fail_with("tnef: damaged");
            const std::uint64_t there = cut(bytes_, at + 9, size).size();
            attribute(id, at + 9, there);
            if (there < size) return fail_with("tnef: cut short");
            at += 9 + size + 2;
        }
    }
    TextView& view() { return view_; }
    std::vector<File>& files() { return files_; }
    const std::string& damage() const { return damage_; }

  private:
    void fail_with(std::string why) { damage_ = std::move(why); }
    void attribute(unsigned id, std::uint64_t at, std::uint64_t size) {
        switch (id) {
            case code_page: charset_ = charset_of_code_page(little32(bytes_, at)); break;
            case subject: line("Subject: ", at, size); break;
            case message_id: line("Message-ID: ", at, size); break;
            case body: line("\n", at, size); break;
            case from: sender(at, size); break;
            case file_start: new_file(); break;
            case file_title: name_file(at, size); break;
            case file_data:
                if (files_.empty() || !files_.back().hints.is_file) new_file();
                files_.back().at = at;
                files_.back().size = size;
                break;
            case message_properties: properties(at, at + size, false); break;
            case file_properties: properties(at, at + size, true); break;
            case recipients: rows(at, at + size); break;
            default: break;
        }
    }
    std::uint64_t without_zeros(std::uint64_t at, std::uint64_t size, unsigned width) const {
        while (size >= width && little(bytes_, at + size - width, width) == 0) size -= width;
        return size;
    }
    void line(std::string_view label, std::uint64_t at, std::uint64_t size) {
        size = without_zeros(at, size, 1);
        if (size == 0) return;
        view_.made(label);
        view_.narrow({bytes_, nullptr}, at, size, charset_);
        view_.made("\n");
    }
    // Four sizes, then the name and the address, each with a zero (section 2.1.3.4, TRP).
    void sender(std::uint64_t at, std::uint64_t size) {
        const std::uint64_t name = std::min<std::uint64_t>(little16(bytes_, at + 4), size);
        const std::uint64_t address = std::min<std::uint64_t>(little16(bytes_, at + 6), size);
        if (size < 8 || name + address > size - 8) return;
        line("From: ", at + 8, name);
        line("", at + 8 + name, address);
    }
    void new_file() {
        if (files_.size() >= values_max) return;
        files_.emplace_back();
        files_.back().hints.is_file = true;
    }
    void name_file(std::uint64_t at, std::uint64_t size) {
        size = without_zeros(at, size, 1);
        line("", at, size);
        if (!files_.empty() && !files_.back().has_long_name) files_.back().hints.name = to_utf8(cut(bytes_, at, size), charset_);
    }

    // One list of properties (section 2.1.3.4.1). Gives where it ends, or `end` where it is damaged.
    std::uint64_t properties(std::uint64_t at, std::uint64_t end, bool is_file) {
        if (end < at + 4) return end;
        const std::uint32_t count = std::min(little32(bytes_, at), values_max);
        at += 4;
        for (std::uint32_t i = 0; i < count && at + 4 <= end && !view_.is_over() && budget_.take_steps(16); ++i) {
            const unsigned type = little16(bytes_, at);
            const unsigned id = little16(bytes_, at + 2);
            at += 4;
            if (id >= 0x8000) at = behind_name(at, end);
            at = values(type, id, at, end, is_file);
        }
        return std::min(at, end);
    }
    // A named property: 16 bytes of its set, then a number, or a name with its size, filled to four.
    std::uint64_t behind_name(std::uint64_t at, std::uint64_t end) const {
        if (at + 24 > end) return end;
        if (little32(bytes_, at + 16) == 0) return at + 24;
        return at + 24 + (static_cast<std::uint64_t>(little32(bytes_, at + 20)) + 3) / 4 * 4;
    }
    static std::uint64_t fixed_size(unsigned type) {
        switch (type & 0xfff) {
            case 0x0005: case 0x0006: case 0x0007: case 0x0014: case 0x0040: return 8;
            case 0x0048: return 16;
            default: return 4;
        }
    }
    std::uint64_t values(unsigned type, unsigned id, std::uint64_t at, std::uint64_t end, bool is_file) {
        const unsigned kind = type & 0xfff;
        const bool has_sizes = kind == mapi::narrow || kind == mapi::wide || kind == mapi::binary || kind == mapi::object;
        std::uint32_t count = 1;
        if (has_sizes || (type & 0x1000) != 0) {
            count = std::min(little32(bytes_, at), values_max);
            at += 4;
        }
        if (!has_sizes) return at + count * fixed_size(type);
        for (std::uint32_t i = 0; i < count && at + 4 <= end && budget_.take_steps(8); ++i) {
            const std::uint64_t said = little32(bytes_, at);
            const std::uint64_t size = std::min(said, end - at - 4);
            value(kind, id, at + 4, size, is_file);
            at += 4 + (said + 3) / 4 * 4;
        }
        return at;
    }
    void value(unsigned kind, unsigned id, std::uint64_t at, std::uint64_t size, bool is_file) {
        if (kind == mapi::object) {
            // 16 bytes say which interface; a message within a message is TNEF again.
            if (size <= 16) return;
            at += 16;
            size -= 16;
        }
        if (id == mapi::attachment_data && is_file && kind != mapi::narrow) {
            if (files_.empty()) new_file();
            if (files_.back().size != 0) return;
            files_.back().at = at;
            files_.back().size = size;
            return;
        }
        const bool is_string = kind == mapi::narrow || kind == mapi::wide;
        if (!is_string) {
            if (id == mapi::html || id == mapi::rtf_packed) part(id == mapi::html ? "text/html" : "", at, size);
            return;
        }
        const unsigned width = kind == mapi::wide ? 2 : 1;
        size = without_zeros(at, size, width);
        if (size < width) return;
        if (id == mapi::html || id == mapi::headers) return part(id == mapi::html ? "text/html" : "message/rfc822", at, size);
        if (is_file && id == mapi::attachment_name && !files_.empty()) {
            files_.back().has_long_name = true;
            files_.back().hints.name = to_utf8(cut(bytes_, at, size), width == 2 ? "utf-16le" : charset_);
        }
        if (mapi::is_class(id)) return view_.taken().add(at, at + size);
        view_.made(mapi::label_of(id));
        if (width == 2) view_.wide({bytes_, nullptr}, at, size / 2);
        else view_.narrow({bytes_, nullptr}, at, size, charset_);
        view_.made("\n");
    }
    void part(std::string_view media_type, std::uint64_t at, std::uint64_t size) {
        File file;
        file.at = at;
        file.size = size;
        file.hints.media_type = media_type;
        // The body of a message goes before the files, so that an attachment's name does not come to it.
        files_.insert(files_.begin(), std::move(file));
    }
    // A table of recipients: a count, then a list of properties for each.
    void rows(std::uint64_t at, std::uint64_t end) {
        const std::uint32_t count = std::min(little32(bytes_, at), values_max);
        at += 4;
        for (std::uint32_t i = 0; i < count && at + 4 <= end && !view_.is_over() && budget_.take_steps(16); ++i) at = properties(at, end, false);
    }

    ByteView bytes_;
    Budget& budget_;
    TextView view_;
    std::vector<File> files_;
    std::string charset_;
    std::string damage_;
};
}  // namespace

bool looks_like_tnef(ByteView bytes, const Hints&) { return bytes.size() >= 15 && little32(bytes, 0) == magic && std::to_integer<unsigned>(bytes[6]) <= 2; }

void open_tnef(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    TnefReader reader(bytes, budget);
    reader.read();
    if (!reader.damage().empty()) visitor.unread(0, "tnef", reader.damage());
    Coverage taken = reader.view().taken();
    give_view(reader.view(), bytes.size(), visitor);
    std::vector<File>& files = reader.files();
    std::stable_sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.at < b.at; });
    for (const File& file : files) {
        if (file.size == 0) continue;
        if (!budget.take_items(1)) {
            visitor.unread(file.at, "tnef", "tnef: over the budget of items");
            break;
        }
        taken.add(file.at, file.at + file.size);
        visitor.window(file.at, file.at + file.size, file.hints, false);
    }
    give_rest(bytes, taken, visitor);
}

Decoded decode_tnef(ByteView bytes, Budget& budget) {
    TnefReader reader(bytes, budget);
    reader.read();
    return reader.view().take(bytes.size());
}

}  // namespace plumbline::formats
