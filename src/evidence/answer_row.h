// SPDX-License-Identifier: Apache-2.0
// One sighting on the wire, as the writer and the reader of an answer share it: docs/formats/scan_answer.md.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace plumbline::evidence {

inline constexpr std::uint8_t answer_version = 2;
inline constexpr std::uint8_t parameters_version = 2;

// Little-endian, as both ends are one program on one machine; followed by the bytes around, the text where it stands apart,
// and the value where it is another than the text.
struct AnswerRow {
    static constexpr std::uint8_t path_is_whole = 1;
    static constexpr std::uint8_t text_apart = 2;
    static constexpr std::uint8_t value_is_text = 4;

    std::uint64_t offset = 0;
    std::uint32_t path = 0;
    std::uint32_t around_size = 0;
    std::uint32_t text_size = 0;
    std::uint32_t value_size = 0;
    std::uint16_t text_at = 0;     // in the bytes around
    std::uint8_t kind = 0;
    std::uint8_t flags = 0;

    static constexpr std::size_t bytes = 28;
    static AnswerRow read(const char* from) {
        AnswerRow row;
        std::memcpy(static_cast<void*>(&row), from, bytes);
        return row;
    }
    void write(char* to) const { std::memcpy(to, this, bytes); }
};
static_assert(offsetof(AnswerRow, flags) == AnswerRow::bytes - 1);

}  // namespace plumbline::evidence
