// SPDX-License-Identifier: Apache-2.0
// Text that was written so that machines do not take it for what it is, or that another program wrapped: defanged
// ("evil[.]com", "jo (at) evil.com", full-width letters, letters of no width), percent-encoded, hexadecimal, with character
// references. Each decoder reads from its place to the end of its source and keeps the bytes that stand as they are.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// What stands at `at` in another writing: how many bytes it takes and what they mean ("[.]" is 3 and "."; a letter of no
// width means ""). `size` 0 where the bytes mean themselves.
struct Meant {
    std::size_t size = 0;
    char text[4] = {};
};
Meant disarmed_at(std::string_view text, std::size_t at);

Decoded decode_plain(ByteView source, Budget& budget);       // "plain": disarmed writing
Decoded decode_percent(ByteView source, Budget& budget);     // "percent": RFC 3986 section 2.1
Decoded decode_references(ByteView source, Budget& budget);  // "entities": character references in text that is no HTML
Decoded decode_hex(ByteView source, Budget& budget);         // "hex": pairs of digits, white space between, to the first other byte

}  // namespace plumbline::formats
