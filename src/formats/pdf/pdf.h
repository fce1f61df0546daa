// SPDX-License-Identifier: Apache-2.0
// PDF (ISO 32000-1, read by libqpdf, which also repairs). Gives the text of each page as a view, what else is said in strings
// as another, embedded files and JPEG images as files, every other stream that can be decoded as a child, and what stands
// between the streams as it stands. Files that the empty password does not open are named "pdf: encrypted". No thread rules
// beyond those of format.h: two threads may read two files.
//
//     pdf:p3     the text of page 3, from 1; pages that the tree does not name come behind those of the tree
//     pdf:info   strings of all objects
//     pdf:s12    stream object 12 decoded      pdf:i12    before its last filter: an image file
//     pdf:x12    the text of form 12 that no page uses
//     pdf:t      from the start of a Flate stream that no table names: the text that it shows, its fonts unknown
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_pdf(ByteView bytes, const Hints& hints);
void open_pdf(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// invalid: no such argument; corrupt: not there, or nothing could be decoded.
Result<Bytes> decode_pdf(ByteView bytes, std::string_view argument, Budget& budget);
// Loads what libqpdf loads at first use. Once, before lockdown.
void prepare_pdf();

}  // namespace plumbline::formats
