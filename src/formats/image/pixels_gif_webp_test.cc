// SPDX-License-Identifier: Apache-2.0
// Codes in pictures that giflib and libwebp write here: every form, every cut, and sizes that lie.
#include <gif_lib.h>
#include <webp/encode.h>

#include <array>
#include <fstream>
#include <iterator>

#include "formats/fuzz_visitor.h"
#include "formats/image/codes.h"
#include "formats/image/image.h"
#include "formats/image/picture.h"

namespace plumbline::formats {
namespace {
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string url_text = "https://pay.example.com/invoice?id=4711&to=bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq\n";

// The code of url.png, with one pixel of each `step`.
Gray code(unsigned step = 1) {
    std::ifstream in(PLUMBLINE_ROOM_DIR "/image/testdata/url.png", std::ios::binary);
    Budget budget;
    const Gray whole = gray_pixels(view(std::string{std::istreambuf_iterator<char>(in), {}}), 4000, budget).value();
    Gray out{whole.width / step, whole.height / step, {}, "", ""};
    for (unsigned y = 0; y < out.height; ++y)
        for (unsigned x = 0; x < out.width; ++x) out.pixels.push_back(whole.pixels[static_cast<std::size_t>(y) * step * whole.width + x * step]);
    return out;
}

using Palette = std::array<GifColorType, 4>;
constexpr GifColorType black{0, 0, 0};
constexpr GifColorType white{255, 255, 255};
constexpr Palette black_white{black, white, black, black};
constexpr Palette all_black{black, black, black, black};

struct GifOptions {
    bool is_interlaced = false;
    const Palette* global = &black_white;
    const Palette* local = nullptr;
    int clear = NO_TRANSPARENT_COLOR;
    unsigned pictures = 1;
    int margin = 0;  // of the screen around the picture
    int screen = 0;  // its side, where it lies
};
int keep(GifFileType* gif, const GifByteType* bytes, int size) {
    static_cast<std::string*>(gif->UserData)->append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    return size;
}
void put_picture(GifFileType* gif, const Gray& gray, const GifOptions& options) {
    const auto width = static_cast<int>(gray.width);
    const auto height = static_cast<int>(gray.height);
    if (options.clear != NO_TRANSPARENT_COLOR) {
        const GraphicsControlBlock control{DISPOSAL_UNSPECIFIED, false, 0, options.clear};
        std::array<GifByteType, 4> block{};
        EGifGCBToExtension(&control, block.data());
        EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, static_cast<int>(block.size()), block.data());
    }
    ColorMapObject* map = options.local ? GifMakeMapObject(4, options.local->data()) : nullptr;
    EXPECT_EQ(EGifPutImageDesc(gif, options.margin, options.margin, width, height, options.is_interlaced, map), GIF_OK);
    GifFreeMapObject(map);
    std::vector<int> order;
    if (options.is_interlaced)
        for (const auto& [first, step] : std::vector<std::pair<int, int>>{{0, 8}, {4, 8}, {2, 4}, {1, 2}})
            for (int y = first; y < height; y += step) order.push_back(y);
    else
        for (int y = 0; y < height; ++y) order.push_back(y);
    std::vector<GifPixelType> line(gray.width);
    for (const int y : order) {
        for (unsigned x = 0; x < gray.width; ++x) line[x] = gray.pixels[static_cast<std::size_t>(y) * gray.width + x] > std::byte{127};
        EXPECT_EQ(EGifPutLine(gif, line.data(), width), GIF_OK);
    }
}
std::string gif_of(const Gray& gray, const GifOptions& options = {}) {
    std::string out;
    GifFileType* gif = EGifOpen(&out, keep, nullptr);
    EGifSetGifVersion(gif, true);
    ColorMapObject* map = options.global ? GifMakeMapObject(4, options.global->data()) : nullptr;
    const int width = options.screen ? options.screen : static_cast<int>(gray.width) + 2 * options.margin;
    const int height = options.screen ? options.screen : static_cast<int>(gray.height) + 2 * options.margin;
    EXPECT_EQ(EGifPutScreenDesc(gif, width, height, 8, 0, map), GIF_OK);
    GifFreeMapObject(map);
    for (unsigned i = 0; i < options.pictures; ++i) put_picture(gif, gray, options);
    EGifCloseFile(gif, nullptr);
    return out;
}

// `quality` -1: lossless. `opacity` of the white pixels.
std::string webp_of(const Gray& gray, float quality, unsigned char opacity = 255) {
    std::vector<std::uint8_t> rgba;
    for (const std::byte shade : gray.pixels) {
        const auto value = static_cast<std::uint8_t>(opacity < 255 ? 0 : std::to_integer<unsigned>(shade));
        rgba.insert(rgba.end(), {value, value, value, shade > std::byte{127} ? opacity : std::uint8_t{255}});
    }
    std::uint8_t* made = nullptr;
    const auto width = static_cast<int>(gray.width);
    const auto height = static_cast<int>(gray.height);
    const std::size_t size = quality < 0 ? WebPEncodeLosslessRGBA(rgba.data(), width, height, 4 * width, &made) : WebPEncodeRGBA(rgba.data(), width, height, 4 * width, quality, &made);
    std::string out(reinterpret_cast<const char*>(made), size);
    WebPFree(made);
    return out;
}
std::string little(std::uint64_t value, unsigned size) {
    std::string out;
    for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> 8 * i));
    return out;
}
std::string chunk(const std::string& name, const std::string& data) { return name + little(data.size(), 4) + data + std::string(data.size() % 2, '\0'); }
// Of still pictures of one size.
std::string moving_webp(const std::vector<std::string>& pictures, unsigned width, unsigned height) {
    const std::string sizes = little(width - 1, 3) + little(height - 1, 3);
    std::string chunks = "WEBP" + chunk("VP8X", std::string("\2\0\0\0", 4) + sizes) + chunk("ANIM", std::string(6, '\0'));
    for (const std::string& picture : pictures) chunks += chunk("ANMF", std::string(6, '\0') + sizes + little(100, 3) + std::string(1, '\0') + picture.substr(12));
    return chunk("RIFF", chunks);
}

