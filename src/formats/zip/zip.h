// SPDX-License-Identifier: Apache-2.0
// Reads zip archives (PKWARE APPNOTE 6.3.10) by their central directory, and by their local headers where that is lost.
// An entry's place is the offset of its local header. Stored and deflated entries are opened; encrypted ones, other
// methods and entries that do not check are named.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_zip(ByteView bytes, const Hints& hints);
void open_zip(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// The entry whose local header stands at `offset`, by that header alone; `size_in` is what its data took.
Decoded read_zip_entry_alone(ByteView bytes, std::uint64_t offset, Budget& budget);
// The entry whose local header stands at `offset`.
Result<Bytes> decode_zip_entry(ByteView bytes, std::uint64_t offset, Budget& budget);

}  // namespace plumbline::formats
