// SPDX-License-Identifier: Apache-2.0
// A file that is nothing but another file in a writing of letters: base64, hexadecimal digits, a hex dump with its columns,
// quoted-printable without a mail around it, character references, percent escapes, the escapes of C and JSON. What it
// means is opened by its content, as if it had been given. Text that only has such writings in it is no case for this: the
// evidence step reads them where they stand.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// Looks at the first 16 KiB, at most. True only where all of them are in one writing and what they mean is text or starts
// as a known container does: a list of hashes is no hexadecimal file.
bool looks_like_encoded(ByteView bytes, const Hints& hints);
// Decoders: base64, hex, hexdump, qp, entities, percent, escapes. What follows the encoded bytes is read as text.
void open_encoded(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// "00000000: 4865 6c6c 6f0a  Hello." (xxd), "00000000  48 65 ...  |Hello.|" (hexdump -C), "0000000 48 65 ..." (od -t x1, with
// offsets in any base): the bytes of all rows to the first line that is none. "*" stands for the row before it, as often as
// the next offset says.
Decoded decode_hexdump(ByteView source, Budget& budget);
// How many bytes of `line` are a row of a dump and how many bytes it says; 0 where it is none. For callers that look for
// dumps in a text.
struct DumpRow {
    std::size_t count = 0;        // bytes that it says, at most 64
    std::byte bytes[64];
    std::string_view offset;      // digits, in a base that the row does not tell
};
DumpRow dump_row_of(std::string_view line);

// "\u0040", "\x40", "\100" is left alone, "\n", "\t", "\/", "\"", "\\" (RFC 8259 section 7, C11 section 6.4.4.4); pairs of
// surrogates are joined; every other byte stands as it is.
Decoded decode_escapes(ByteView source, Budget& budget);

// Each byte exclusive-or'ed with one key. Not found by itself: the operator says which keys are tried.
Decoded decode_xor(ByteView source, std::uint8_t key, Budget& budget);

}  // namespace plumbline::formats
