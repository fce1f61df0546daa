// SPDX-License-Identifier: Apache-2.0
// Little-endian reads that give 0 behind the end: every offset and size that came from the input is checked by its user
// before it is followed.
#pragma once
#include "base/bytes.h"

namespace plumbline::formats {

inline std::uint64_t little(ByteView bytes, std::uint64_t at, unsigned size) {
    if (at > bytes.size() || bytes.size() - at < size) return 0;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
    return value;
}
inline std::uint32_t little16(ByteView bytes, std::uint64_t at) { return static_cast<std::uint32_t>(little(bytes, at, 2)); }
inline std::uint32_t little32(ByteView bytes, std::uint64_t at) { return static_cast<std::uint32_t>(little(bytes, at, 4)); }

// [at, at + size) of `bytes`, cut where they end.
inline ByteView cut(ByteView bytes, std::uint64_t at, std::uint64_t size) {
    if (at >= bytes.size()) return {};
    return bytes.subspan(at, size < bytes.size() - at ? size : bytes.size() - at);
}

}  // namespace plumbline::formats
