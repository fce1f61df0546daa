// SPDX-License-Identifier: Apache-2.0
#include "formats/ole/text_view.h"

#include <algorithm>

#include "base/utf8.h"
#include "formats/little.h"
#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t shown_bytes_max = 256 * 1024;

// Single-byte sets can be converted letter by letter; in the others a second byte may look like ASCII.
bool is_multi_byte(std::string_view charset) {
    static constexpr std::string_view sets[] = {"shift_jis", "gbk", "euc-kr", "big5", "gb18030", "iso-2022-jp", "euc-jp", "johab", "utf-7"};
    return std::find(std::begin(sets), std::end(sets), charset) != std::end(sets);
}
}  // namespace

void Coverage::add(const std::vector<SourceRun>& runs) {
    for (const SourceRun& run : runs) add(run.source_at, run.source_at + run.size);
}

void Coverage::add(const std::vector<SourceRun>& runs, std::uint64_t at, std::uint64_t size) {
    const auto first = std::partition_point(runs.begin(), runs.end(), [&](const SourceRun& run) { return run.at + run.size <= at; });
    for (auto run = first; run != runs.end() && run->at < at + size; ++run) {
        const std::uint64_t from = std::max(run->at, at);
        const std::uint64_t to = std::min(run->at + run->size, at + size);
        if (from < to) add(run->source_at + (from - run->at), run->source_at + (to - run->at));
    }
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> Coverage::rest(std::uint64_t size) {
    std::sort(taken_.begin(), taken_.end());
    std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
    std::uint64_t at = 0;
    for (const auto& [begin, end] : taken_) {
        if (begin > at && at < size) out.emplace_back(at, std::min(begin, size));
        at = std::max(at, end);
    }
    if (at < size) out.emplace_back(at, size);
    return out;
}

// Leads from the bytes of a source to the parent; asked with growing places, so it keeps the run that it was in.
class TextView::Places {
  public:
    Places(const Source& source, std::uint64_t at) : runs_(source.runs) {
        if (!runs_) return;
        const auto after = std::upper_bound(runs_->begin(), runs_->end(), at, [](std::uint64_t value, const SourceRun& run) { return value < run.at; });
        row_ = after == runs_->begin() ? 0 : static_cast<std::size_t>(after - runs_->begin()) - 1;
    }
    std::uint64_t of(std::uint64_t at) {
        if (!runs_) return at;
        while (row_ + 1 < runs_->size() && (*runs_)[row_ + 1].at <= at) ++row_;
        return row_ < runs_->size() ? (*runs_)[row_].source_at + (at - (*runs_)[row_].at) : 0;
    }

  private:
    const std::vector<SourceRun>* runs_;
    std::size_t row_ = 0;
};

bool TextView::pay(std::uint64_t bytes) {
    if (!is_over_ && budget_.take_bytes(bytes) && budget_.take_steps(bytes)) return true;
    is_over_ = true;
    return false;
}

void TextView::letter(char32_t code_point, std::uint64_t source_at, OffsetMap::Run run) {
    const bool is_control = code_point < 0x20 || code_point == 0x7f;
    if (is_control && code_point != '\n' && code_point != '\r' && code_point != '\t') run = OffsetMap::Run::made;
    if (is_control && line_ends_.find(static_cast<char>(code_point)) != std::string_view::npos) {
        code_point = '\n';
        run = OffsetMap::Run::made;
    } else if (code_point == 0) {
        code_point = ' ';
    }
    view_.map.add(text_.size(), source_at, run);
    append_utf8(text_, code_point);
    last_source_ = source_at;
}

void TextView::made(std::string_view utf8) {
    if (utf8.empty() || !pay(utf8.size())) return;
    view_.map.add(text_.size(), last_source_, OffsetMap::Run::made);
    text_ += utf8;
}

void TextView::narrow(const Source& source, std::uint64_t at, std::uint64_t size, std::string_view charset) {
    const ByteView bytes = cut(source.bytes, at, size);
    if (bytes.empty() || !pay(bytes.size() * 3)) return;
    Places places(source, at);
    if (source.runs) taken_.add(*source.runs, at, bytes.size());
    else taken_.add(at, at + bytes.size());
    const auto is_wide = [&](std::size_t i) { return bytes[i] >= std::byte{0x80}; };
    const bool is_whole = is_multi_byte(charset);
    for (std::size_t i = 0; i < bytes.size();) {
        if (!is_wide(i) && !is_whole) {
            letter(std::to_integer<char32_t>(bytes[i]), places.of(at + i), OffsetMap::Run::same);
            ++i;
            continue;
        }
        std::size_t end = is_whole ? bytes.size() : i;
        while (end < bytes.size() && is_wide(end)) ++end;
        last_source_ = places.of(at + i);
        view_.map.add(text_.size(), last_source_, OffsetMap::Run::made);
        text_ += to_utf8(bytes.subspan(i, end - i), charset);
        i = end;
    }
}

void TextView::wide(const Source& source, std::uint64_t at, std::uint64_t units) {
    const ByteView bytes = cut(source.bytes, at, units > source.bytes.size() ? source.bytes.size() : 2 * units);
    const std::size_t count = bytes.size() / 2;
    if (count == 0 || !pay(count * 3)) return;
    Places places(source, at);
    if (source.runs) taken_.add(*source.runs, at, 2 * count);
    else taken_.add(at, at + 2 * count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t source_at = places.of(at + 2 * i);
        char32_t code_point = little16(bytes, 2 * i);
        if (code_point == 0xfeff) continue;
        if (code_point >= 0xd800 && code_point < 0xdc00 && i + 1 < count && (little16(bytes, 2 * i + 2) & 0xfc00) == 0xdc00) {
            code_point = 0x10000 + ((code_point - 0xd800) << 10) + (little16(bytes, 2 * i + 2) - 0xdc00U);
            ++i;
        }
        letter(code_point, source_at, code_point < 0x80 ? OffsetMap::Run::wide : OffsetMap::Run::made);
    }
}

Decoded TextView::take(std::uint64_t size_in) {
    view_.size_in = size_in;
    view_.bytes = to_bytes(text_);
    if (is_over_) view_.damage = view_.decoder.substr(0, view_.decoder.find(':')) + ": over the budget of decoded bytes";
    return std::move(view_);
}

std::string charset_of_code_page(std::uint32_t code_page) {
    switch (code_page) {
        case 437: case 850: case 852: case 855: case 857: case 862: case 866: return "ibm" + std::to_string(code_page);
        case 874: case 1250: case 1251: case 1252: case 1253: case 1254: case 1255: case 1256: case 1257: case 1258: return "windows-" + std::to_string(code_page);
        case 932: return "shift_jis";
        case 936: return "gbk";
        case 949: return "euc-kr";
        case 950: return "big5";
        case 10000: return "macintosh";
        case 20127: return "us-ascii";
        case 20866: return "koi8-r";
        case 21866: return "koi8-u";
        case 50220: case 50221: case 50222: return "iso-2022-jp";
        case 51932: return "euc-jp";
        case 51949: return "euc-kr";
        case 54936: return "gb18030";
        case 65000: return "utf-7";
        case 65001: return "utf-8";
        default: break;
    }
    return code_page >= 28591 && code_page <= 28605 ? "iso-8859-" + std::to_string(code_page - 28590) : std::string();
}

void give_view(TextView& view, std::uint64_t size_in, Visitor& visitor) {
    if (view.empty() && !view.is_over()) return;
    const std::string shown(utf8_prefix(view.text(), shown_bytes_max));
    Decoded out = view.take(size_in);
    if (!out.damage.empty()) visitor.unread(0, out.decoder, out.damage);
    visitor.decoded(std::move(out), Hints{}, true);
    visitor.readable(shown);
    visitor.readable("\n");
}

void give_rest(ByteView bytes, Coverage& taken, Visitor& visitor) {
    for (const auto& [begin, end] : taken.rest(bytes.size())) visitor.window(begin, end, Hints{}, true);
}

}  // namespace plumbline::formats
