// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <openssl/evp.h>

#include <algorithm>

namespace plumbline {

std::string to_hex(ByteView bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::byte b : bytes) {
        const auto value = std::to_integer<unsigned>(b);
        text.push_back(digits[value >> 4]);
        text.push_back(digits[value & 15]);
    }
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return fail(ErrorKind::invalid, "odd number of hexadecimal digits");
    auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]);
        const int low = digit(text[i + 1]);
        if (high < 0 || low < 0) return fail(ErrorKind::invalid, "not a hexadecimal digit at {}", i);
        bytes.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return bytes;
}

std::string to_base64(ByteView bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), uchar(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string to_base64url(ByteView bytes) {
    std::string text = to_base64(bytes);
    while (!text.empty() && text.back() == '=') text.pop_back();
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

Result<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return fail(ErrorKind::invalid, "base64 length is not a multiple of 4");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    auto value_of = [](char c) -> int {
        if (c >= 'A' && c <= 'Z') return c - 'A';
        if (c >= 'a' && c <= 'z') return c - 'a' + 26;
        if (c >= '0' && c <= '9') return c - '0' + 52;
        if (c == '+') return 62;
        if (c == '/') return 63;
        return -1;
    };
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (std::size_t i = 0; i + padding < text.size(); ++i) {
        const int value = value_of(text[i]);
        if (value < 0) return fail(ErrorKind::invalid, "not a base64 character at {}", i);
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<std::byte>(bits >> count & 0xff));
        }
    }
    // One text for one value: the unused low bits must be zero, or two spellings would verify alike.
    if ((bits & ((1U << count) - 1)) != 0) return fail(ErrorKind::invalid, "base64 has stray bits at its end");
    return bytes;
}

Result<Bytes> from_base64url(std::string_view text) {
    std::string padded(text);
    for (const char c : padded)
        if (c == '+' || c == '/' || c == '=') return fail(ErrorKind::invalid, "not base64url");
    std::replace(padded.begin(), padded.end(), '-', '+');
    std::replace(padded.begin(), padded.end(), '_', '/');
    while (padded.size() % 4 != 0) padded.push_back('=');
    return from_base64(padded);
}

void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void append(Bytes& out, std::string_view text) { append(out, view(text)); }
void append_u8(Bytes& out, std::uint8_t value) { out.push_back(static_cast<std::byte>(value)); }
void append_u16(Bytes& out, std::uint16_t value) {
    append_u8(out, static_cast<std::uint8_t>(value >> 8));
    append_u8(out, static_cast<std::uint8_t>(value));
}
void append_u32(Bytes& out, std::uint32_t value) {
    append_u16(out, static_cast<std::uint16_t>(value >> 16));
    append_u16(out, static_cast<std::uint16_t>(value));
}
void append_u64(Bytes& out, std::uint64_t value) {
    append_u32(out, static_cast<std::uint32_t>(value >> 32));
    append_u32(out, static_cast<std::uint32_t>(value));
}
void append_sized(Bytes& out, ByteView bytes) {
    append_u32(out, static_cast<std::uint32_t>(bytes.size()));
    append(out, bytes);
}

namespace {
std::uint64_t big_endian(ByteView bytes) {
    std::uint64_t value = 0;
    for (const std::byte b : bytes) value = value << 8 | std::to_integer<std::uint64_t>(b);
    return value;
}
}  // namespace

Result<ByteView> ByteReader::take(std::size_t count) {
    if (count > rest_.size()) return fail(ErrorKind::corrupt, "needs {} bytes, {} are left", count, rest_.size());
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
}
Result<std::uint8_t> ByteReader::u8() { return static_cast<std::uint8_t>(big_endian(TRY(take(1)))); }
Result<std::uint16_t> ByteReader::u16() { return static_cast<std::uint16_t>(big_endian(TRY(take(2)))); }
Result<std::uint32_t> ByteReader::u32() { return static_cast<std::uint32_t>(big_endian(TRY(take(4)))); }
Result<std::uint64_t> ByteReader::u64() { return big_endian(TRY(take(8))); }
Result<ByteView> ByteReader::sized(std::size_t count_max) {
    const std::uint32_t count = TRY(u32());
    if (count > count_max) return fail(ErrorKind::too_large, "{} bytes announced, at most {}", count, count_max);
    return take(count);
}

}  // namespace plumbline
