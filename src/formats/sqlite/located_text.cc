// SPDX-License-Identifier: Apache-2.0
#include "formats/sqlite/located_text.h"

#include <algorithm>

#include "base/utf8.h"

namespace plumbline::formats {

namespace {
constexpr std::uint64_t stretch_bytes_min = 5;  // the shortest indicator is longer than that
}

bool LocatedText::pay(std::uint64_t count) {
    if (!is_over_ && budget_.take_bytes(count)) return true;
    is_over_ = true;
    return false;
}

void LocatedText::same(ByteView bytes, std::uint64_t source_at) {
    if (bytes.empty() || !pay(bytes.size())) return;
    map_.add(text_.size(), source_at, OffsetMap::Run::same);
    text_ += text_of(bytes);
}

void LocatedText::wide(ByteView bytes, std::uint64_t source_at, bool is_big_endian) {
    const std::size_t units = bytes.size() / 2;
    if (units == 0 || !pay(units * 3)) return;
    const unsigned char* data = uchar(bytes);
    const auto unit_at = [&](std::size_t i) {
        return static_cast<char16_t>(is_big_endian ? data[2 * i] << 8 | data[2 * i + 1] : data[2 * i + 1] << 8 | data[2 * i]);
    };
    for (std::size_t i = 0; i < units; ++i) {
        char32_t code_point = unit_at(i);
        if (code_point == 0xfeff) continue;
        map_.add(text_.size(), source_at + 2 * i, code_point < 0x80 && code_point != 0 ? OffsetMap::Run::wide : OffsetMap::Run::made);
        if (code_point >= 0xd800 && code_point < 0xdc00 && i + 1 < units && (unit_at(i + 1) & 0xfc00) == 0xdc00) {
            code_point = 0x10000 + ((code_point - 0xd800) << 10) + (unit_at(i + 1) - 0xdc00U);
            ++i;
        }
        append_utf8(text_, code_point == 0 ? U' ' : code_point);
    }
}

void LocatedText::made(std::string_view utf8, std::uint64_t source_at) {
    if (utf8.empty() || !pay(utf8.size())) return;
    map_.add(text_.size(), source_at, OffsetMap::Run::made);
    text_ += utf8;
}

Decoded LocatedText::take(std::string decoder, std::uint64_t offset, std::uint64_t size_in) {
    Decoded out;
    out.decoder = std::move(decoder);
    out.offset = offset;
    out.size_in = size_in;
    out.bytes = to_bytes(text_);
    out.map = std::move(map_);
    if (is_over_) out.damage = out.decoder.substr(0, out.decoder.find(':')) + ": over the budget of decoded bytes";
    text_.clear();
    map_ = {};
    return out;
}

void give_stretch(ByteView bytes, std::uint64_t begin, std::uint64_t end, Visitor& visitor) {
    while (begin < end && bytes[begin] == std::byte{0}) ++begin;
    while (begin < end && bytes[end - 1] == std::byte{0}) --end;
    // The zero behind the last letter belongs to it in UTF-16.
    if (end < bytes.size() && bytes[end] == std::byte{0}) ++end;
    if (end - begin >= stretch_bytes_min) visitor.window(begin, end, Hints{}, true);
}

void Taken::give_rest(ByteView bytes, Visitor& visitor) {
    std::sort(stretches_.begin(), stretches_.end());
    std::uint64_t at = 0;
    for (const auto& [begin, end] : stretches_) {
        if (begin > at) give_stretch(bytes, at, std::min<std::uint64_t>(begin, bytes.size()), visitor);
        at = std::min<std::uint64_t>(std::max(at, end), bytes.size());
    }
    if (at < bytes.size()) give_stretch(bytes, at, bytes.size(), visitor);
}

}  // namespace plumbline::formats
