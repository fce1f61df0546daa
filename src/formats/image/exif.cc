// SPDX-License-Identifier: Apache-2.0
#include "formats/image/exif.h"

#include <algorithm>
#include <array>
#include <optional>

#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
using Kind = Stretch::Kind;
using namespace std::string_view_literals;
constexpr std::size_t directories_max = 64;
constexpr unsigned entries_max = 2000;            // of one directory
constexpr std::uint64_t text_bytes_max = 65'536;  // of one field in the view; the rest of a longer one is scanned raw

enum class Group : std::uint8_t { image, gps };

struct Field {
    Group group = Group::image;
    std::size_t directory = 0;
    unsigned tag = 0;
    unsigned type = 0;
    std::uint64_t count = 0;
    Range range;  // of the value
};

struct Name {
    unsigned tag;
    std::string_view name;
};
constexpr Name image_names[] = {
    {0x010d, "DocumentName"}, {0x010e, "ImageDescription"}, {0x010f, "Make"}, {0x0110, "Model"}, {0x011d, "PageName"}, {0x0131, "Software"},
    {0x0132, "DateTime"}, {0x013b, "Artist"}, {0x013c, "HostComputer"}, {0x8298, "Copyright"}, {0x9003, "DateTimeOriginal"},
    {0x9004, "DateTimeDigitized"}, {0x9010, "OffsetTime"}, {0x9011, "OffsetTimeOriginal"}, {0x9286, "UserComment"}, {0x9c9b, "XPTitle"},
    {0x9c9c, "XPComment"}, {0x9c9d, "XPAuthor"}, {0x9c9e, "XPKeywords"}, {0x9c9f, "XPSubject"}, {0xa004, "RelatedSoundFile"},
    {0xa420, "ImageUniqueID"}, {0xa430, "CameraOwnerName"}, {0xa431, "BodySerialNumber"}, {0xa433, "LensMake"}, {0xa434, "LensModel"},
    {0xa435, "LensSerialNumber"}, {0xa436, "ImageTitle"}, {0xa437, "Photographer"}, {0xa438, "ImageEditor"}, {0xc614, "UniqueCameraModel"},
    {0xc62f, "CameraSerialNumber"}, {0xc68b, "OriginalRawFileName"},
};
constexpr Name gps_names[] = {{0x001b, "GPSProcessingMethod"}, {0x001c, "GPSAreaInformation"}, {0x001d, "GPSDateStamp"}, {0x0012, "GPSMapDatum"}};

std::string name_of(const Field& field) {
    const std::span<const Name> names = field.group == Group::gps ? std::span<const Name>(gps_names) : std::span<const Name>(image_names);
    const auto row = std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.tag == field.tag; });
    if (row != names.end()) return std::string(row->name);
    return fmt::format("{}{:#06x}", field.group == Group::gps ? "GPS " : "", field.tag);
}

// The size of one value of each type, by number (section 2, "Types").
constexpr std::array<unsigned, 14> type_sizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

class Directories {
  public:
    Directories(ByteView tiff, Budget& budget) : in_{tiff, tiff.size() > 0 && tiff[0] == std::byte{'I'}}, budget_(budget) { queue_.push_back({in_.u32(4), Group::image}); }

    const Fields& in() const { return in_; }
    // Every field of every directory, in the order in which they are met.
    std::vector<Field> read() {
        std::vector<Field> out;
        for (std::size_t i = 0; i < queue_.size(); ++i) read_directory(i, out);
        return out;
    }

