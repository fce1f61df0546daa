// SPDX-License-Identifier: Apache-2.0
// Finds files inside bytes that are no format of their own: programs, pieces of disks, memory images. Only what hides its
// text from a plain scan is carved (compressed or encoded): zip entries, gzip, bzip2, xz, zstd, 7z, rar, PDF. A file
// begins at its signature and must hold what its format asks for there; where it ends, its own headers say.
//
// Pure. Steps: one a byte, and those of the formats' own readers. Any thread.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// Files that begin in [begin, end) of `window`; they may go on up to the window's end. Offsets given to the visitor are
// counted from the window's first byte, in growing order. What lies inside a carved file is not carved again.
void carve(ByteView window, std::uint64_t begin, std::uint64_t end, Budget& budget, Visitor& visitor);

// Where the next signature of two bytes stands at or behind `at`, or the size of `bytes`. `is_portable` takes the way
// without vector instructions; both give the same.
std::size_t next_signature(ByteView bytes, std::size_t at, bool is_portable = false);

// "unknown": the bytes as they stand, and what is carved out of them.
void open_unknown(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats
