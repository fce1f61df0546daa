// SPDX-License-Identifier: Apache-2.0
// TNEF ([MS-OXTNEF]), the "winmail.dat" of Outlook: a list of attributes with a message's text, its MAPI properties and its
// attachments. Files and bodies stand in it as they are and are windows on it; strings make one readable text.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_tnef(ByteView bytes, const Hints& hints);
void open_tnef(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// The readable text: decoder "tnef".
Decoded decode_tnef(ByteView bytes, Budget& budget);

}  // namespace plumbline::formats
