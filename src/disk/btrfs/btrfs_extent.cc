// SPDX-License-Identifier: Apache-2.0
// Extents are padded to whole sectors: what follows the compressed stream is not looked at.
#include "disk/btrfs/btrfs_extent.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace plumbline::disk {
namespace {

Result<Bytes> inflate_zlib(ByteView stored, std::size_t bytes_max) {
    z_stream stream{};
    if (::inflateInit(&stream) != Z_OK) return fail(ErrorKind::unavailable, "zlib");
    Bytes out(bytes_max);
    stream.next_in = const_cast<Bytef*>(uchar(stored));
    stream.avail_in = static_cast<uInt>(stored.size());
    stream.next_out = uchar(std::span(out));
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = ::inflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    ::inflateEnd(&stream);
    if (status != Z_STREAM_END && status != Z_BUF_ERROR) return fail(ErrorKind::corrupt, "btrfs: a zlib extent");
    return out;
}

Result<Bytes> decompress_zstd(ByteView stored, std::size_t bytes_max) {
    ZSTD_DStream* stream = ::ZSTD_createDStream();
    if (stream == nullptr) return fail(ErrorKind::unavailable, "zstd");
    Bytes out(bytes_max);
    ZSTD_inBuffer in{stored.data(), stored.size(), 0};
    ZSTD_outBuffer target{out.data(), out.size(), 0};
    std::size_t left = 1;
    while (left != 0 && ::ZSTD_isError(left) == 0 && in.pos < in.size && target.pos < target.size) left = ::ZSTD_decompressStream(stream, &target, &in);
    const bool is_wrong = ::ZSTD_isError(left) != 0;
    ::ZSTD_freeDStream(stream);
    if (is_wrong) return fail(ErrorKind::corrupt, "btrfs: a zstd extent");
    out.resize(target.pos);
    return out;
}

}  // namespace

Result<Bytes> decompress_btrfs(ByteView stored, unsigned method, std::size_t bytes_max) {
    switch (method) {
        case 0: return to_bytes(stored.first(std::min(stored.size(), bytes_max)));
        case 1: return inflate_zlib(stored, bytes_max);
        case 3: return decompress_zstd(stored, bytes_max);
        default: return fail(ErrorKind::unsupported, "btrfs: compression method {}", method);
    }
}

}  // namespace plumbline::disk
