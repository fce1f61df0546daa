// SPDX-License-Identifier: Apache-2.0
// The text of a product, made small before it is sealed: a Zstandard frame (RFC 8878), since products are JSON with the same words
// over and over. A text under 512 bytes stands as it is after a zero byte (a frame never starts with one). Any thread.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace plumbline::vault {

inline constexpr std::size_t unpacked_bytes_max = 512ULL * 1024 * 1024;

Bytes packed(std::string_view text);
Result<std::string> unpacked(ByteView frame);   // corrupt: not one whole frame; too_large: it says more than unpacked_bytes_max

}  // namespace plumbline::vault
