// SPDX-License-Identifier: Apache-2.0
// Compound files and what stands in them: messages of Outlook, documents of Word, Excel and PowerPoint 97 to 2003, macros,
// embedded files. Every stream is a child, opened again by its content; the text of messages and documents is a view; what
// lies outside every stream (deleted ones, ends of sectors) is scanned as it stands.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_ole(ByteView bytes, const Hints& hints);
void open_ole(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// Streams that have a format of their own: a workbook, a presentation, properties, a packed body, macros, an embedded file.
bool looks_like_office_stream(ByteView bytes, const Hints& hints);
void open_office_stream(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// "ole", "msg", "doc" with the entry's number (and "/", its path, for people); "xls", "ppt", "oleprops", "vba", "lzfu" alone.
bool is_ole_decoder(std::string_view decoder);
Result<Bytes> decode_ole(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget);

}  // namespace plumbline::formats
