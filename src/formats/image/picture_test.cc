// SPDX-License-Identifier: Apache-2.0
#include "formats/image/picture.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace plumbline::formats {
namespace {

Bytes testdata(const std::string& name) {
    std::ifstream in(std::string(PLUMBLINE_ROOM_DIR "/image/testdata/") + name, std::ios::binary);
    return to_bytes(std::string{std::istreambuf_iterator<char>(in), {}});
}
Result<Bytes> picture(ByteView image, std::uint32_t side) {
    Bytes parameters;
    append_u32(parameters, side);
    return picture_in_sandbox(image, parameters);
}

TEST(Picture, IsAPngOfTheSamePixelsNoLargerThanAsked) {
    for (const char* name : {"url.jpg", "url.png", "card.png"}) {
        const Bytes image = testdata(name);
        const auto made = picture(image, 64);
        ASSERT_TRUE(made) << name << made.error().message;
        // libpng reads it back to the pixels that it was made of.
        Budget budget;
        const Gray before = gray_pixels(image, 64, budget).value();
        const Gray after = gray_pixels(*made, 64, budget).value();
        EXPECT_LE(std::max(after.width, after.height), 64U);
        EXPECT_EQ(after.width, before.width);
        EXPECT_EQ(after.height, before.height);
        EXPECT_EQ(after.pixels, before.pixels);
        EXPECT_EQ(after.damage, "");
    }
}

TEST(Picture, OfManyPixelsHasSeveralBlocks) {
    Gray gray{400, 300, Bytes(120'000, std::byte{7}), ""};
    for (std::size_t i = 0; i < gray.pixels.size(); ++i) gray.pixels[i] = static_cast<std::byte>(i * 31 >> 3);
    Budget budget;
    EXPECT_EQ(gray_pixels(png_of(gray), 400, budget).value().pixels, gray.pixels);
}

TEST(Picture, HasNothingOfTheFileButPixels) {
    // A comment in the file, cut files, and what is no picture.
    Bytes image = testdata("url.jpg");
    const Bytes comment = to_bytes(std::string_view("\xff\xfe\x00\x10" "SECRET COMMENT", 18));
    image.insert(image.begin() + 2, comment.begin(), comment.end());
    const auto made = picture(image, 256);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(text_of(*made).find("SECRET"), std::string_view::npos);
    EXPECT_FALSE(picture(to_bytes("no picture at all"), 256));
    EXPECT_FALSE(picture(image, 0));
    EXPECT_FALSE(picture(image, picture_side_max + 1));
    EXPECT_FALSE(picture_in_sandbox(image, {}));
}

}  // namespace
}  // namespace plumbline::formats
