// SPDX-License-Identifier: Apache-2.0
// The text of a product, made small before it is sealed: a Zstandard frame (RFC 8878). Products are JSON with the same words over
// and over; a fifth of the bytes is left to seal, write and sync. Whoever reads the store sees sizes only, as before. Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace plumbline::vault {

inline constexpr std::size_t unpacked_bytes_max = 512ULL * 1024 * 1024;

Bytes packed(std::string_view text);
Result<std::string> unpacked(ByteView frame);   // corrupt: not one whole frame; too_large: it says more than unpacked_bytes_max

}  // namespace plumbline::vault
