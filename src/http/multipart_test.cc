// SPDX-License-Identifier: Apache-2.0
// The multipart reader must give the same parts wherever the bytes are cut.
#include "http/multipart.h"

#include "http/form_urlencoded.h"

namespace plumbline {
namespace {

struct Part {
    PartHead head;
    std::string data;
    bool is_ended = false;
};

struct Collect final : MultipartHandler {
    std::vector<Part> parts;
    std::size_t largest_piece = 0;
    Result<void> begin_part(const PartHead& head) override {
        parts.push_back({head, "", false});
        return {};
    }
    Result<void> part_data(ByteView piece) override {
        EXPECT_FALSE(piece.empty());
        EXPECT_FALSE(parts.empty() || parts.back().is_ended);
        largest_piece = std::max(largest_piece, piece.size());
        parts.back().data += text_of(piece);
        return {};
    }
    Result<void> end_part() override {
        parts.back().is_ended = true;
        return {};
    }
};

Result<std::vector<Part>> read_in(const std::vector<std::string_view>& pieces, std::string_view type = "multipart/form-data; boundary=XyZ",
                                  const MultipartLimits& limits = {}) {
    Collect collect;
    auto reader = TRY(MultipartReader::open(type, limits, collect));
    for (const std::string_view piece : pieces) TRY(reader.feed(view(piece)));
    TRY(reader.end());
    return collect.parts;
}

// Every line end that could be taken for the start of a delimiter stands in here.
const std::string awkward =
    "preamble\r\n--Xy\r\n--XyZ  \t\r\nContent-Disposition: form-data; name=\"what\"\r\n\r\nline\r\n\r\r\n--Xy\r\n-\r\n--\r\n--XyQ\r\n"
    "\r\n--XyZ\r\ncontent-disposition:form-data; filename=\"C:\\d\\a;b %22q%22.txt\"; name=files\r\nContent-Type: text/plain\r\n\r\n\r\n"
    "--XyZ\r\nContent-Disposition: form-data; name=\"none\"\r\n\r\n--XyZ\r\nContent-Disposition: form-data; name=\"dash\"\r\n\r\n--\r\n\r\n--XyZ--\r\nepilogue --XyZ";

void expect_awkward(const Result<std::vector<Part>>& parts) {
    ASSERT_TRUE(parts) << parts.error().message;
    ASSERT_EQ(parts->size(), 4U);
    EXPECT_EQ((*parts)[0].head.name, "what");
    EXPECT_EQ((*parts)[0].head.file_name, std::nullopt);
    EXPECT_EQ((*parts)[0].data, "line\r\n\r\r\n--Xy\r\n-\r\n--\r\n--XyQ\r\n");
    EXPECT_EQ((*parts)[1].head.name, "files");
    EXPECT_EQ((*parts)[1].head.file_name, "a;b \"q\".txt");
    EXPECT_EQ((*parts)[1].head.media_type, "text/plain");
    EXPECT_EQ((*parts)[1].data, "");
    EXPECT_EQ((*parts)[2].data, "");
    EXPECT_EQ((*parts)[3].data, "--\r\n");
    for (const Part& part : *parts) EXPECT_TRUE(part.is_ended);
}

TEST(Multipart, GivesTheSamePartsAtEverySplitPoint) {
    const std::string_view all = awkward;
    expect_awkward(read_in({all}));
    for (std::size_t i = 0; i <= all.size(); ++i) expect_awkward(read_in({all.substr(0, i), all.substr(i)}));
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < all.size(); ++i) single.push_back(all.substr(i, 1));
    expect_awkward(read_in(single));
}

TEST(Multipart, GivesTheSamePartsAtEveryPairOfSplitPoints) {
    const std::string_view all = awkward;
    for (std::size_t i = 0; i <= all.size(); i += 3)
        for (std::size_t k = i; k <= all.size(); k += 2) {
            expect_awkward(read_in({all.substr(0, i), all.substr(i, k - i), all.substr(k)}));
            if (testing::Test::HasFailure()) FAIL() << i << " " << k;
        }
}

TEST(Multipart, RefusesEveryCutBody) {
    const std::size_t whole = awkward.find("--XyZ--") + 7;
    for (std::size_t i = 0; i < whole; ++i) {
        const auto parts = read_in({std::string_view(awkward).substr(0, i)});
        ASSERT_FALSE(parts) << i;
        EXPECT_EQ(parts.error().kind, ErrorKind::invalid);
    }
}

TEST(Multipart, HoldsNoMoreThanADelimiterOfALargePart) {
    Collect collect;
    auto reader = MultipartReader::open("multipart/form-data; boundary=\"a b\"", {}, collect);
    ASSERT_TRUE(reader);
    ASSERT_TRUE(reader->feed(view("--a b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n")));
    const std::string piece = std::string(1000, '\r') + std::string(1000, '\n') + "\r\n--a ";
    std::size_t fed = 0;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(reader->feed(view(piece)));
        fed += piece.size();
        ASSERT_GE(collect.parts[0].data.size() + 8, fed);
    }
    EXPECT_LE(collect.largest_piece, piece.size() + 8);
    ASSERT_TRUE(reader->feed(view("\r\n--a b--")));
    EXPECT_TRUE(reader->end());
    EXPECT_EQ(collect.parts[0].data.size(), fed);
}

