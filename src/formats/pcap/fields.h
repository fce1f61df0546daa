// SPDX-License-Identifier: Apache-2.0
// Numbers of a packet's fields. A read behind the end gives 0: whoever follows a length checks it against what is there.
#pragma once
#include "base/bytes.h"

namespace plumbline::formats::net {

inline std::uint64_t big_at(ByteView bytes, std::uint64_t at, unsigned size) {
    if (at > bytes.size() || bytes.size() - at < size) return 0;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) value = (value << 8) | std::to_integer<std::uint64_t>(bytes[at + i]);
    return value;
}
inline std::uint64_t little_at(ByteView bytes, std::uint64_t at, unsigned size) {
    if (at > bytes.size() || bytes.size() - at < size) return 0;
    std::uint64_t value = 0;
    for (unsigned i = size; i-- > 0;) value = (value << 8) | std::to_integer<std::uint64_t>(bytes[at + i]);
    return value;
}
inline std::uint8_t u8_at(ByteView bytes, std::uint64_t at) { return static_cast<std::uint8_t>(big_at(bytes, at, 1)); }
inline std::uint16_t be16_at(ByteView bytes, std::uint64_t at) { return static_cast<std::uint16_t>(big_at(bytes, at, 2)); }
inline std::uint32_t be32_at(ByteView bytes, std::uint64_t at) { return static_cast<std::uint32_t>(big_at(bytes, at, 4)); }
// What is there of `size` bytes from `at` on.
inline ByteView part_of(ByteView bytes, std::uint64_t at, std::uint64_t size = ~std::uint64_t{0}) {
    if (at >= bytes.size()) return {};
    return bytes.subspan(at, size < bytes.size() - at ? size : bytes.size() - at);
}

}  // namespace plumbline::formats::net
