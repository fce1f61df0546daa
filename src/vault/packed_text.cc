// SPDX-License-Identifier: Apache-2.0
#include "vault/packed_text.h"

#include <zstd.h>

#include "base/check.h"

namespace plumbline::vault {

Bytes packed(std::string_view text) {
    Bytes frame(ZSTD_compressBound(text.size()));
    const std::size_t size = ZSTD_compress(frame.data(), frame.size(), text.data(), text.size(), 1);
    CHECK(ZSTD_isError(size) == 0);
    frame.resize(size);
    return frame;
}

Result<std::string> unpacked(ByteView frame) {
    const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return fail(ErrorKind::corrupt, "not a frame that says its size");
    if (size > unpacked_bytes_max) return fail(ErrorKind::too_large, "unpacks to {} bytes, at most {}", size, unpacked_bytes_max);
    std::string text(size, '\0');
    const std::size_t got = ZSTD_decompress(text.data(), text.size(), frame.data(), frame.size());
    if (ZSTD_isError(got) != 0 || got != text.size()) return fail(ErrorKind::corrupt, "a damaged frame");
    return text;
}

}  // namespace plumbline::vault
