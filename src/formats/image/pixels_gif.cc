// SPDX-License-Identifier: Apache-2.0
// giflib reads through a callback and gives the numbers of colours, row by row. It allocates 25 kB and the palettes; the
// sizes that a file claims are checked here before it decodes.
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>

#include "formats/image/pixels.h"

namespace plumbline::formats {

namespace {
struct Close {
    void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};
int give(GifFileType* gif, GifByteType* out, int size) {
    ByteView& rest = *static_cast<ByteView*>(gif->UserData);
    const ByteView given = rest.first(std::min(rest.size(), static_cast<std::size_t>(std::max(size, 0))));
    if (!given.empty()) std::memcpy(out, given.data(), given.size());
    rest = rest.subspan(given.size());
    return static_cast<int>(given.size());
}

// Goes to the next picture, past its extensions; `clear` is the colour that is none. False where there is no other picture.
bool go_to_picture(GifFileType* gif, int& clear) {
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    while (DGifGetRecordType(gif, &type) == GIF_OK && type == EXTENSION_RECORD_TYPE) {
        int code = 0;
        GifByteType* block = nullptr;  // its size and its bytes
        if (DGifGetExtension(gif, &code, &block) != GIF_OK) return false;
        GraphicsControlBlock control;
        if (block && code == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) clear = control.TransparentColor;
        while (block)
            if (DGifGetExtensionNext(gif, &block) != GIF_OK) return false;
    }
    return type == IMAGE_DESC_RECORD_TYPE;
}

using Shades = std::array<unsigned char, 256>;
// On white paper; a colour that the palette lacks is white too.
Shades shades_of(const ColorMapObject& palette, int clear) {
    Shades out;
    out.fill(0xff);
    for (std::size_t i = 0; i < std::min<std::size_t>(static_cast<std::size_t>(palette.ColorCount), out.size()); ++i) {
        const GifColorType& colour = palette.Colors[i];
        out[i] = luminance(colour.Red, colour.Green, colour.Blue);
    }
    if (clear >= 0 && clear < 256) out[static_cast<std::size_t>(clear)] = 0xff;
    return out;
}

struct Pass {
    unsigned first;
    unsigned step;
};
constexpr Pass interlaced[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
constexpr Pass plain[] = {{0, 1}};

// How many rows there are; the others stay as they were.
unsigned read_rows(GifFileType* gif, const Shades& shades, std::vector<unsigned char>& pixels) {
    const auto width = static_cast<std::size_t>(gif->Image.Width);
    std::vector<unsigned char> line(width);
    unsigned rows = 0;
    for (const Pass& pass : gif->Image.Interlace ? std::span<const Pass>(interlaced) : std::span<const Pass>(plain))
        for (unsigned y = pass.first; y < static_cast<unsigned>(gif->Image.Height); y += pass.step, ++rows) {
            if (DGifGetLine(gif, line.data(), gif->Image.Width) != GIF_OK) return rows;
            for (std::size_t x = 0; x < width; ++x) pixels[y * width + x] = shades[line[x]];
        }
    return rows;
}
}  // namespace

Result<Gray> gray_gif(ByteView bytes, unsigned side_max, Budget& budget) {
    ByteView rest = bytes;
    int clear = NO_TRANSPARENT_COLOR;
    const std::unique_ptr<GifFileType, Close> gif(DGifOpen(&rest, give, nullptr));
    if (!gif || !go_to_picture(gif.get(), clear) || DGifGetImageDesc(gif.get()) != GIF_OK) return fail(ErrorKind::corrupt, "image: the gif is damaged");
    const GifImageDesc& picture = gif->Image;
    const ColorMapObject* palette = picture.ColorMap ? picture.ColorMap : gif->SColorMap;
    if (!palette || picture.Width <= 0 || picture.Height <= 0) return fail(ErrorKind::corrupt, "image: the gif has no pixels or no colours");
    const auto left = static_cast<std::size_t>(picture.Left);
    const auto top = static_cast<std::size_t>(picture.Top);
    const auto picture_width = static_cast<std::size_t>(picture.Width);
    const auto picture_height = static_cast<std::size_t>(picture.Height);
    // A first picture that is larger than its screen makes the screen larger, as in browsers.
    const std::size_t width = std::max(static_cast<std::size_t>(gif->SWidth), left + picture_width);
    const std::size_t height = std::max(static_cast<std::size_t>(gif->SHeight), top + picture_height);
    Shrink shrink = TRY(Shrink::make(width, height, side_max, budget));
    const WorkingMemory working(budget, picture_width * picture_height);
    if (!working.is_there()) return fail(ErrorKind::too_large, "image: over the budget of decoded bytes");
    std::vector<unsigned char> pixels(picture_width * picture_height, 0xff);
    const unsigned rows = read_rows(gif.get(), shades_of(*palette, clear), pixels);
    if (rows == 0) return fail(ErrorKind::corrupt, "image: the gif is damaged");
    std::vector<unsigned char> line(width);
    for (std::size_t y = 0; y < height; ++y) {
        std::fill(line.begin(), line.end(), static_cast<unsigned char>(0xff));
        if (y >= top && y - top < picture_height) std::copy_n(pixels.data() + (y - top) * picture_width, picture_width, line.data() + left);
        shrink.row(line.data());
    }
    Gray out = std::move(shrink).take();
    if (rows < picture_height) out.damage = "image: the gif is damaged";
    else if (go_to_picture(gif.get(), clear)) out.left_out = "image: of the gif's pictures only the first is decoded";
    return out;
}

}  // namespace plumbline::formats
