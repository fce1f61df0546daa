// SPDX-License-Identifier: Apache-2.0
// RTF (Rich Text Format Specification 1.9.1) by a reader of our own: one view with what a reader sees and, behind it, what
// hidden groups say; the data of objects and pictures as children; raw stretches as they stand. Nothing in it fails: what is
// no RTF is text. Groups nest to 4,096; deeper ones count as one.
//
//     rtf       the view, UTF-8; fields keep their instruction, so the target of a link stands before its text
//     rtfdata   hexadecimal (or \bin) data from its first digit to the end of the group
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_rtf(ByteView bytes, const Hints& hints);
void open_rtf(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
bool is_rtf_decoder(std::string_view decoder);
Result<Bytes> decode_rtf(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget);

// An object as OLE 1 writes it, which is what stands in the data of an RTF object (MS-OLEDS 2.2): the file in a "Package"
// with its name, else the native data as they are.
bool looks_like_ole1(ByteView bytes, const Hints& hints);
void open_ole1(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats
