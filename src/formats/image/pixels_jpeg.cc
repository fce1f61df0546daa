// SPDX-License-Identifier: Apache-2.0
// libjpeg ends the process when it fails and writes warnings to stderr unless told otherwise: both are replaced here.
// Between setjmp and longjmp stand only objects that need no destructor.
#include <cstdio>
// jpeglib.h needs FILE and size_t before it.
#include <jpeglib.h>
#include <setjmp.h>

#include <algorithm>

#include "formats/image/pixels.h"

namespace plumbline::formats {

namespace {
constexpr long memory_max = 128L * 1024 * 1024;
constexpr int scans_max = 100;  // of a progressive image; each one costs a pass over all of it

struct Failing {
    jpeg_error_mgr base;
    jmp_buf back;
};
// The library's structures are ours from their first member on.
[[noreturn]] void leave(j_common_ptr common) { longjmp(reinterpret_cast<Failing*>(common->err)->back, 1); }
void count_warning(j_common_ptr common, int level) {
    if (level < 0) ++common->err->num_warnings;
}
void say_nothing(j_common_ptr) {}
void watch_scans(j_common_ptr common) {
    if (reinterpret_cast<j_decompress_ptr>(common)->input_scan_number > scans_max) leave(common);
}

struct Decoder {
    jpeg_decompress_struct image;
    Failing failing;
    jpeg_progress_mgr progress;
};

void start(Decoder& decoder, ByteView bytes) {
    decoder.image.err = jpeg_std_error(&decoder.failing.base);
    decoder.failing.base.error_exit = leave;
    decoder.failing.base.emit_message = count_warning;
    decoder.failing.base.output_message = say_nothing;
    jpeg_create_decompress(&decoder.image);
    decoder.image.mem->max_memory_to_use = memory_max;
    decoder.progress = {};
    decoder.progress.progress_monitor = watch_scans;
    decoder.image.progress = &decoder.progress;
    jpeg_mem_src(&decoder.image, uchar(bytes), bytes.size());
}

// False where the library gave up.
bool read_header(Decoder& decoder, unsigned side_max) {
    if (setjmp(decoder.failing.back) != 0) return false;
    if (jpeg_read_header(&decoder.image, TRUE) != JPEG_HEADER_OK) return false;
    jpeg_decompress_struct& image = decoder.image;
    const bool is_ink = image.jpeg_color_space == JCS_CMYK || image.jpeg_color_space == JCS_YCCK;
    image.out_color_space = is_ink ? JCS_CMYK : JCS_GRAYSCALE;
    image.dct_method = JDCT_ISLOW;
    image.scale_denom = 8;
    const unsigned side = std::max(image.image_width, image.image_height);
    for (image.scale_num = 8; image.scale_num > 1 && (side * static_cast<std::uint64_t>(image.scale_num) + 7) / 8 > side_max;) --image.scale_num;
    jpeg_calc_output_dimensions(&image);
    return true;
}

// Ink as Adobe writes it: 255 is none.
void ink_to_gray(const unsigned char* ink, unsigned width, unsigned char* gray) {
    for (unsigned x = 0; x < width; ++x, ink += 4) gray[x] = static_cast<unsigned char>((ink[0] * 77U + ink[1] * 150U + ink[2] * 29U) / 256 * ink[3] / 255);
}

// False where the library gave up; the rows until then are in `shrink`.
bool read_rows(Decoder& decoder, unsigned char* line, unsigned char* gray, Shrink& shrink) {
    if (setjmp(decoder.failing.back) != 0) return false;
    jpeg_start_decompress(&decoder.image);
    while (decoder.image.output_scanline < decoder.image.output_height) {
        JSAMPROW rows[1] = {line};
        if (jpeg_read_scanlines(&decoder.image, rows, 1) != 1) return false;
        if (decoder.image.out_color_space == JCS_CMYK) ink_to_gray(line, decoder.image.output_width, gray);
        shrink.row(decoder.image.out_color_space == JCS_CMYK ? gray : line);
    }
    return true;
}
}  // namespace

Result<Gray> gray_jpeg(ByteView bytes, unsigned side_max, Budget& budget) {
    Decoder decoder{};
    struct Release {
        jpeg_decompress_struct& image;
        ~Release() { jpeg_destroy_decompress(&image); }
    } release{decoder.image};
    if (setjmp(decoder.failing.back) != 0) return fail(ErrorKind::corrupt, "image: libjpeg could not start");
    start(decoder, bytes);
    if (!read_header(decoder, side_max)) return fail(ErrorKind::corrupt, "image: the jpeg is damaged");
    const std::uint64_t all = static_cast<std::uint64_t>(decoder.image.image_width) * decoder.image.image_height;
    if (all > pixels_max) return fail(ErrorKind::too_large, "image: over {} pixels", pixels_max);
    if (!budget.take_steps(2 * all)) return fail(ErrorKind::too_large, "image: over the budget of steps");
    Shrink shrink = TRY(Shrink::make(decoder.image.output_width, decoder.image.output_height, side_max, budget));
    std::vector<unsigned char> line(static_cast<std::size_t>(decoder.image.output_width) * 4);
    std::vector<unsigned char> gray(decoder.image.output_width);
    const bool is_read = read_rows(decoder, line.data(), gray.data(), shrink);
    if (!is_read && decoder.image.output_scanline == 0) return fail(ErrorKind::corrupt, "image: the jpeg is damaged, or too large for its kind");
    Gray out = std::move(shrink).take();
    if (!is_read || decoder.failing.base.num_warnings > 0) out.damage = "image: the jpeg is damaged";
    return out;
}

}  // namespace plumbline::formats