std::string codes(const std::string& image) {
    Budget budget;
    const Result<Codes> read = read_codes(view(image), budget);
    if (!read) return read.error().message;
    return std::string(text_of(read->text)) + read->damage + read->left_out;
}
ErrorKind kind_of_failure(const std::string& image, Budget budget = {}) {
    const Result<Gray> gray = gray_pixels(view(image), codes_side_max, budget);
    EXPECT_FALSE(gray);
    return gray ? ErrorKind::invalid : gray.error().kind;
}

TEST(Gif, CodesOfEveryForm) {
    const Gray gray = code();
    EXPECT_EQ(codes(gif_of(gray)), url_text);
    EXPECT_EQ(codes(gif_of(gray, {.is_interlaced = true})), url_text);
    EXPECT_EQ(codes(gif_of(gray, {.local = &black_white})), url_text);
    EXPECT_EQ(codes(gif_of(gray, {.global = &all_black, .local = &black_white})), url_text);
    EXPECT_EQ(codes(gif_of(gray, {.global = nullptr, .local = &black_white})), url_text);
    EXPECT_EQ(codes(gif_of(gray, {.global = &all_black})), "");
    EXPECT_EQ(codes(gif_of(gray, {.is_interlaced = true, .global = &all_black, .clear = 1})), url_text);  // white paper shows through
    EXPECT_EQ(codes(gif_of(gray, {.margin = 40})), url_text);
    EXPECT_EQ(codes(gif_of(gray, {.screen = 1})), url_text);
    EXPECT_EQ(codes(gif_of(gray, {.pictures = 3})), url_text + "image: of the gif's pictures only the first is decoded");
}

TEST(Gif, EveryPixelStandsInItsPlace) {
    const Gray gray = code(3);
    Budget budget;
    for (const bool is_interlaced : {false, true}) {
        const Gray read = gray_pixels(view(gif_of(gray, {.is_interlaced = is_interlaced, .margin = 7})), 4000, budget).value();
        ASSERT_EQ(read.width, gray.width + 14);
        ASSERT_EQ(read.height, gray.height + 14);
        for (unsigned y = 0; y < read.height; ++y)
            for (unsigned x = 0; x < read.width; ++x) {
                const bool is_inside = x >= 7 && y >= 7 && x < gray.width + 7 && y < gray.height + 7;
                ASSERT_EQ(read.pixels[y * read.width + x], is_inside ? gray.pixels[(y - 7) * gray.width + x - 7] : std::byte{255});
            }
    }
}

TEST(Webp, CodesOfEveryForm) {
    const Gray gray = code();
    EXPECT_EQ(codes(webp_of(gray, -1)), url_text);
    EXPECT_EQ(codes(webp_of(gray, 80)), url_text);
    EXPECT_EQ(codes(webp_of(gray, 10)), url_text);
    EXPECT_EQ(codes(webp_of(gray, -1, 0)), url_text);  // white paper shows through black
    EXPECT_EQ(codes(webp_of(gray, 80, 0)), url_text);
    Budget budget;
    EXPECT_EQ(gray_pixels(view(webp_of(gray, -1)), 4000, budget).value().pixels, gray.pixels);
}

