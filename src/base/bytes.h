// SPDX-License-Identifier: Apache-2.0
// Bytes and how to read and write them: views, hexadecimal, base64, bounded big-endian reads.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumbline {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

inline ByteView view(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view text_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
inline Bytes to_bytes(std::string_view text) { return to_bytes(view(text)); }
inline const unsigned char* uchar(ByteView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
inline unsigned char* uchar(std::span<std::byte> bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

template <std::size_t N>
using ByteArray = std::array<std::byte, N>;

std::string to_hex(ByteView bytes);                      // lower case
Result<Bytes> from_hex(std::string_view text);           // either case; an odd length or another letter is invalid
std::string to_base64(ByteView bytes);                   // RFC 4648 section 4, padded
std::string to_base64url(ByteView bytes);                // RFC 4648 section 5, not padded
Result<Bytes> from_base64(std::string_view text);        // section 4, padded, no white space
Result<Bytes> from_base64url(std::string_view text);     // section 5, not padded

void append(Bytes& out, ByteView bytes);
void append(Bytes& out, std::string_view text);
void append_u8(Bytes& out, std::uint8_t value);
void append_u16(Bytes& out, std::uint16_t value);        // big-endian, as all of ours
void append_u32(Bytes& out, std::uint32_t value);
void append_u64(Bytes& out, std::uint64_t value);
void append_sized(Bytes& out, ByteView bytes);           // u32 length, then the bytes

// Reads from the front; every read says `corrupt` where the bytes end too early.
class ByteReader {
  public:
    explicit ByteReader(ByteView bytes) : rest_(bytes) {}
    Result<std::uint8_t> u8();
    Result<std::uint16_t> u16();
    Result<std::uint32_t> u32();
    Result<std::uint64_t> u64();
    Result<ByteView> take(std::size_t count);
    Result<ByteView> sized(std::size_t count_max);       // u32 length, then the bytes; too_large over count_max
    std::size_t left() const { return rest_.size(); }
    ByteView rest() const { return rest_; }

  private:
    ByteView rest_;
};

}  // namespace plumbline
