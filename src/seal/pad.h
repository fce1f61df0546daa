// SPDX-License-Identifier: Apache-2.0
// Size classes: plain text is padded (ISO/IEC 7816-4: 0x80, then zeros) so that a sealed size says little.
#pragma once
#include "base/bytes.h"

namespace plumbline::seal {

inline constexpr std::size_t content_class_min = 1024;   // of a tip's content and identity

// The smallest class that has room for `size` bytes and one of padding: smallest, twice that, ... up to 64 KiB, then
// whole 64 KiB.
std::size_t size_class_of(std::size_t size, std::size_t smallest);
void pad(Bytes& bytes, std::size_t smallest);
// corrupt where the size is no class, the padding is not as pad() makes it, or a smaller class would have done.
Result<void> unpad(Bytes& bytes, std::size_t smallest);

}  // namespace plumbline::seal
