// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"
#include "base/time.h"
#include "base/utf8.h"

namespace plumbline {
namespace {

TEST(Bytes, HexAndBase64GoBothWays) {
    for (std::size_t size = 0; size < 70; ++size) {
        Bytes bytes;
        for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(i * 37 + size));
        EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    }
}

TEST(Bytes, OneValueHasOneBase64Text) {
    EXPECT_TRUE(from_base64("QQ==").has_value());
    EXPECT_FALSE(from_base64("QR==").has_value());  // same byte, other stray bits
    EXPECT_FALSE(from_base64("QQ=").has_value());
    EXPECT_FALSE(from_base64("Q Q=").has_value());
}

TEST(Bytes, ReaderStopsAtTheEnd) {
    Bytes bytes;
    append_u16(bytes, 0x1234);
    append_sized(bytes, view("abc"));
    ByteReader in(bytes);
    EXPECT_EQ(in.u16(), 0x1234);
    EXPECT_EQ(text_of(*in.sized(3)), "abc");
    EXPECT_EQ(in.u8().error().kind, ErrorKind::corrupt);
    ByteReader again(ByteView(bytes).subspan(2));
    EXPECT_EQ(again.sized(2).error().kind, ErrorKind::too_large);
}

TEST(Hash, KnownAnswers) {
    EXPECT_EQ(sha256(view("abc")).hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
    EXPECT_EQ(hmac_sha256(view("Jefe"), view("what do ya want for nothing?")).hex(),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");  // RFC 4231 test case 2
    Sha256Stream stream;
    stream.update(view("a"));
    stream.update(view("bc"));
    EXPECT_EQ(stream.finish(), sha256(view("abc")));
}

TEST(Time, TextGoesBothWays) {
    for (const char* text : {"2026-11-23T15:04:05Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59.000001Z"})
        EXPECT_EQ(to_text(*instant_from(text)), text);
    EXPECT_EQ(to_text(*instant_from("2026-11-23T15:04:05.5+02:30")), "2026-11-23T12:34:05.500000Z");
    for (const char* text : {"", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00Zx"})
        EXPECT_FALSE(instant_from(text).has_value()) << text;
}

struct SampleTag { static constexpr std::string_view prefix = "sample_"; };

TEST(Id, TextGoesBothWaysAndKeepsTheHour) {
    const Instant hour = hour_of(*instant_from("2026-11-23T15:04:05Z"));
    IdBytes random;
    random.fill(std::byte{0xff});
    const auto id = Id<SampleTag>::make(hour, random);
    EXPECT_EQ(id.text(), "sample_01a208eb-c980-7fff-bfff-ffffffffffff");
    EXPECT_EQ(Id<SampleTag>::from_text(id.text()), id);
    EXPECT_FALSE(Id<SampleTag>::from_text("tip_" + id.text()).has_value());
}

TEST(Json, PrintsWhatItReads) {
    const std::string text = R"({"b":[1,-2,3.5,true,null],"a":{"x":"q\"\\\n\u0001é"}})";
    EXPECT_EQ(parse_json(text)->dump(), text);
    EXPECT_EQ(parse_json(parse_json(text)->pretty())->dump(), text);
}

TEST(Json, RefusesWithAPlace) {
    EXPECT_EQ(parse_json(R"({"a":1,"a":2})").error().message, "the member \"a\" stands twice");
    EXPECT_EQ(parse_json("[1,").error().kind, ErrorKind::invalid);
    EXPECT_FALSE(parse_json("1 2").has_value());
    EXPECT_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')).has_value());
    EXPECT_EQ(parse_json("{}")->text_at("category").error().message, "category: must be a text");
}

TEST(Utf8, BrokenBytesAreRepaired) {
    EXPECT_TRUE(is_utf8("aé漢😀"));
    for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"}) EXPECT_FALSE(is_utf8(bad));
    EXPECT_EQ(utf8_repaired("a\x80z"), "a\xEF\xBF\xBDz");
    EXPECT_EQ(utf8_prefix("aé", 2), "a");
    EXPECT_EQ(Json("a\x80").dump(), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace plumbline
