// SPDX-License-Identifier: Apache-2.0
// One compressed extent of btrfs.
#pragma once
#include "base/bytes.h"

namespace plumbline::disk {

// `method`: 0 none, 1 zlib, 2 LZO, 3 zstd. At most `bytes_max`. unsupported: LZO and others; corrupt where it does not decode.
Result<Bytes> decompress_btrfs(ByteView stored, unsigned method, std::size_t bytes_max);

}  // namespace plumbline::disk
