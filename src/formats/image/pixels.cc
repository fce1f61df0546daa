// SPDX-License-Identifier: Apache-2.0
#include "formats/image/pixels.h"

#include <algorithm>

#include "formats/image/layout.h"

namespace plumbline::formats {

Result<Shrink> Shrink::make(std::uint64_t width, std::uint64_t height, unsigned side_max, Budget& budget) {
    if (width == 0 || height == 0) return fail(ErrorKind::corrupt, "image: no pixels");
    if (width > pixels_max || height > pixels_max || width * height > pixels_max) return fail(ErrorKind::too_large, "image: over {} pixels", pixels_max);
    Shrink out;
    out.factor_ = static_cast<unsigned>((std::max(width, height) + side_max - 1) / side_max);
    out.width_ = width;
    out.out_.width = static_cast<unsigned>(std::max<std::uint64_t>(width / out.factor_, 1));
    out.out_.height = static_cast<unsigned>(std::max<std::uint64_t>(height / out.factor_, 1));
    const std::uint64_t size = static_cast<std::uint64_t>(out.out_.width) * out.out_.height;
    if (!budget.take_steps(width * height) || !budget.take_bytes(size)) return fail(ErrorKind::too_large, "image: over the budget of decoded bytes");
    out.out_.pixels.assign(size, std::byte{0xff});
    out.sums_.assign(out.out_.width, 0);
    return out;
}

void Shrink::row(const unsigned char* gray) {
    if (rows_out_ == out_.height) return;
    unsigned char* to = uchar(std::span(out_.pixels)) + static_cast<std::size_t>(rows_out_) * out_.width;
    if (factor_ == 1) {
        std::copy_n(gray, out_.width, to);
        ++rows_out_;
        return;
    }
    const std::size_t across = std::min<std::size_t>(factor_, width_);
    for (std::size_t x = 0; x < out_.width; ++x)
        for (std::size_t i = 0; i < across; ++i) sums_[x] += gray[x * factor_ + i];
    if (++rows_in_ < factor_) return;
    for (std::size_t x = 0; x < out_.width; ++x) to[x] = static_cast<unsigned char>(sums_[x] / (across * rows_in_));
    std::fill(sums_.begin(), sums_.end(), 0);
    rows_in_ = 0;
    ++rows_out_;
}

namespace {
struct Row {
    std::uint64_t width;
    unsigned bits;                        // of a pixel
    std::array<unsigned char, 256> shades;  // of the palette, for 8 bits and fewer
};
// `from` holds blue, green, red where there is no palette.
void read_bmp_row(const Row& row, const unsigned char* from, unsigned char* to) {
    for (std::uint64_t x = 0; x < row.width; ++x) {
        if (row.bits >= 24) {
            const unsigned char* pixel = from + x * (row.bits / 8);
            to[x] = luminance(pixel[2], pixel[1], pixel[0]);
        } else {
            const std::uint64_t at = x * row.bits;
            to[x] = row.shades[(from[at / 8] >> (8 - row.bits - at % 8)) & ((1U << row.bits) - 1)];
        }
    }
}

Result<Gray> gray_bmp(ByteView image, unsigned side_max, Budget& budget) {
    const Fields in{image, true};
    const Layout layout = read_bmp(image);
    const bool is_old = in.u32(14) == 12;
    Row row{layout.width, in.u16(is_old ? 24 : 28), {}};
    const unsigned method = is_old ? 0 : in.u32(30);
    if (method != 0 && !(method == 3 && row.bits == 32)) return fail(ErrorKind::unsupported, "image: this form of bmp is not decoded");
    if (row.bits != 1 && row.bits != 4 && row.bits != 8 && row.bits != 24 && row.bits != 32) return fail(ErrorKind::unsupported, "image: this form of bmp is not decoded");
    Shrink shrink = TRY(Shrink::make(layout.width, layout.height, side_max, budget));
    const std::uint64_t palette = 14 + static_cast<std::uint64_t>(in.u32(14));
    const unsigned wide = is_old ? 3 : 4;
    for (unsigned i = 0; row.bits <= 8 && i < 1U << row.bits; ++i) {
        const std::uint64_t at = palette + static_cast<std::uint64_t>(i) * wide;
        row.shades[i] = luminance(in.u8(at + 2), in.u8(at + 1), in.u8(at));
    }
    const std::uint64_t stride = (layout.width * row.bits + 31) / 32 * 4;
    const bool is_from_top = !is_old && in.u32(22) >= 0x80000000;
    std::vector<unsigned char> gray(layout.width);
    bool is_whole = true;
    for (std::uint64_t y = 0; y < layout.height; ++y) {
        const std::uint64_t at = in.u32(10) + stride * (is_from_top ? y : layout.height - 1 - y);
        const bool is_there = in.has(at, stride);
        if (is_there) read_bmp_row(row, uchar(image.subspan(at)), gray.data());
        else std::fill(gray.begin(), gray.end(), static_cast<unsigned char>(0xff));
        is_whole &= is_there;
        shrink.row(gray.data());
    }
    Gray out = std::move(shrink).take();
    if (!is_whole) out.damage = "image: the bmp is cut short";
    return out;
}

void read_pnm_row(char kind, std::uint64_t width, unsigned wide, unsigned top, const unsigned char* from, unsigned char* to) {
    const auto sample = [&](std::uint64_t i) { return std::min((wide == 2 ? from[2 * i] * 256U + from[2 * i + 1] : from[i]) * 255U / top, 255U); };
    for (std::uint64_t x = 0; x < width; ++x) {
        if (kind == '4') to[x] = from[x / 8] >> (7 - x % 8) & 1 ? 0 : 0xff;
        else if (kind == '5') to[x] = static_cast<unsigned char>(sample(x));
        else to[x] = luminance(sample(3 * x), sample(3 * x + 1), sample(3 * x + 2));
    }
}

Result<Gray> gray_pnm(ByteView image, unsigned side_max, Budget& budget) {
    const Layout layout = read_pnm(image);
    if (layout.pixels_at == 0) return fail(ErrorKind::corrupt, "image: not a pnm");
    const char kind = text_of(image)[1];
    const unsigned wide = layout.top > 255 ? 2 : 1;
    const std::uint64_t stride = kind == '4' ? (layout.width + 7) / 8 : layout.width * wide * (kind == '6' ? 3 : 1);
    Shrink shrink = TRY(Shrink::make(layout.width, layout.height, side_max, budget));
    std::vector<unsigned char> gray(layout.width);
    const Fields in{image, false};
    for (std::uint64_t y = 0; y < layout.height && in.has(layout.pixels_at + y * stride, stride); ++y) {
        read_pnm_row(kind, layout.width, wide, layout.top, uchar(image.subspan(layout.pixels_at + y * stride)), gray.data());
        shrink.row(gray.data());
    }
    Gray out = std::move(shrink).take();
    out.damage = layout.damage;
    return out;
}
}  // namespace

Result<Gray> gray_pixels(ByteView image, unsigned side_max, Budget& budget) {
    const std::string_view kind = image_kind(image);
    if (kind == "jpeg") return gray_jpeg(image, side_max, budget);
    if (kind == "png") return gray_png(image, side_max, budget);
    if (kind == "gif") return gray_gif(image, side_max, budget);
    if (kind == "webp") return gray_webp(image, side_max, budget);
    if (kind == "bmp") return gray_bmp(image, side_max, budget);
    if (kind == "pnm") return gray_pnm(image, side_max, budget);
    if (kind.empty()) return fail(ErrorKind::unsupported, "image: not an image that is read");
    return fail(ErrorKind::unsupported, "image: pixels of {} are not decoded", kind);
}

}  // namespace plumbline::formats
