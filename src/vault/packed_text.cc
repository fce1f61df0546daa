// SPDX-License-Identifier: Apache-2.0
#include "vault/packed_text.h"

#include <zstd.h>

#include <memory>

#include "base/check.h"

namespace plumbline::vault {

namespace {

constexpr std::size_t packed_from_bytes = 512;   // below it a frame's overhead and time gain nothing

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
// A context is a quarter of a megabyte of tables: made once a thread.
ZSTD_CCtx* packing_context() {
    thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
    CHECK(context != nullptr);
    return context.get();
}
ZSTD_DCtx* unpacking_context() {
    thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
    CHECK(context != nullptr);
    return context.get();
}

}  // namespace

Bytes packed(std::string_view text) {
    Bytes frame;
    if (text.size() < packed_from_bytes) {
        append_u8(frame, 0);
        append(frame, text);
        return frame;
    }
    frame.resize(ZSTD_compressBound(text.size()));
    const std::size_t size = ZSTD_compressCCtx(packing_context(), frame.data(), frame.size(), text.data(), text.size(), 1);
    CHECK(ZSTD_isError(size) == 0);
    frame.resize(size);
    return frame;
}

Result<std::string> unpacked(ByteView frame) {
    if (frame.size() <= packed_from_bytes && !frame.empty() && frame[0] == std::byte{0}) return std::string(text_of(frame.subspan(1)));
    const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return fail(ErrorKind::corrupt, "not a frame that says its size");
    if (size > unpacked_bytes_max) return fail(ErrorKind::too_large, "unpacks to {} bytes, at most {}", size, unpacked_bytes_max);
    std::string text(size, '\0');
    const std::size_t got = ZSTD_decompressDCtx(unpacking_context(), text.data(), text.size(), frame.data(), frame.size());
    if (ZSTD_isError(got) != 0 || got != text.size()) return fail(ErrorKind::corrupt, "a damaged frame");
    return text;
}

}  // namespace plumbline::vault