TEST(Webp, TheFirstOfManyPictures) {
    const Gray gray = code();
    Gray empty = gray;
    std::fill(empty.pixels.begin(), empty.pixels.end(), std::byte{255});
    for (const float quality : {-1.0F, 80.0F}) {
        const std::string shown = webp_of(gray, quality);
        EXPECT_EQ(codes(moving_webp({shown}, gray.width, gray.height)), url_text);
        EXPECT_EQ(codes(moving_webp({shown, webp_of(empty, quality)}, gray.width, gray.height)), url_text + "image: of the webp's pictures only the first is decoded");
    }
    EXPECT_EQ(codes(moving_webp({}, gray.width, gray.height)), "image: the webp is damaged");
}

TEST(GifAndWebp, LargeOnesAreMadeSmaller) {
    const Gray gray = code();
    Gray large{2500, 1500, Bytes(2500UL * 1500, std::byte{255}), "", ""};
    for (unsigned y = 0; y < gray.height * 2; ++y)
        for (unsigned x = 0; x < gray.width * 2; ++x) large.pixels[(y + 350UL) * 2500 + x + 450] = gray.pixels[y / 2 * gray.width + x / 2];
    for (const std::string& image : {gif_of(large), webp_of(large, -1), webp_of(large, 70)}) {
        Budget budget;
        const auto shrunk = gray_pixels(view(image), codes_side_max, budget);
        ASSERT_TRUE(shrunk) << shrunk.error().message;
        EXPECT_EQ(shrunk->width, 1250U);
        EXPECT_EQ(shrunk->height, 750U);
        EXPECT_EQ(text_of(codes_in(*shrunk)), url_text);
        Budget short_of_bytes;
        short_of_bytes.bytes_out_left = 2'000'000;
        EXPECT_EQ(kind_of_failure(image, short_of_bytes), ErrorKind::too_large);
        Budget short_of_steps;
        short_of_steps.steps_left = 1'000'000;
        EXPECT_EQ(kind_of_failure(image, short_of_steps), ErrorKind::too_large);
    }
}

TEST(GifAndWebp, WorkingMemoryIsGivenBack) {
    const Gray gray = code();
    for (const std::string& image : {gif_of(gray, {.is_interlaced = true}), webp_of(gray, -1), webp_of(gray, 60, 0)}) {
        Budget budget;
        const std::uint64_t before = budget.bytes_out_left;
        ASSERT_TRUE(gray_pixels(view(image), 4000, budget));
        EXPECT_EQ(before - budget.bytes_out_left, gray.pixels.size());
    }
}

TEST(GifAndWebp, EveryCut) {
    const Gray gray = code();
    const Gray small = code(2);
    const std::string moving = moving_webp({webp_of(small, -1), webp_of(small, 60)}, small.width, small.height);
    const std::vector<std::string> all = {moving, gif_of(small), gif_of(small, {.is_interlaced = true, .local = &black_white, .clear = 1}), webp_of(small, -1), webp_of(small, 60), webp_of(small, 60, 0)};
    for (const std::string& whole : all)
        for (std::size_t size = 0; size < whole.size(); size += 7) {
            Budget budget = small_budget();
            const auto cut = gray_pixels(view(whole).first(size), codes_side_max, budget);
            if (cut && whole != moving && size < whole.size() / 2) { EXPECT_NE(cut->damage, ""); }
            FuzzVisitor visitor(size);
            Budget open_budget = small_budget();
            if (looks_like_image(view(whole).first(size), {})) open_image(view(whole).first(size), {}, open_budget, visitor);
        }
    // The upper half of a picture is there in half of the file, more or less.
    for (const std::string& whole : {gif_of(gray), webp_of(gray, -1), webp_of(gray, 60)}) {
        Budget budget;
        const auto cut = gray_pixels(view(whole).first(whole.size() * 2 / 3), 4000, budget);
        ASSERT_TRUE(cut) << cut.error().message;
        EXPECT_THAT(cut->damage, HasSubstr("is damaged"));
        EXPECT_GT(std::count(cut->pixels.begin(), cut->pixels.end(), std::byte{0}), 1000);
        EXPECT_EQ(cut->pixels.size(), gray.pixels.size());
    }
}

TEST(GifAndWebp, EveryByteChanged) {
    const Gray small = code(4);
    for (const std::string& whole : {gif_of(small, {.local = &black_white, .clear = 1}), webp_of(small, -1), webp_of(small, 60, 0), moving_webp({webp_of(small, -1)}, small.width, small.height)})
        for (std::size_t at = 0; at < whole.size(); ++at)
            for (const unsigned bits : {0x01U, 0x80U, 0xffU}) {
                std::string changed = whole;
                changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ bits);
                Budget budget = small_budget();
                if (const auto gray = gray_pixels(view(changed), codes_side_max, budget)) { EXPECT_EQ(gray->pixels.size(), static_cast<std::size_t>(gray->width) * gray->height); }
            }
}

