// SPDX-License-Identifier: Apache-2.0
#include "vault/packed_text.h"

#include <gtest/gtest.h>

namespace plumbline::vault {
namespace {

TEST(PackedText, GoesBothWays) {
    for (const std::size_t size : {0U, 1U, 100U, 70'000U, 3'000'000U}) {
        std::string text;
        for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>('a' + i * i % 23));
        EXPECT_EQ(unpacked(packed(text)).value(), text);
    }
}

TEST(PackedText, DamageIsAnError) {
    const Bytes frame = packed(std::string(5000, 'x') + "the end");
    for (std::size_t size = 0; size < frame.size(); ++size) EXPECT_FALSE(unpacked(ByteView(frame).first(size)).has_value()) << size;
    EXPECT_EQ(unpacked(view("{\"plain\":1}")).error().kind, ErrorKind::corrupt);
    Bytes twice = frame;
    append(twice, ByteView(frame));
    EXPECT_FALSE(unpacked(twice).has_value());
}

// A frame's header may say any size: it is looked at before anything is allocated.
TEST(PackedText, ALieAboutTheSizeIsRefused) {
    const Bytes frame = from_hex("28b52ffde000000000000000100100").value();
    EXPECT_EQ(unpacked(frame).error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace plumbline::vault