TEST(Multipart, BoundsHeadsAndParts) {
    const std::string part = "--XyZ\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n";
    std::string many;
    for (int i = 0; i < 5; ++i) many += part;
    EXPECT_TRUE(read_in({many + "--XyZ--"}, "multipart/form-data; boundary=XyZ", {.parts_max = 5}));
    EXPECT_EQ(read_in({many + part + "--XyZ--"}, "multipart/form-data; boundary=XyZ", {.parts_max = 5}).error().kind, ErrorKind::too_large);
    const std::string endless = "--XyZ\r\nX: " + std::string(9000, 'x');
    EXPECT_EQ(read_in({endless}).error().kind, ErrorKind::too_large);
    EXPECT_EQ(read_in({endless + "\r\n\r\n--XyZ--"}).error().kind, ErrorKind::too_large);
    EXPECT_EQ(read_in({"--XyZ" + std::string(5000, ' ')}).error().kind, ErrorKind::invalid);
}

TEST(Multipart, RefusesWhatItsRulesDoNotAllow) {
    for (const char* head : {"Content-Disposition: attachment; name=a", "Content-Disposition: form-data", "X: y", "no colon", "",
                             "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b"})
        EXPECT_EQ(read_in({fmt::format("--XyZ\r\n{}\r\n\r\nv\r\n--XyZ--", head)}).error().kind, ErrorKind::invalid) << head;
    EXPECT_EQ(read_in({"--XyZ\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nv\r\n--XyZ--"}).error().kind,
              ErrorKind::unsupported);
    EXPECT_EQ(read_in({"--XyZ!\r\n"}).error().kind, ErrorKind::invalid);
    EXPECT_EQ(read_in({"--XyZ--"})->size(), 0U);
    Collect collect;
    for (const char* type : {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a \"", "multipart/form-data; boundary=a\x01"})
        EXPECT_EQ(MultipartReader::open(type, {}, collect).error().kind, ErrorKind::invalid) << type;
    EXPECT_EQ(MultipartReader::open("multipart/form-data; boundary=" + std::string(71, 'a'), {}, collect).error().kind, ErrorKind::invalid);
    EXPECT_EQ(MultipartReader::open("application/json", {}, collect).error().kind, ErrorKind::unsupported);
}

TEST(Multipart, RepairsNamesThatAreNotUtf8) {
    const auto parts = read_in({"--XyZ\r\nContent-Disposition: form-data; name=f; filename=\"../../etc/\xff.txt\"\r\n\r\nv\r\n--XyZ--"});
    ASSERT_TRUE(parts);
    EXPECT_EQ((*parts)[0].head.file_name, "\xef\xbf\xbd.txt");
}

TEST(FormUrlencoded, ReadsPairsStrictly) {
    const auto form = form_from("a=1&b=two+words&c=%C3%A9%26&a=2&&d");
    ASSERT_TRUE(form);
    EXPECT_EQ(*form, (std::map<std::string, std::string>{{"a", "2"}, {"b", "two words"}, {"c", "\xc3\xa9&"}, {"d", ""}}));
    for (const char* text : {"a=%", "a=%4", "a=%g0", "%ff=1", "a=%00"}) EXPECT_EQ(form_from(text).error().kind, ErrorKind::invalid) << text;
    std::string many;
    for (std::size_t i = 0; i <= form_pairs_max; ++i) many += fmt::format("a{}=&", i);
    EXPECT_EQ(form_from(many).error().kind, ErrorKind::too_large);
}

TEST(FormUrlencoded, DecodesWhatItEncodes) {
    std::string all;
    for (char letter = 1; letter > 0; ++letter) all += letter;
    all += "\xc3\xa9\xf0\x9f\x99\x82";
    EXPECT_EQ(*percent_decoded(percent_encoded(all)), all);
}

}  // namespace
}  // namespace plumbline
