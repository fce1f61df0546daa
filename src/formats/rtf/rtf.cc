// SPDX-License-Identifier: Apache-2.0
#include "formats/rtf/rtf.h"

#include <algorithm>

#include "base/utf8.h"
#include "formats/rtf/reader.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t data_min = 32;
constexpr std::size_t behind_min = 8;

// Little-endian numbers and texts that end with a zero; a read behind the end fails all that follow.
class Fields {
  public:
    explicit Fields(ByteView bytes) : bytes_(bytes) {}
    std::uint64_t number(unsigned size) {
        if (!has(size)) return 0;
        std::uint64_t value = 0;
        for (unsigned i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(bytes_[at_ + i]) << (8 * i);
        at_ += size;
        return value;
    }
    std::string_view text() {
        const std::string_view rest = text_of(bytes_).substr(at_);
        const std::size_t end = rest.find('\0');
        if (end == std::string_view::npos || end > 1024) is_good_ = false;
        if (!is_good_) return {};
        at_ += end + 1;
        return rest.substr(0, end);
    }
    void skip(std::uint64_t size) {
        if (has(size)) at_ += size;
    }
    std::size_t at() const { return at_; }
    std::size_t left() const { return bytes_.size() - at_; }
    bool is_good() const { return is_good_; }

  private:
    bool has(std::uint64_t size) {
        if (size > bytes_.size() - at_) is_good_ = false;
        return is_good_;
    }
    ByteView bytes_;
    std::size_t at_ = 0;
    bool is_good_ = true;
};
}  // namespace

bool looks_like_rtf(ByteView bytes, const Hints&) {
    std::string_view text = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 64)));
    text.remove_prefix(std::min(text.find_first_not_of("\xef\xbb\xbf \t\r\n"), text.size()));
    // Word opens whatever starts with these four.
    return text.starts_with("{\\rt");
}

void open_rtf(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    rtf::Reader reader(text_of(bytes), budget);
    reader.read();
    if (!reader.view.damage.empty()) visitor.unread(0, "rtf", reader.view.damage);
    visitor.readable(text_of(reader.view.bytes).substr(0, reader.seen_size));
    if (!reader.view.bytes.empty()) visitor.decoded(std::move(reader.view), {}, true);
    for (const rtf::DataPart& part : reader.data) {
        if (!budget.take_items(1) || !budget.take_steps(part.end - part.begin)) return visitor.unread(part.begin, "rtfdata", "rtf: over the budget of items");
        Decoded child;
        child.decoder = "rtfdata";
        child.offset = part.begin;
        child.size_in = part.end - part.begin;
        child.bytes = rtf::read_data(text_of(bytes), part.begin, budget, child.damage);
        if (!child.damage.empty()) visitor.unread(part.begin, "rtfdata", child.damage);
        if (child.bytes.size() < data_min) continue;
        Hints hints;
        hints.is_file = !part.name.empty();
        hints.name = part.name;
        visitor.decoded(std::move(child), hints, false);
    }
    for (const auto& stretch : reader.binary) {
        if (!budget.take_items(1)) return visitor.unread(stretch.first, "", "rtf: over the budget of items");
        visitor.window(stretch.first, stretch.second, {}, false);
    }
    const std::string_view behind = text_of(bytes).substr(std::min<std::uint64_t>(reader.end, bytes.size()));
    const std::size_t first = behind.find_first_not_of(std::string_view("\r\n \0", 4));
    if (reader.view.damage.empty() && first != std::string_view::npos && behind.size() - first >= behind_min)
        visitor.window(reader.end + first, bytes.size(), {}, false);
}

bool is_rtf_decoder(std::string_view decoder) { return decoder == "rtf" || decoder == "rtfdata"; }

Result<Bytes> decode_rtf(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget) {
    if (!argument.empty()) return fail(ErrorKind::invalid, "{}: it takes no argument", decoder);
    if (decoder == "rtf") {
        rtf::Reader reader(text_of(bytes), budget);
        reader.read();
        if (reader.view.bytes.empty() && !reader.view.damage.empty()) return fail(ErrorKind::too_large, "{}", reader.view.damage);
        return std::move(reader.view.bytes);
    }
    std::string damage;
    if (!budget.take_steps(bytes.size())) return fail(ErrorKind::too_large, "rtf: over the budget of steps");
    Bytes out = rtf::read_data(text_of(bytes), 0, budget, damage);
    if (out.empty()) return fail(ErrorKind::corrupt, "rtfdata: no data at this place");
    return out;
}

// Version, format (2: embedded), then class, topic and item, each with its size and a closing zero.
bool looks_like_ole1(ByteView bytes, const Hints&) {
    Fields fields(bytes);
    const std::uint64_t version = fields.number(4);
    const std::uint64_t format = fields.number(4);
    const std::uint64_t name_size = fields.number(4);
    if (!fields.is_good() || (version & 0xffff) > 0x0601 || (version & 0xffff) == 0 || version >> 16 > 0xffff || format != 2) return false;
    return name_size > 1 && name_size <= 128 && name_size <= fields.left() && bytes[12 + name_size - 1] == std::byte{0};
}

void open_ole1(ByteView bytes, const Hints& hints, Budget&, Visitor& visitor) {
    Fields fields(bytes);
    fields.skip(8);
    const std::uint64_t name_size = fields.number(4);
    const std::string_view name = text_of(bytes).substr(12, name_size > 0 ? name_size - 1 : 0);
    fields.skip(name_size);
    for (int i = 0; i < 2; ++i) fields.skip(fields.number(4));
    const std::uint64_t size = fields.number(4);
    if (!fields.is_good()) {
        visitor.unread(0, "", "ole1: damaged");
        return visitor.window(0, bytes.size(), {}, true);
    }
    const std::size_t begin = fields.at();
    const std::size_t end = begin + std::min<std::uint64_t>(size, fields.left());
    if (size > fields.left()) visitor.unread(begin, "", "ole1: cut short");
    visitor.window(0, begin, {}, true);
    Hints inside;
    inside.media_type = hints.media_type;
    if (name != "Package") {
        visitor.window(begin, end, inside, false);
    } else {
        // A label, the path it came from, two numbers, the path it goes to, then the file.
        Fields package(bytes.subspan(begin, end - begin));
        package.skip(2);
        const std::string_view label = package.text();
        package.text();
        package.skip(4);
        package.skip(package.number(4));
        const std::uint64_t file_size = package.number(4);
        if (!package.is_good()) {
            visitor.unread(begin, "", "ole1: a package that is damaged");
            return visitor.window(begin, bytes.size(), {}, true);
        }
        const std::size_t file_begin = begin + package.at();
        const std::size_t file_end = file_begin + std::min<std::uint64_t>(file_size, end - file_begin);
        if (file_size > end - file_begin) visitor.unread(file_begin, "", "ole1: cut short");
        inside.is_file = true;
        inside.name = utf8_repaired(label);
        visitor.window(begin, file_begin, {}, true);
        visitor.window(file_begin, file_end, inside, false);
        if (file_end < end) visitor.window(file_end, end, {}, true);
    }
    if (end < bytes.size()) visitor.window(end, bytes.size(), {}, true);
}

}  // namespace plumbline::formats
