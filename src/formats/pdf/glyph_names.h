// SPDX-License-Identifier: Apache-2.0
// What the codes of a simple font mean: the encodings of ISO 32000-1 annex D, and the names of glyphs (Adobe Glyph List
// Specification 1.7) for Latin, Greek and Cyrillic letters and the marks that occur in addresses.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace plumbline::formats::pdf {

enum class Encoding { standard, win_ansi, mac_roman };

// 0 where the encoding has no character for the code.
char32_t character_of(Encoding encoding, std::uint8_t code);

// UTF-8; empty where the name is not known. "uni0041", "u1F600", "f_i" and "a.alt" are read as the specification says.
std::string text_of_glyph(std::string_view name);

// How a character is written for the scanners: ligatures as their letters, no characters that are not shown.
void append_character(std::string& out, char32_t code_point);

}  // namespace plumbline::formats::pdf
