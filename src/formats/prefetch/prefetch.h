// SPDX-License-Identifier: Apache-2.0
// Windows prefetch files: the program that ran, how often, which files it loaded and from which volumes; and the packing that
// they have since Windows 10 (MAM: XPRESS Huffman, [MS-XCA] section 2.2), which is a step of its own.
//
// Source: https://github.com/libyal/libscca/blob/main/documentation/Windows%20Prefetch%20File%20(PF)%20format.asciidoc
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_mam(ByteView bytes, const Hints& hints);
void open_mam(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
Decoded decode_mam(ByteView bytes, Budget& budget);

bool looks_like_prefetch(ByteView bytes, const Hints& hints);
void open_prefetch(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// The view "prefetch": a line for each thing that the file says.
Result<Bytes> decode_prefetch(ByteView bytes, Budget& budget);

}  // namespace plumbline::formats
