// SPDX-License-Identifier: Apache-2.0
#include "formats/image/picture.h"

#include <zlib.h>

#include <algorithm>

namespace plumbline::formats {

namespace {

void append_chunk(Bytes& out, std::string_view type, ByteView data) {
    append_u32(out, static_cast<std::uint32_t>(data.size()));
    const std::size_t at = out.size();
    append(out, view(type));
    append(out, data);
    append_u32(out, static_cast<std::uint32_t>(crc32(0, uchar(ByteView(out)) + at, static_cast<uInt>(out.size() - at))));
}

// Stored, not compressed: simple, and as large as the pixels.
Bytes stored_zlib(ByteView plain) {
    constexpr std::size_t block_max = 65'535;
    Bytes out;
    append_u8(out, 0x78);
    append_u8(out, 0x01);
    for (std::size_t at = 0; at == 0 || at < plain.size(); at += block_max) {
        const ByteView block = plain.subspan(at, std::min(block_max, plain.size() - at));
        append_u8(out, at + block.size() >= plain.size() ? 1 : 0);
        const auto size = static_cast<unsigned>(block.size());
        for (const unsigned value : {size & 0xffU, size >> 8, ~size & 0xffU, (~size >> 8) & 0xffU}) append_u8(out, static_cast<std::uint8_t>(value));
        append(out, block);
    }
    append_u32(out, static_cast<std::uint32_t>(adler32(1, uchar(plain), static_cast<uInt>(plain.size()))));
    return out;
}

}  // namespace

Bytes png_of(const Gray& gray) {
    Bytes out = to_bytes(std::string_view("\x89PNG\r\n\x1a\n", 8));
    Bytes head;
    append_u32(head, gray.width);
    append_u32(head, gray.height);
    for (const unsigned value : {8U, 0U, 0U, 0U, 0U}) append_u8(head, static_cast<std::uint8_t>(value));   // 8 bits, gray, deflate, filters, not interlaced
    append_chunk(out, "IHDR", head);
    Bytes rows;
    for (unsigned y = 0; y < gray.height; ++y) {
        append_u8(rows, 0);                                                     // no filter
        append(rows, ByteView(gray.pixels).subspan(std::size_t{y} * gray.width, gray.width));
    }
    append_chunk(out, "IDAT", stored_zlib(rows));
    append_chunk(out, "IEND", {});
    return out;
}

Result<Bytes> picture_in_sandbox(ByteView image, ByteView parameters) {
    const std::uint32_t side_max = TRY(ByteReader(parameters).u32());
    if (side_max == 0 || side_max > picture_side_max) return fail(ErrorKind::invalid, "side: 1 to {}", picture_side_max);
    Budget budget;
    return png_of(TRY(gray_pixels(image, side_max, budget)));
}

}  // namespace plumbline::formats