  private:
    struct Queued {
        std::uint64_t at;
        Group group;
    };
    void add(std::uint64_t at, Group group) {
        const bool is_known = std::any_of(queue_.begin(), queue_.end(), [&](const Queued& row) { return row.at == at; });
        if (at >= 8 && in_.has(at, 6) && !is_known && queue_.size() < directories_max) queue_.push_back({at, group});
    }
    void read_directory(std::size_t index, std::vector<Field>& out) {
        const auto [at, group] = queue_[index];
        if (!in_.has(at, 2)) return;
        const unsigned count = std::min(in_.u16(at), entries_max);
        for (unsigned i = 0; i < count; ++i) {
            const std::uint64_t entry = at + 2 + 12ULL * i;
            if (!in_.has(entry, 12) || !budget_.take_steps(16)) return;
            Field field;
            field.group = group;
            field.directory = index;
            field.tag = in_.u16(entry);
            field.type = in_.u16(entry + 2);
            field.count = in_.u32(entry + 4);
            if (field.type == 0 || field.type >= type_sizes.size()) continue;
            const std::uint64_t size = field.count * type_sizes[field.type];
            const std::uint64_t begin = size <= 4 ? entry + 8 : in_.u32(entry + 8);
            if (size == 0 || begin > in_.bytes.size()) continue;
            field.range = {begin, std::min<std::uint64_t>(begin + size, in_.bytes.size())};
            follow(field);
            out.push_back(field);
        }
        if (group == Group::image) add(in_.u32(at + 2 + 12ULL * count), group);
    }
    void follow(const Field& field) {
        if (field.group != Group::image || (field.type != 4 && field.type != 13)) return;
        if (field.tag == 0x8769 || field.tag == 0xa005) add(in_.u32(field.range.begin), Group::image);
        if (field.tag == 0x8825) add(in_.u32(field.range.begin), Group::gps);
        if (field.tag != 0x014a) return;
        for (std::uint64_t at = field.range.begin; at + 4 <= field.range.end && queue_.size() < directories_max; at += 4) add(in_.u32(at), Group::image);
    }

    Fields in_;
    Budget& budget_;
    std::vector<Queued> queue_;
};

bool is_ucs2_name(const Field& field) { return field.group == Group::image && field.tag >= 0x9c9b && field.tag <= 0x9c9f && field.type != 2; }
// Fields that start with eight letters which name their writing.
bool has_code(const Field& field) {
    return field.type == 7 && field.range.size() > 8 && ((field.group == Group::image && field.tag == 0x9286) || (field.group == Group::gps && (field.tag == 0x1b || field.tag == 0x1c)));
}
bool is_ucs2_comment(const Field& field, const Fields& in) { return has_code(field) && in.starts(field.range.begin, "UNICODE\0"sv); }

// "N", "W", "K": letters that say how a number beside them is meant.
bool is_reference(const Field& field) { return field.group == Group::gps && field.count <= 4; }

// Writers put UNICODE comments in either order of bytes, whatever the header says.
bool is_big_endian(ByteView text) {
    std::size_t even = 0;
    std::size_t odd = 0;
    for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
        even += text[at] == std::byte{0};
        odd += text[at + 1] == std::byte{0};
    }
    return even > odd;
}

class Lines {
  public:
    explicit Lines(Budget& budget) : budget_(budget) {}
    // "name: " and then `bytes`, which stand at `source` of the directory's bytes as they are.
    void add(std::string_view name, ByteView bytes, std::uint64_t source) {
        if (!starts_line(name, bytes.size(), source)) return;
        out_.map.add(out_.bytes.size(), source, OffsetMap::Run::same);
        append(out_.bytes, bytes);
        ends_line(source + bytes.size());
    }
    void add_made(std::string_view name, std::string_view text, std::uint64_t source) {
        if (!starts_line(name, text.size(), source)) return;
        append(out_.bytes, text);
        ends_line(source);
    }
    Decoded take() { return std::move(out_); }

  private:
    bool starts_line(std::string_view name, std::size_t size, std::uint64_t source) {
        if (!budget_.take_bytes(name.size() + size + 3)) {
            out_.damage = "exif: over the budget of decoded bytes";
            return false;
        }
        out_.map.add(out_.bytes.size(), source, OffsetMap::Run::made);
        append(out_.bytes, name);
        append(out_.bytes, ": ");
        return true;
    }
    void ends_line(std::uint64_t source) {
        out_.map.add(out_.bytes.size(), source, OffsetMap::Run::made);
        append(out_.bytes, "\n");
    }
    Budget& budget_;
    Decoded out_;
};

