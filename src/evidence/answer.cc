// SPDX-License-Identifier: Apache-2.0
#include "evidence/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/utf8.h"
#include "evidence/answer_row.h"

namespace plumbline::evidence {

namespace {
constexpr std::size_t text_max = 1U << 30;
constexpr std::string_view line_end = "\"}\n";

Result<std::string_view> read_text(ByteReader& reader) { return text_of(TRY(reader.sized(text_max))); }
// A count of rows that take at least `row_bytes_min` each: no more than fit in what is left.
Result<std::uint32_t> read_count(ByteReader& reader, std::size_t row_bytes_min) {
    const std::uint32_t count = TRY(reader.u32());
    if (count > reader.left() / row_bytes_min) return fail(ErrorKind::corrupt, "a count of {} rows in {} bytes", count, reader.left());
    return count;
}

// False where the bytes are no sighting.
bool read_row(std::string_view& rest, std::span<const std::string_view> paths, SightingView& out) {
    if (rest.size() < AnswerRow::bytes) return false;
    const AnswerRow row = AnswerRow::read(rest.data());
    const bool is_apart = row.flags & AnswerRow::text_apart;
    const bool is_value_text = row.flags & AnswerRow::value_is_text;
    const std::uint64_t size = std::uint64_t{row.around_size} + (is_apart ? row.text_size : 0) + (is_value_text ? 0 : row.value_size);
    const bool is_inside = is_apart || std::uint64_t{row.text_at} + row.text_size <= row.around_size;
    if (row.kind == 0 || row.kind > static_cast<std::uint8_t>(IndicatorKind::file) || row.path >= paths.size()) return false;
    if (size > rest.size() - AnswerRow::bytes || !is_inside) return false;
    const char* bytes = rest.data() + AnswerRow::bytes;
    out.kind = static_cast<IndicatorKind>(row.kind);
    out.is_path_whole = row.flags & AnswerRow::path_is_whole;
    out.offset = row.offset;
    out.path = paths[row.path];
    out.around = {bytes, row.around_size};
    out.text = {bytes + (is_apart ? row.around_size : row.text_at), row.text_size};
    out.value = is_value_text ? out.text : std::string_view(bytes + size - row.value_size, row.value_size);
    rest.remove_prefix(AnswerRow::bytes + size);
    return true;
}

Result<PartView> read_part(ByteReader& reader) {
    PartView out;
    out.name = TRY(read_text(reader));
    out.sha256 = TRY(read_text(reader));
    out.size_bytes = TRY(reader.u64());
    out.begin = TRY(reader.u64());
    out.end = TRY(reader.u64());
    out.format = TRY(read_text(reader));
    out.text = TRY(read_text(reader));
    std::vector<std::string_view> paths(TRY(read_count(reader, 4)));
    for (std::string_view& path : paths) path = TRY(read_text(reader));
    const std::uint32_t sightings = TRY(read_count(reader, AnswerRow::bytes));
    out.sightings.reserve(sightings);
    std::string_view rest = text_of(reader.rest());
    const std::size_t size = rest.size();
    for (std::uint32_t i = 0; i < sightings; ++i)
        if (!read_row(rest, paths, out.sightings.emplace_back())) return fail(ErrorKind::corrupt, "a sighting that is none, {} bytes before the end", rest.size());
    TRY(reader.take(size - rest.size()));
    out.unread.resize(TRY(read_count(reader, 8)));
    for (UnreadView& row : out.unread) row = {TRY(read_text(reader)), TRY(read_text(reader))};
    out.later.resize(TRY(read_count(reader, 16)));
    for (LaterView& row : out.later) row = {TRY(read_text(reader)), TRY(read_text(reader)), TRY(reader.u64())};
    return out;
}

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
char* put(char* to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
}
char* put_number(char* to, std::uint64_t value) { return std::to_chars(to, to + 20, value).ptr; }

constexpr std::size_t escape_max = 6;  // bytes that one byte can become: "\u0001"

// What is not plain at the start of `text`: an escape, a sequence of UTF-8, or one byte that is none.
char* put_special(char* to, std::string_view& text, bool is_context) {
    const auto c = static_cast<unsigned char>(text[0]);
    std::size_t taken = 1;
    if (c >= 0x80) {
        taken = utf8_sequence_size(text);
        to = put(to, taken == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, taken));
        taken = std::max<std::size_t>(taken, 1);
    } else if (is_context && (c < ' ' || c == 127)) {
        *to++ = ' ';
    } else if (c == '"' || c == '\\') {
        *to++ = '\\';
        *to++ = text[0];
    } else if (c == '\n' || c == '\r' || c == '\t') {
        *to++ = '\\';
        *to++ = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
    } else if (c < ' ' || c == 127) {
        static constexpr char digits[] = "0123456789abcdef";
        to = put(to, "\\u00");
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    } else {
        *to++ = text[0];
    }
    text.remove_prefix(taken);
    return to;
}

#if defined(__SSE2__)
// Sixteen bytes, or fewer with zeros behind them.
__m128i load(std::string_view text) {
    if (text.size() >= 16) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data()));
    const auto part = [&](std::size_t at, std::size_t size) {
        std::uint64_t word = 0;
        if (size == 8) std::memcpy(&word, text.data() + at, 8);
        else std::memcpy(&word, text.data() + at, 4);
        return word;
    };
    const std::size_t n = text.size();
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    if (n >= 8) {
        low = part(0, 8);
        if (n > 8) high = part(n - 8, 8) >> 8 * (16 - n);
    } else if (n >= 4) {
        low = part(0, 4) | part(n - 4, 4) << 8 * (n - 4);
    } else {
        for (std::size_t i = 0; i < n; ++i) low |= std::uint64_t{static_cast<unsigned char>(text[i])} << 8 * i;
    }
    return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
}

