// SPDX-License-Identifier: Apache-2.0
// Stretches of a text that are written in another way than they are meant: defanged, percent-encoded, base64 or hex between
// other words, with character references. scan_text() notes where one shows; here they become stretches for a decoder.
#pragma once
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace plumbline::evidence {

enum class Writing : std::uint8_t { plain, percent, entities, base64, hex };

struct Sign {
    Writing writing = Writing::plain;
    std::size_t begin = 0;
    std::size_t end = 0;  // of base64 and hex; else begin
};
struct Island {
    Writing writing = Writing::plain;
    std::size_t begin = 0;
    std::size_t end = 0;
};

// What the anchor at `at` begins, for the anchors "writing", dot and colon; appends to `signs`.
void note_writing(std::string_view text, std::size_t at, std::vector<Sign>& signs);
// A word of letters and digits that may be a part of base64, or hexadecimal text.
void note_word(std::string_view text, std::size_t begin, std::size_t end, std::vector<Sign>& signs);

// The stretches for the decoders, by writing and then by place; those of one writing do not overlap. A stretch holds the
// signs' lines, or of longer lines what a find can reach.
std::vector<Island> islands_of(std::string_view text, const std::vector<Sign>& signs);

}  // namespace plumbline::evidence
