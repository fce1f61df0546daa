// SPDX-License-Identifier: Apache-2.0
// The content transfer encodings of MIME (RFC 2045 section 6.7 and 6.8) and encoded words (RFC 2047), decoded with an
// offset map. They read on over what breaks the rules where the meaning is plain, and stop where it is not.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// Letters of the base64 alphabet (also the URL-safe one), white space between them; ends at padding or at any other byte.
// size_in is what was taken. Damage says where it ended early.
Decoded decode_base64(ByteView source, Budget& budget);
// Reads to the end of the source; "=" before anything but two hex digits or a line end stays as it is.
Decoded decode_quoted_printable(ByteView source, Budget& budget);

// One run of encoded words with only folding white space between them, from "=?" on. `view` holds their bytes in the
// writer's character set; `utf8` is for readers. size_in = 0 where the source does not start with an encoded word.
struct EncodedWords {
    Decoded view;
    std::string utf8;
};
EncodedWords decode_words(ByteView source, Budget& budget);

}  // namespace plumbline::formats