TEST(Gif, SizesThatLie) {
    std::string screen = gif_of(code());
    screen.replace(6, 4, "\xff\xff\xff\xff");
    EXPECT_EQ(kind_of_failure(screen), ErrorKind::too_large);
    // 65,535 x 65,535 pixels, and 8,000 x 8,000 that are within the limit, in 42 bytes.
    const auto few_bytes = [](unsigned side) {
        return "GIF89a" + little(side, 2) + little(side, 2) + std::string("\x80\0\0", 3) + std::string("\0\0\0\xff\xff\xff", 6) + "," + little(0, 4) + little(side, 2) + little(side, 2) + std::string("\0\2\5\x84\x1d\x81\x7a\x50\0;", 10);
    };
    EXPECT_EQ(kind_of_failure(few_bytes(65'535)), ErrorKind::too_large);
    EXPECT_EQ(kind_of_failure(few_bytes(8'000)), ErrorKind::corrupt);
    Budget small = small_budget();
    EXPECT_EQ(kind_of_failure(few_bytes(8'000), small), ErrorKind::too_large);
    // A picture of no pixels, and no palette at all.
    std::string none = few_bytes(8);
    none.replace(24, 4, std::string(4, '\0'));
    EXPECT_EQ(kind_of_failure(none), ErrorKind::corrupt);
    std::string colourless = few_bytes(8);
    colourless.replace(10, 1, std::string(1, '\0')).erase(13, 6);
    EXPECT_EQ(kind_of_failure(colourless), ErrorKind::corrupt);
}

TEST(Webp, SizesThatLie) {
    // 16,384 x 16,384 lossless pixels: over the limit; 8,000 x 8,000: over what a lossless picture may need.
    for (const unsigned side : {16'384U, 8'000U}) {
        const std::string bits = little((side - 1) | static_cast<std::uint64_t>(side - 1) << 14, 4);
        EXPECT_EQ(kind_of_failure(chunk("RIFF", "WEBP" + chunk("VP8L", "\x2f" + bits + std::string(20, '\0')))), ErrorKind::too_large);
    }
    // The wide header and the picture do not agree.
    const std::string plain = webp_of(code(), -1);
    EXPECT_EQ(kind_of_failure(chunk("RIFF", "WEBP" + chunk("VP8X", std::string(4, '\0') + little(9'999, 3) + little(9'999, 3)) + plain.substr(12))), ErrorKind::corrupt);
    // A lossy one of 16,383 x 16,383.
    std::string lossy = webp_of(code(), 60);
    lossy.replace(26, 4, "\xff\x3f\xff\x3f");
    EXPECT_EQ(kind_of_failure(lossy), ErrorKind::too_large);
}

TEST(GifAndWebp, WhatTheReaderOfFilesSays) {
    struct Said final : Visitor {
        void window(std::uint64_t begin, std::uint64_t end, const Hints&, bool) override { scanned += end - begin; }
        void decoded(Decoded&& child, const Hints&, bool) override { text += text_of(child.bytes); }
        void unread(std::uint64_t, std::string_view, std::string reason) override { reasons.push_back(std::move(reason)); }
        void readable(std::string_view) override {}
        void later(std::uint64_t, std::string_view, std::string_view) override {}
        std::string text;
        std::vector<std::string> reasons;
        std::uint64_t scanned = 0;
    };
    const Gray gray = code();
    for (const std::string& image : {gif_of(gray), gif_of(gray, {.screen = 1}), webp_of(gray, 60)}) {
        Said said;
        Budget budget;
        open_image(view(image), {}, budget, said);
        EXPECT_EQ(said.text, url_text);
        EXPECT_THAT(said.reasons, IsEmpty());
        EXPECT_LT(said.scanned, 100U) << "compressed pixels are not text";
    }
    Said said;
    Budget budget;
    open_image(view(gif_of(gray, {.pictures = 2})), {}, budget, said);
    EXPECT_EQ(said.text, url_text);
    EXPECT_THAT(said.reasons, ElementsAre("image: of the gif's pictures only the first is decoded"));
}

TEST(GifAndWebp, APictureForTheDesk) {
    const Gray gray = code();
    for (const std::string& image : {gif_of(gray), webp_of(gray, -1)}) {
        const auto made = picture_in_sandbox(view(image), to_bytes(std::string_view("\0\0\x04\0", 4)));
        ASSERT_TRUE(made) << made.error().message;
        Budget budget;
        EXPECT_EQ(gray_pixels(*made, 1024, budget).value().pixels, gray.pixels);
    }
}

}  // namespace
}  // namespace plumbline::formats
