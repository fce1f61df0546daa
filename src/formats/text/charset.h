// SPDX-License-Identifier: Apache-2.0
// Character sets: text for readers as UTF-8 (ICU's converters, from its built-in data only, never from a file), and UTF-16
// as a view with places for the scanners.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// Any label that MIME or HTML writes ("KOI8-R", "cp1252"). Empty, unknown or "us-ascii": UTF-8 where the bytes are, else
// Windows-1252. Never fails: what cannot be converted becomes U+FFFD.
std::string to_utf8(ByteView bytes, std::string_view charset);

// Says to ICU that it may not open files, and loads the converters that mails use. Once, before lockdown.
void prepare_charsets();

// "utf16le" or "utf16be" where the bytes start with its mark or are mostly Latin letters in it; empty otherwise.
std::string_view utf16_decoder_of(ByteView bytes);
// The view is UTF-8; a lone surrogate becomes U+FFFD.
Decoded decode_utf16(ByteView source, bool is_big_endian, Budget& budget);

}  // namespace plumbline::formats