// Without zero bytes and spaces at the end; empty where it is no text.
ByteView text_part(ByteView bytes) {
    bytes = bytes.first(std::min<std::uint64_t>(bytes.size(), text_bytes_max));
    while (!bytes.empty() && (bytes.back() == std::byte{0} || bytes.back() == std::byte{' '})) bytes = bytes.first(bytes.size() - 1);
    return bytes;
}

void add_text(const Fields& in, const Field& field, Budget& budget, Lines& lines) {
    ByteView value = in.bytes.subspan(field.range.begin, std::min<std::uint64_t>(field.range.size(), text_bytes_max));
    std::uint64_t source = field.range.begin;
    const bool is_coded = has_code(field);
    const bool is_wide = is_ucs2_name(field) || is_ucs2_comment(field, in);
    if (is_coded) {
        value = value.subspan(8);
        source += 8;
    }
    if (is_wide) {
        const Decoded decoded = decode_utf16(value.first(value.size() & ~std::size_t{1}), is_coded && is_big_endian(value), budget);
        const ByteView text = text_part(decoded.bytes);
        if (!text.empty()) lines.add_made(name_of(field), text_of(text), source);
    } else if (is_coded || (field.type == 2 && !is_reference(field))) {
        const ByteView text = text_part(value);
        if (!text.empty()) lines.add(name_of(field), text, source);
    }
}

// Degrees, minutes and seconds as three fractions.
std::optional<double> degrees(const Fields& in, const Field& field) {
    if (field.type != 5 || field.count < 3 || field.range.size() < 24) return std::nullopt;
    double value = 0;
    const double units[] = {1, 60, 3600};
    for (unsigned i = 0; i < 3; ++i) {
        const double below = in.u32(field.range.begin + 8 * i + 4);
        if (below == 0 && i < 2) return std::nullopt;
        if (below != 0) value += in.u32(field.range.begin + 8 * i) / below / units[i];
    }
    return value;
}

void add_position(const Fields& in, const std::vector<Field>& fields, Lines& lines) {
    std::optional<double> values[2];
    bool is_negative[2] = {};
    std::uint64_t source = 0;
    for (const Field& field : fields) {
        if (field.group != Group::gps || field.tag < 1 || field.tag > 4) continue;
        const std::size_t axis = field.tag > 2;
        if (field.tag % 2 == 1) {
            is_negative[axis] = in.u8(field.range.begin) == 'S' || in.u8(field.range.begin) == 'W';
        } else {
            values[axis] = degrees(in, field);
            if (axis == 0) source = field.range.begin;
        }
    }
    if (!values[0] || !values[1] || *values[0] > 90 || *values[1] > 180) return;
    lines.add_made("GPSPosition", fmt::format("{:.6f}, {:.6f}", is_negative[0] ? -*values[0] : *values[0], is_negative[1] ? -*values[1] : *values[1]), source);
}

// The first value of `tag` in one directory.
std::optional<std::uint64_t> value_of(const Fields& in, const std::vector<Field>& fields, std::size_t directory, unsigned tag) {
    for (const Field& field : fields)
        if (field.directory == directory && field.group == Group::image && field.tag == tag && (field.type == 3 || field.type == 4))
            return in.number(field.range.begin, type_sizes[field.type]);
    return std::nullopt;
}

