// SPDX-License-Identifier: Apache-2.0
// Plain text, text in UTF-16, and everything that no other format knows: read as it stands.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_utf16(ByteView bytes, const Hints& hints);
void open_utf16(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
bool looks_like_text(ByteView bytes, const Hints& hints);
void open_raw(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats
