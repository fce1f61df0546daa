// SPDX-License-Identifier: Apache-2.0
// Numbers at places of a hostile file: a read behind the end gives 0, and `has` says beforehand whether the bytes are
// there. No errors, no state; the bytes must outlive it.
#pragma once
#include "base/bytes.h"

namespace plumbline::formats {

struct Fields {
    ByteView bytes;
    bool is_little = false;

    bool has(std::uint64_t at, std::uint64_t size) const { return at <= bytes.size() && bytes.size() - at >= size; }
    std::uint64_t number(std::uint64_t at, unsigned size) const {
        if (!has(at, size)) return 0;
        std::uint64_t value = 0;
        for (unsigned i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + (is_little ? size - 1 - i : i)]);
        return value;
    }
    unsigned u8(std::uint64_t at) const { return static_cast<unsigned>(number(at, 1)); }
    unsigned u16(std::uint64_t at) const { return static_cast<unsigned>(number(at, 2)); }
    std::uint32_t u32(std::uint64_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
    bool starts(std::uint64_t at, std::string_view mark) const {
        return has(at, mark.size()) && text_of(bytes.subspan(at, mark.size())) == mark;
    }
};

}  // namespace plumbline::formats