// Strips or tiles: `places` and `sizes` are lists of equal length.
void add_strips(const Fields& in, const Field& places, const std::vector<Field>& fields, unsigned sizes_tag, bool is_compressed, Budget& budget, std::uint64_t base, Layout& out) {
    const auto sizes = std::find_if(fields.begin(), fields.end(), [&](const Field& row) { return row.directory == places.directory && row.tag == sizes_tag && row.group == Group::image; });
    if (sizes == fields.end() || (places.type != 3 && places.type != 4) || (sizes->type != 3 && sizes->type != 4)) return;
    const unsigned wide = type_sizes[places.type];
    const unsigned wide_size = type_sizes[sizes->type];
    const std::uint64_t count = std::min(places.range.size() / wide, sizes->range.size() / wide_size);
    for (std::uint64_t i = 0; i < count && budget.take_steps(16); ++i) {
        const std::uint64_t at = in.number(places.range.begin + i * wide, wide);
        const std::uint64_t size = in.number(sizes->range.begin + i * wide_size, wide_size);
        if (at < 8 || !in.has(at, size)) continue;
        if (in.starts(at, "\xff\xd8\xff") && count == 1) out.add(Kind::file, base + at, base + at + size);
        else if (is_compressed) out.add(Kind::pixels, base + at, base + at + size);
    }
}

void read_layout(ByteView bytes, Range range, bool has_pixels, Budget& budget, Layout& out) {
    const ByteView tiff = bytes.subspan(range.begin, range.size());
    if (!starts_tiff(tiff)) return;
    Directories directories(tiff, budget);
    const std::vector<Field> fields = directories.read();
    const Fields& in = directories.in();
    for (const Field& field : fields) {
        const std::uint64_t begin = range.begin + field.range.begin;
        const std::uint64_t end = range.begin + field.range.end;
        if (is_ucs2_name(field) || is_ucs2_comment(field, in)) out.add(Kind::told, begin, std::min(end, begin + text_bytes_max));
        if (field.group != Group::image) continue;
        if (field.tag == 0x02bc && field.range.size() > 4) out.add(Kind::markup, begin, end);
        if (field.tag == 0x8773 && field.range.size() > 4) out.add(Kind::skipped, begin, end);
        if (field.tag == 0x0201) {
            const std::uint64_t at = in.u32(field.range.begin);
            const std::uint64_t size = value_of(in, fields, field.directory, 0x0202).value_or(0);
            if (at >= 8 && size > 3 && in.has(at, size) && in.starts(at, "\xff\xd8")) out.add(Kind::file, range.begin + at, range.begin + at + size);
        }
        if (!has_pixels || (field.tag != 0x0111 && field.tag != 0x0144)) continue;
        const bool is_compressed = value_of(in, fields, field.directory, 0x0103).value_or(1) != 1;
        add_strips(in, field, fields, field.tag + (field.tag == 0x0111 ? 6 : 1), is_compressed, budget, range.begin, out);
    }
    if (!has_pixels) return;
    out.width = value_of(in, fields, 0, 0x0100).value_or(0);
    out.height = value_of(in, fields, 0, 0x0101).value_or(0);
}
}  // namespace

bool starts_tiff(ByteView bytes) {
    const std::string_view text = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 8)));
    return text.size() == 8 && (text.starts_with("II*\0"sv) || text.starts_with("MM\0*"sv));
}

void read_exif_layout(ByteView bytes, Range range, Budget& budget, Layout& out) {
    range.end = std::min<std::uint64_t>(range.end, bytes.size());
    if (range.begin < range.end) read_layout(bytes, range, false, budget, out);
}

Layout read_tiff(ByteView bytes, Budget& budget) {
    Layout out;
    out.end = bytes.size();
    out.exif.push_back({0, bytes.size()});
    read_layout(bytes, {0, bytes.size()}, true, budget, out);
    return out;
}

Decoded exif_text(ByteView tiff, Budget& budget) {
    Decoded none;
    if (!starts_tiff(tiff)) return none;
    Directories directories(tiff, budget);
    const std::vector<Field> fields = directories.read();
    Lines lines(budget);
    for (const Field& field : fields) add_text(directories.in(), field, budget, lines);
    add_position(directories.in(), fields, lines);
    return lines.take();
}

}  // namespace plumbline::formats
