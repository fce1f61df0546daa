// SPDX-License-Identifier: Apache-2.0
// gzip (RFC 1952) and raw deflate within a budget: by libdeflate where the size of what comes out is known beforehand, else by
// zlib, which also gives what stands before a damage.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// All members, one after another. What was read before the damage is in `bytes`. `is_end_known` where the source ends with the
// last member, whose size stands there: a source of one member is then read twice as fast. Nothing else changes.
Decoded decode_gzip(ByteView source, Budget& budget, bool is_end_known = true);
// One raw deflate stream (RFC 1951), as zip holds it. `size_in` is what the stream took. Where `size_out` says rightly how
// much comes out, it is twice as fast; where it is wrong or 0, nothing else changes.
Decoded inflate_raw(ByteView source, Budget& budget, std::uint64_t size_out = 0);

bool looks_like_gzip(ByteView bytes, const Hints& hints);
void open_gzip(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// A zlib stream (RFC 1950) that stands alone.
bool looks_like_zlib(ByteView bytes, const Hints& hints);
void open_zlib(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
Decoded decode_zlib(ByteView source, Budget& budget);

}  // namespace plumbline::formats
