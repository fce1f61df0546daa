// SPDX-License-Identifier: Apache-2.0
#include "formats/text/charset.h"

#include <unicode/ucnv.h>
#include <unicode/udata.h>

#include <algorithm>
#include <cstring>

#include "base/utf8.h"

namespace plumbline::formats {

namespace {
std::string converted(ByteView bytes, const char* charset) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter* converter = ucnv_open(charset, &status);
    if (U_FAILURE(status)) return utf8_repaired(text_of(bytes));
    std::string out;
    char16_t units[1024];
    const char* source = text_of(bytes).data();
    const char* const source_end = source + bytes.size();
    char16_t high = 0;
    do {
        char16_t* target = units;
        status = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &target, units + std::size(units), &source, source_end, nullptr, true, &status);
        for (const char16_t* unit = units; unit != target; ++unit) {
            if (*unit >= 0xd800 && *unit < 0xdc00) {
                high = *unit;
                continue;
            }
            char32_t code_point = *unit;
            if (high != 0 && *unit >= 0xdc00 && *unit < 0xe000)
                code_point = 0x10000 + ((static_cast<char32_t>(high) - 0xd800) << 10) + (*unit - 0xdc00U);
            high = 0;
            append_utf8(out, code_point);
        }
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    ucnv_close(converter);
    return out;
}

std::string lowered(std::string_view text) {
    std::string out(text.substr(0, 60));
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}
bool is_ascii(ByteView bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b < std::byte{0x80} && b != std::byte{0x1b}; });
}
}  // namespace

std::string to_utf8(ByteView bytes, std::string_view charset) {
    const std::string name = lowered(charset);
    const bool is_wide = name.starts_with("utf-16") || name.starts_with("utf-32") || name.starts_with("utf-7");
    if (!is_wide && is_ascii(bytes)) return std::string(text_of(bytes));
    if (name == "utf-8" || name == "utf8") return utf8_repaired(text_of(bytes));
    if (name.empty() || name == "us-ascii" || name.find_first_of("/\\,") != std::string::npos) {
        if (is_utf8(text_of(bytes))) return std::string(text_of(bytes));
        return converted(bytes, "windows-1252");
    }
    // Mails say iso-8859-1 and mean its superset (WHATWG Encoding, section 4.2).
    return converted(bytes, name == "iso-8859-1" || name == "latin1" ? "windows-1252" : name.c_str());
}

void prepare_charsets() {
    UErrorCode status = U_ZERO_ERROR;
    udata_setFileAccess(UDATA_NO_FILES, &status);
    const ByteView probe = view("\xe4\x20");
    for (const char* name : {"windows-1252", "iso-8859-2", "iso-8859-15", "koi8-r", "windows-1251", "shift_jis", "iso-2022-jp",
                             "euc-jp", "euc-kr", "ks_c_5601-1987", "gb2312", "gbk", "gb18030", "big5", "utf-7", "utf-16le"})
        converted(probe, name);
}

std::string_view utf16_decoder_of(ByteView bytes) {
    if (bytes.size() < 8) return {};
    const unsigned char* data = uchar(bytes);
    if (data[0] == 0xff && data[1] == 0xfe && (data[2] != 0 || data[3] != 0)) return "utf16le";
    if (data[0] == 0xfe && data[1] == 0xff) return "utf16be";
    const std::size_t probe = std::min<std::size_t>(bytes.size(), 512) & ~std::size_t{1};
    if (!std::memchr(data, 0, probe)) return {};
    std::size_t little = 0;
    std::size_t big = 0;
    const auto is_text = [](unsigned char c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t'; };
    for (std::size_t at = 0; at < probe; at += 2) {
        little += data[at + 1] == 0 && is_text(data[at]);
        big += data[at] == 0 && is_text(data[at + 1]);
    }
    if (little * 20 >= probe / 2 * 17) return "utf16le";
    if (big * 20 >= probe / 2 * 17) return "utf16be";
    return {};
}

Decoded decode_utf16(ByteView source, bool is_big_endian, Budget& budget) {
    Decoded out;
    out.decoder = is_big_endian ? "utf16be" : "utf16le";
    out.size_in = source.size();
    const std::size_t units = source.size() / 2;
    if (!budget.take_steps(source.size()) || !budget.take_bytes(units * 3)) {
        out.damage = out.decoder + ": over the budget";
        return out;
    }
    const unsigned char* data = uchar(source);
    const auto unit_at = [&](std::size_t i) {
        return static_cast<char16_t>(is_big_endian ? data[2 * i] << 8 | data[2 * i + 1] : data[2 * i + 1] << 8 | data[2 * i]);
    };
    std::string text;
    for (std::size_t i = 0; i < units; ++i) {
        char32_t code_point = unit_at(i);
        if (code_point == 0xfeff) continue;
        out.map.add(text.size(), 2 * i, code_point < 0x80 ? OffsetMap::Run::wide : OffsetMap::Run::made);
        if (code_point >= 0xd800 && code_point < 0xdc00 && i + 1 < units && (unit_at(i + 1) & 0xfc00) == 0xdc00) {
            code_point = 0x10000 + ((code_point - 0xd800) << 10) + (unit_at(i + 1) - 0xdc00U);
            ++i;
        }
        append_utf8(text, code_point);
    }
    out.bytes = to_bytes(text);
    return out;
}

}  // namespace plumbline::formats
