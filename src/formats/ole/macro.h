// SPDX-License-Identifier: Apache-2.0
// The source of VBA macros ([MS-OVBA] 2.4.1): a module's stream holds compiled code first and its source, compressed in
// pieces of 4,096 bytes, behind it. The source is found by what every module starts with, so no other stream is needed.
#pragma once
#include <optional>

#include "formats/format.h"

namespace plumbline::formats {

// Where the compressed source of a module starts, or of the project's "dir" stream (place 0).
std::optional<std::uint64_t> find_macro(ByteView stream);
Decoded decode_macro(ByteView source, Budget& budget);
// A stream of a VBA storage: its source as text, the rest as it stands.
void open_macro(ByteView bytes, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats
