// SPDX-License-Identifier: Apache-2.0
// libpng ends by longjmp where it fails; between setjmp and longjmp stand only objects that need no destructor.
#include <png.h>
#include <setjmp.h>

#include <algorithm>
#include <cstring>

#include "formats/image/pixels.h"

namespace plumbline::formats {

namespace {
constexpr png_alloc_size_t chunk_bytes_max = 4 * 1024 * 1024;

struct Source {
    ByteView rest;
    unsigned warnings = 0;
};
void give(png_structp png, png_bytep out, std::size_t size) {
    auto& source = *static_cast<Source*>(png_get_io_ptr(png));
    if (size > source.rest.size()) png_error(png, "end");
    std::memcpy(out, source.rest.data(), size);
    source.rest = source.rest.subspan(size);
}
void count_warning(png_structp png, png_const_charp) {
    if (auto* source = static_cast<Source*>(png_get_io_ptr(png))) ++source->warnings;
}
[[noreturn]] void leave(png_structp png, png_const_charp) { png_longjmp(png, 1); }

struct Decoder {
    png_structp png = nullptr;
    png_infop info = nullptr;
    Source source;
    png_uint_32 width = 0;
    png_uint_32 height = 0;
    bool is_interlaced = false;
    png_uint_32 rows = 0;  // read so far
    ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }
};

// Header, and rows of gray and opacity asked for. False where the library gave up.
bool read_header(Decoder& decoder) {
    if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
    png_set_read_fn(decoder.png, &decoder.source, give);
    png_set_user_limits(decoder.png, pixels_max, pixels_max);
    png_set_chunk_cache_max(decoder.png, 64);
    png_set_chunk_malloc_max(decoder.png, chunk_bytes_max);
    png_set_crc_action(decoder.png, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
    // Text and profiles are read from the file's own bytes.
    png_set_keep_unknown_chunks(decoder.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_read_info(decoder.png, decoder.info);
    decoder.width = png_get_image_width(decoder.png, decoder.info);
    decoder.height = png_get_image_height(decoder.png, decoder.info);
    decoder.is_interlaced = png_get_interlace_type(decoder.png, decoder.info) != PNG_INTERLACE_NONE;
    png_set_expand(decoder.png);
    png_set_scale_16(decoder.png);
    if (png_get_color_type(decoder.png, decoder.info) & PNG_COLOR_MASK_COLOR) png_set_rgb_to_gray_fixed(decoder.png, PNG_ERROR_ACTION_NONE, -1, -1);
    png_set_add_alpha(decoder.png, 0xff, PNG_FILLER_AFTER);
    png_set_interlace_handling(decoder.png);
    png_read_update_info(decoder.png, decoder.info);
    return png_get_rowbytes(decoder.png, decoder.info) == 2 * static_cast<std::size_t>(decoder.width);
}

// On white paper.
void flatten(const unsigned char* line, png_uint_32 width, unsigned char* gray) {
    for (png_uint_32 x = 0; x < width; ++x, line += 2) gray[x] = static_cast<unsigned char>((line[0] * line[1] + 255U * (255U - line[1])) / 255U);
}

bool read_rows(Decoder& decoder, unsigned char* line, unsigned char* gray, Shrink& shrink) {
    if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
    for (; decoder.rows < decoder.height; ++decoder.rows) {
        png_read_row(decoder.png, line, nullptr);
        flatten(line, decoder.width, gray);
        shrink.row(gray);
    }
    return true;
}

// Seven passes over all rows: each adds to what the ones before gave.
bool read_passes(Decoder& decoder, unsigned char* all) {
    if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass)
        for (png_uint_32 y = 0; y < decoder.height; ++y, ++decoder.rows) png_read_row(decoder.png, all + 2 * static_cast<std::size_t>(decoder.width) * y, nullptr);
    return true;
}
}  // namespace

Result<Gray> gray_png(ByteView bytes, unsigned side_max, Budget& budget) {
    Decoder decoder;
    decoder.source.rest = bytes;
    decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, leave, count_warning);
    decoder.info = decoder.png ? png_create_info_struct(decoder.png) : nullptr;
    if (!decoder.info) return fail(ErrorKind::corrupt, "image: libpng could not start");
    if (!read_header(decoder)) return fail(ErrorKind::corrupt, "image: the png is damaged");
    const std::size_t stride = 2 * static_cast<std::size_t>(decoder.width);
    Shrink shrink = TRY(Shrink::make(decoder.width, decoder.height, side_max, budget));
    const std::uint64_t held = stride * (decoder.is_interlaced ? decoder.height : 1);
    if (!budget.take_bytes(held)) return fail(ErrorKind::too_large, "image: over the budget of decoded bytes");
    std::vector<unsigned char> lines(held, 0xff);
    std::vector<unsigned char> gray(decoder.width);
    const bool is_read = decoder.is_interlaced ? read_passes(decoder, lines.data()) : read_rows(decoder, lines.data(), gray.data(), shrink);
    for (png_uint_32 y = 0; decoder.is_interlaced && y < decoder.height; ++y) {
        flatten(lines.data() + stride * y, decoder.width, gray.data());
        shrink.row(gray.data());
    }
    if (!is_read && decoder.rows == 0) return fail(ErrorKind::corrupt, "image: the png is damaged");
    Gray out = std::move(shrink).take();
    if (!is_read || decoder.source.warnings > 0) out.damage = "image: the png is damaged";
    return out;
}

}  // namespace plumbline::formats
