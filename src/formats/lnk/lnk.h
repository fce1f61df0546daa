// SPDX-License-Identifier: Apache-2.0
// Windows shortcuts (LNK) and the jump lists that hold many of them: what a link leads to, from where, with what arguments,
// and which machine made it. Read by [MS-SHLLINK]; strings keep their places.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_lnk(ByteView bytes, const Hints& hints);
void open_lnk(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// *.customDestinations-ms: links one behind the other.
bool looks_like_jump_list(ByteView bytes, const Hints& hints);
void open_jump_list(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// The view "lnk" of the link that `bytes` start with: a line for each thing it says, "Arguments: ...".
Result<Bytes> decode_lnk(ByteView bytes, Budget& budget);

}  // namespace plumbline::formats