// Sixteen bytes at a time as long as they are plain; blanks that a context makes of control characters are too.
char* put_plain(char* to, std::string_view& text, bool is_context) {
    const __m128i space = _mm_set1_epi8(' ');
    while (!text.empty()) {
        const std::size_t size = std::min<std::size_t>(text.size(), 16);
        __m128i bytes = load(text);
        const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(127));
        if (is_context) {
            // Signed: letters of other scripts are below zero, and none of the control characters is.
            const __m128i control = _mm_or_si128(_mm_andnot_si128(_mm_cmplt_epi8(bytes, _mm_setzero_si128()), _mm_cmplt_epi8(bytes, space)), del);
            bytes = _mm_or_si128(_mm_andnot_si128(control, bytes), _mm_and_si128(control, space));
        }
        __m128i special = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        special = _mm_or_si128(special, _mm_cmplt_epi8(bytes, space));
        if (!is_context) special = _mm_or_si128(special, del);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
        const std::size_t plain = mask == 0 ? size : std::min(size, static_cast<std::size_t>(__builtin_ctz(mask)));
        to += plain;
        text.remove_prefix(plain);
        if (plain < size) return to;
    }
    return to;
}
#else
char* put_plain(char* to, std::string_view&, bool) { return to; }
#endif

// `to` has room for escape_max bytes for each of `text`, and 16 more.
char* put_escaped(char* to, std::string_view text, bool is_context = false) {
    while (!text.empty()) {
        to = put_plain(to, text, is_context);
        if (!text.empty()) to = put_special(to, text, is_context);
    }
    return to;
}
// `{"kind":"email","value":"` of each kind.
const std::string& head_of(IndicatorKind kind) {
    static const auto heads = [] {
        std::array<std::string, static_cast<std::size_t>(IndicatorKind::file) + 1> all;
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = fmt::format("{{\"kind\":\"{}\",\"value\":\"", name_of(static_cast<IndicatorKind>(i)));
        return all;
    }();
    return heads[static_cast<std::size_t>(kind)];
}
bool is_same_place(std::string_view a, std::string_view b) { return a.data() == b.data() && a.size() == b.size(); }
}  // namespace

std::string SightingView::where() const {
    std::string out(path);
    if (!is_path_whole) out += std::to_string(offset);
    return out;
}
std::string SightingView::context() const { return shown_context(around); }

std::string shown_context(std::string_view around) {
    const Letters letters = letters_of(around);
    std::string context = letters.has_wide ? utf8_repaired(around) : std::string(around);
    if (!letters.has_control) return context;
    for (char& c : context)
        if (static_cast<unsigned char>(c) < ' ' || c == 127) c = ' ';
    return context;
}

