// SPDX-License-Identifier: Apache-2.0
// libwebp decodes bit by bit, so that what a cut file holds is not lost, into rows of our own, scaled down while it decodes.
// No threads.
#include <webp/decode.h>

#include <algorithm>
#include <memory>

#include "formats/image/layout.h"
#include "formats/image/pixels.h"

namespace plumbline::formats {

namespace {
constexpr std::uint64_t working_bytes_max = 128ULL * 1024 * 1024;
constexpr std::uint64_t frame_header_bytes = 16;  // of an ANMF chunk, before the picture's own chunks

struct Delete {
    void operator()(WebPIDecoder* decoder) const { WebPIDelete(decoder); }
};

struct Pictures {
    ByteView first;
    unsigned count = 0;
};
Pictures pictures_of(ByteView bytes, Budget& budget) {
    Pictures out;
    for (const Stretch& stretch : read_webp(bytes, budget).stretches) {
        if (stretch.kind != Stretch::Kind::pixels || text_of(bytes.subspan(stretch.range.begin - 8, 4)) != "ANMF") continue;
        if (out.count++ == 0 && stretch.range.size() > frame_header_bytes) out.first = bytes.subspan(stretch.range.begin + frame_header_bytes, stretch.range.size() - frame_header_bytes);
    }
    return out;
}

// What the library needs for itself. Of a lossless picture, and of an opacity beside a lossy one, it holds all pixels; for each
// 4 x 4 of them the file may have a set of code tables, of 20 bits in the file and a thousand entries in memory. How many there
// are only the decoder knows: their time is counted as if there were all, their memory (380 MB at most) is the sandbox's to limit.
struct Needs {
    std::uint64_t bytes;
    std::uint64_t steps;
};
Needs needs_of(const WebPBitstreamFeatures& features, std::size_t size) {
    const std::uint64_t all = static_cast<std::uint64_t>(features.width) * static_cast<unsigned>(features.height);
    const std::uint64_t rows = static_cast<std::uint64_t>(features.width) * 256;
    if (features.format == 1 && !features.has_alpha) return {rows, 4 * all};
    const std::uint64_t tables = std::min<std::uint64_t>({all / 16 + 1, size * 8ULL / 20, 65'536});
    return {rows + (features.format == 1 ? 5 : 4) * all, 4 * all + 1024 * tables};
}

// On white paper.
void flatten(const unsigned char* line, unsigned width, unsigned char* gray) {
    for (unsigned x = 0; x < width; ++x, line += 4) gray[x] = static_cast<unsigned char>((luminance(line[0], line[1], line[2]) * line[3] + 255U * (255U - line[3])) / 255U);
}

Result<Gray> gray_picture(ByteView bytes, WebPDecoderConfig& config, unsigned side_max, Budget& budget) {
    const auto width = static_cast<unsigned>(config.input.width);
    const auto height = static_cast<unsigned>(config.input.height);
    const std::uint64_t all = static_cast<std::uint64_t>(width) * height;
    const Needs needs = needs_of(config.input, bytes.size());
    if (all > pixels_max) return fail(ErrorKind::too_large, "image: over {} pixels", pixels_max);
    if (needs.bytes > working_bytes_max) return fail(ErrorKind::too_large, "image: too large for a webp of its kind");
    if (!budget.take_steps(needs.steps)) return fail(ErrorKind::too_large, "image: over the budget of steps");
    const unsigned factor = (std::max(width, height) + side_max - 1) / side_max;
    const unsigned out_width = std::max(width / factor, 1U);
    const unsigned out_height = std::max(height / factor, 1U);
    Shrink shrink = TRY(Shrink::make(out_width, out_height, side_max, budget));
    const std::size_t stride = 4 * static_cast<std::size_t>(out_width);
    const WorkingMemory working(budget, needs.bytes + stride * out_height);
    if (!working.is_there()) return fail(ErrorKind::too_large, "image: over the budget of decoded bytes");
    std::vector<unsigned char> lines(stride * out_height, 0xff);
    config.options.use_scaling = factor > 1;
    config.options.scaled_width = static_cast<int>(out_width);
    config.options.scaled_height = static_cast<int>(out_height);
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = {lines.data(), static_cast<int>(stride), lines.size()};
    const std::unique_ptr<WebPIDecoder, Delete> decoder(WebPIDecode(nullptr, 0, &config));
    if (!decoder) return fail(ErrorKind::corrupt, "image: libwebp could not start");
    const VP8StatusCode status = WebPIUpdate(decoder.get(), uchar(bytes), bytes.size());
    int rows = 0;
    if (!WebPIDecGetRGB(decoder.get(), &rows, nullptr, nullptr, nullptr)) rows = 0;
    if (status == VP8_STATUS_OUT_OF_MEMORY) return fail(ErrorKind::too_large, "image: no memory for this webp");
    if (status != VP8_STATUS_OK && rows <= 0) return fail(ErrorKind::corrupt, "image: the webp is damaged");
    std::vector<unsigned char> gray(out_width);
    for (unsigned y = 0; y < static_cast<unsigned>(rows) && y < out_height; ++y) {
        flatten(lines.data() + stride * y, out_width, gray.data());
        shrink.row(gray.data());
    }
    Gray out = std::move(shrink).take();
    if (status != VP8_STATUS_OK) out.damage = "image: the webp is damaged";
    return out;
}
}  // namespace

Result<Gray> gray_webp(ByteView bytes, unsigned side_max, Budget& budget) {
    WebPDecoderConfig config;
    Pictures pictures{bytes, 1};
    bool is_read = WebPInitDecoderConfig(&config) != 0 && WebPGetFeatures(uchar(bytes), bytes.size(), &config.input) == VP8_STATUS_OK;
    if (is_read && config.input.has_animation) {
        pictures = pictures_of(bytes, budget);
        is_read = WebPGetFeatures(uchar(pictures.first), pictures.first.size(), &config.input) == VP8_STATUS_OK;
    }
    if (!is_read || config.input.has_animation || config.input.width <= 0 || config.input.height <= 0) return fail(ErrorKind::corrupt, "image: the webp is damaged");
    Gray out = TRY(gray_picture(pictures.first, config, side_max, budget));
    if (pictures.count > 1) out.left_out = "image: of the webp's pictures only the first is decoded";
    return out;
}

}  // namespace plumbline::formats
