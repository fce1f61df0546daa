// SPDX-License-Identifier: Apache-2.0
// Pixels as shades of gray, for the readers of codes and of text. JPEG by libjpeg and WebP by libwebp (scaled down while
// they decode), PNG by libpng, GIF by giflib, BMP and portable any-maps here; of moving pictures the first. The same bytes give
// the same pixels.
//
// Limits: 64 million pixels, of a progressive JPEG and of a WebP what fits in 128 MiB; memory is taken from the budget before it is
// allocated. unsupported: a kind or form of image that is not decoded; too_large: over a limit; corrupt: not one pixel.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "formats/budget.h"

namespace plumbline::formats {

struct Gray {
    unsigned width = 0;
    unsigned height = 0;
    Bytes pixels;             // rows from the top, a byte each, 0 is black
    std::string damage;       // empty, or why not all of it is the image
    std::string left_out{};   // empty, or that the file holds more pictures
};

// `side_max`: a larger image is made smaller by a whole factor (libjpeg: by eighths) so that its longer side fits.
Result<Gray> gray_pixels(ByteView image, unsigned side_max, Budget& budget);

constexpr std::uint64_t pixels_max = 64'000'000;
// What pixels.cc asks of each library.
Result<Gray> gray_jpeg(ByteView image, unsigned side_max, Budget& budget);
Result<Gray> gray_png(ByteView image, unsigned side_max, Budget& budget);
Result<Gray> gray_gif(ByteView image, unsigned side_max, Budget& budget);
Result<Gray> gray_webp(ByteView image, unsigned side_max, Budget& budget);

inline unsigned char luminance(unsigned red, unsigned green, unsigned blue) { return static_cast<unsigned char>((red * 77 + green * 150 + blue * 29) >> 8); }

// Memory that a decoder has only while it decodes: taken from the budget, and given back.
class WorkingMemory {
  public:
    WorkingMemory(Budget& budget, std::uint64_t bytes) : budget_(budget), bytes_(bytes), is_there_(budget.take_bytes(bytes)) {}
    ~WorkingMemory() { budget_.bytes_out_left += is_there_ ? bytes_ : 0; }
    WorkingMemory(const WorkingMemory&) = delete;
    WorkingMemory& operator=(const WorkingMemory&) = delete;
    bool is_there() const { return is_there_; }

  private:
    Budget& budget_;
    std::uint64_t bytes_;
    bool is_there_;
};

// Takes rows of gray and keeps the mean of each square of `factor` pixels a side.
class Shrink {
  public:
    // too_large where the budget does not reach.
    static Result<Shrink> make(std::uint64_t width, std::uint64_t height, unsigned side_max, Budget& budget);
    void row(const unsigned char* gray);
    Gray take() && { return std::move(out_); }
    const Gray& so_far() const { return out_; }

  private:
    Shrink() = default;
    Gray out_;
    std::vector<std::uint32_t> sums_;
    std::uint64_t width_ = 0;
    unsigned factor_ = 1;
    unsigned rows_in_ = 0;
    unsigned rows_out_ = 0;
};

}  // namespace plumbline::formats
