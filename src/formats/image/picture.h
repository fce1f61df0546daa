// SPDX-License-Identifier: Apache-2.0
// A picture to look at, made of an image that may be hostile: its pixels as shades of gray, no longer than `side_max` a side, as a
// PNG of our own making. Nothing of the image's own bytes, metadata or colours is in it. Runs in the sandbox.
#pragma once
#include "formats/budget.h"
#include "formats/image/pixels.h"

namespace plumbline::formats {

inline constexpr unsigned picture_side_max = 2048;

// 8-bit gray, one IDAT of stored deflate blocks (RFC 1950, 1951, PNG second edition).
Bytes png_of(const Gray& gray);
// `parameters`: side_max, 4 bytes big-endian. unsupported, corrupt, too_large as gray_pixels().
Result<Bytes> picture_in_sandbox(ByteView image, ByteView parameters);

}  // namespace plumbline::formats
