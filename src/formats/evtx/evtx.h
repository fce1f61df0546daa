// SPDX-License-Identifier: Apache-2.0
// Windows event logs (EVTX): each record's XML, chunk by chunk. A chunk of 64 KiB has all that its records need, so each is
// read alone and a damaged one harms no other: libevtx gets a log of that one chunk, from memory.
//
// Format: https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_evtx(ByteView bytes, const Hints& hints);
void open_evtx(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// The records of the chunk that `bytes` start with, one behind the other, those recovered from its slack last.
Decoded decode_evtx_chunk(ByteView bytes, Budget& budget);

}  // namespace plumbline::formats
