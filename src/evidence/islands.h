// SPDX-License-Identifier: Apache-2.0
// Stretches of a text that are written in another way than they are meant: defanged, percent-encoded, base64 or hex between
// other words, with character references, in soft lines, with the escapes of JSON. scan_text() notes where one shows; here they become stretches for a decoder.
#pragma once
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace plumbline::evidence {

enum class Writing : std::uint8_t { plain, percent, entities, quoted, escapes, base64, hex, uuencoded };
// A block is another file, opened by its content; the others are views of the lines around.
inline bool is_block(Writing writing) { return writing >= Writing::base64; }
// Whoever reads the text reads it as the view has it: what the bytes show otherwise is only a part.
inline bool is_as_meant(Writing writing) { return writing == Writing::plain || writing == Writing::quoted || writing == Writing::escapes; }

struct Sign {
    Writing writing = Writing::plain;
    std::size_t begin = 0;
    std::size_t end = 0;  // of a block; else begin
};
struct Island {
    Writing writing = Writing::plain;
    std::size_t begin = 0;
    std::size_t end = 0;
};

// What the anchor at `at` begins, for the anchors "writing", dot and colon, for the digits of "=3D", "\u0040", "\x40" and
// "begin 644 name", and for a "=" that ends a line; appends to `signs`.
void note_writing(std::string_view text, std::size_t at, std::vector<Sign>& signs);
// A word of letters and digits that may be a part of base64, or hexadecimal text.
void note_word(std::string_view text, std::size_t begin, std::size_t end, std::vector<Sign>& signs);

// Blocks of base64 or hex that the end of the text cuts off are read to their end in `reached`, which is the text and what
// stands behind it. `size` is the text's.
void reach_on(std::string_view reached, std::size_t size, std::vector<Sign>& signs);

// The stretches for the decoders, by writing and then by place; those of one writing do not overlap. A stretch holds the
// signs' lines, or of longer lines what a find can reach.
std::vector<Island> islands_of(std::string_view text, const std::vector<Sign>& signs);

}  // namespace plumbline::evidence