Result<std::vector<PartView>> read_scan_answer(ByteView answer) {
    ByteReader reader(answer);
    if (TRY(reader.u8()) != answer_version) return fail(ErrorKind::corrupt, "a scan answer of another version");
    std::vector<PartView> parts(TRY(read_count(reader, 52)));
    for (PartView& part : parts) part = TRY(read_part(reader));
    if (reader.left() != 0) return fail(ErrorKind::corrupt, "{} bytes behind a scan answer", reader.left());
    return parts;
}

Sighting to_sighting(const SightingView& view) {
    Sighting out;
    out.kind = view.kind;
    out.value = view.value;
    out.text = view.text;
    out.where = view.where();
    out.offset = view.offset;
    out.context = view.context();
    return out;
}

PartEvidence to_part_evidence(const PartView& view) {
    PartEvidence out;
    out.name = view.name;
    out.sha256 = view.sha256;
    out.size_bytes = view.size_bytes;
    out.format = view.format;
    out.text = view.text;
    out.sightings.reserve(view.sightings.size());
    for (const SightingView& sighting : view.sightings) out.sightings.push_back(to_sighting(sighting));
    out.unread.reserve(view.unread.size());
    for (const UnreadView& row : view.unread) out.unread.push_back({std::string(row.where), std::string(row.reason)});
    return out;
}

std::string json_escaped(std::string_view text) {
    std::string quoted;
    append_json_text(quoted, text);
    return quoted.substr(1, quoted.size() - 2);
}

void LineBlock::start_file(std::string_view file_json_escaped) {
    place_ = fmt::format("\",\"file\":\"{}\",\"where\":\"", file_json_escaped);
    file_size_ = place_.size();
    path_ = {};
}

void LineBlock::set_path(std::string_view path) {
    path_ = path;
    place_.resize(file_size_ + escape_max * path.size() + 16);
    place_.resize(static_cast<std::size_t>(put_escaped(place_.data() + file_size_, path) - place_.data()));
}

void LineBlock::append(const SightingView& sighting) {
    constexpr std::size_t frame_max = 256;  // names of members, the kind, numbers
    if (!is_same_place(path_, sighting.path)) set_path(sighting.path);
    const std::size_t escaped = sighting.value.size() + sighting.text.size() + sighting.around.size();
    const std::size_t bound = used_ + frame_max + place_.size() + escape_max * escaped;
    if (bound > bytes_.size()) bytes_.resize(bound <= bytes_.capacity() ? bytes_.capacity() : std::max(bound, 2 * bytes_.size()));
    char* to = put(bytes_.data() + used_, head_of(sighting.kind));
    const char* value = to;
    to = put_escaped(to, sighting.value);
    const std::string_view value_escaped(value, static_cast<std::size_t>(to - value));
    to = put(to, "\",\"text\":\"");
    to = is_same_place(sighting.value, sighting.text) ? put(to, value_escaped) : put_escaped(to, sighting.text);
    to = put(to, place_);
    std::array<char, 20> digits;
    const char* digits_end = put_number(digits.data(), sighting.offset);
    const std::string_view offset(digits.data(), static_cast<std::size_t>(digits_end - digits.data()));
    if (!sighting.is_path_whole) to = put(to, offset);
    to = put(to, "\",\"offset\":");
    // As Json has it: a number of 64 bits with a sign.
    if (sighting.offset > INT64_MAX) to = put_number(put(to, "-"), ~sighting.offset + 1);
    else to = put(to, offset);
    to = put(to, ",\"context\":\"");
    to = put_escaped(to, sighting.around, true);
    to = put(to, line_end);
    used_ = static_cast<std::size_t>(to - bytes_.data());
}

std::string LineBlock::take(std::string room) {
    bytes_.resize(std::exchange(used_, 0));
    return std::exchange(bytes_, std::move(room));
}

void LineBlock::add_members(std::string_view members) {
    used_ -= line_end.size() - 1;
    if (used_ + members.size() + line_end.size() > bytes_.size()) bytes_.resize(used_ + members.size() + line_end.size());
    char* to = put(bytes_.data() + used_, members);
    to = put(to, line_end.substr(1));
    used_ = static_cast<std::size_t>(to - bytes_.data());
}

}  // namespace plumbline::evidence
