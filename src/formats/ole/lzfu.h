// SPDX-License-Identifier: Apache-2.0
// Compressed RTF ([MS-OXRTFCP]): how Outlook keeps the body of a message. A header of 16 bytes (size, size of the RTF,
// "LZFu" or "MELA", checksum), then literals and references into a ring of 4,096 bytes that starts with common RTF.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_lzfu(ByteView bytes, const Hints& hints);
void open_lzfu(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
Decoded decode_lzfu(ByteView source, Budget& budget);

}  // namespace plumbline::formats
