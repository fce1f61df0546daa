// SPDX-License-Identifier: Apache-2.0
// Files as uuencode writes them into mails and news (POSIX.1-2017, utility uuencode): "begin 644 name", lines of a count
// letter and groups of four, "end". The Base64 form of the same page ("begin-base64 644 name" to "====") is read too.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// What stands at the start of `text`: a "begin" line and a first line behind it that fits. `size` is 0 where it is none.
struct UuStart {
    std::size_t size = 0;      // bytes of the "begin" line with its line end
    std::string_view name;
    bool is_base64 = false;
};
UuStart uu_start(std::string_view text);

bool looks_like_uuencode(ByteView bytes, const Hints& hints);
void open_uuencode(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// "uu": from its "begin" line to "end", or to the first line that is none of it; spaces at line ends may be lost.
Decoded decode_uuencode(ByteView source, Budget& budget);

}  // namespace plumbline::formats
