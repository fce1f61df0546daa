// SPDX-License-Identifier: Apache-2.0
#include "formats/carve/carve.h"

#include <random>

#include "formats/gzip/gzip.h"
#include "formats/zip/zip.h"

#include <zlib.h>

namespace plumbline::formats {
namespace {

struct Found {
    std::uint64_t at;
    std::string what;
    std::string text;
};
class Collector final : public Visitor {
  public:
    explicit Collector(ByteView bytes) : bytes_(bytes) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints&, bool) override {
        found.push_back({begin, "window", std::string(text_of(bytes_.subspan(begin, end - begin)))});
    }
    void decoded(Decoded&& child, const Hints&, bool) override { found.push_back({child.offset, child.decoder, std::string(text_of(child.bytes))}); }
    void unread(std::uint64_t offset, std::string_view, std::string reason) override { unread_rows.push_back(fmt::format("{} {}", offset, reason)); }
    void readable(std::string_view) override {}
    std::vector<Found> found;
    std::vector<std::string> unread_rows;

  private:
    ByteView bytes_;
};

std::string deflated(std::string_view text, int window_bits) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    std::string out(compressBound(text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<unsigned char*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}
std::string little(std::uint64_t value, unsigned size) {
    std::string out;
    for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
}
std::string zip_entry(std::string_view name, std::string_view text, bool has_sizes) {
    const std::string data = deflated(text, -15);
    const auto crc = static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const unsigned char*>(text.data()), text.size()));
    return std::string("PK\3\4", 4) + little(20, 2) + little(has_sizes ? 0 : 8, 2) + little(8, 2) + little(0, 4) + little(has_sizes ? crc : 0, 4) +
           little(has_sizes ? data.size() : 0, 4) + little(has_sizes ? text.size() : 0, 4) + little(name.size(), 2) + little(0, 2) + std::string(name) + data;
}
std::string noise(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string out;
    while (out.size() < size) out.push_back(static_cast<char>(random()));
    return out;
}

TEST(Carve, FindsEntriesAndStreamsBetweenOtherBytes) {
    const std::string zip = zip_entry("a.txt", "write to jo@example.com", true) + zip_entry("b.txt", "and to ann@example.org", false);
    const std::string gzip = deflated("inside gzip", 31);
    const std::string pdf = "%PDF-1.4\n1 0 obj\nendobj\n%%EOF\ngarbage";
    const std::string before = noise(5000, 1);
    const std::string all = before + zip + noise(100, 2) + gzip + noise(77, 3) + pdf + noise(3000, 4);
    Collector collector(view(all));
    Budget budget;
    carve(view(all), 0, all.size(), budget, collector);
    ASSERT_EQ(collector.found.size(), 4U);
    EXPECT_EQ(collector.found[0].at, 5000U);
    EXPECT_EQ(collector.found[0].what, "zip:a.txt");
    EXPECT_EQ(collector.found[0].text, "write to jo@example.com");
    EXPECT_EQ(collector.found[1].text, "and to ann@example.org");
    EXPECT_EQ(collector.found[2].what, "gzip");
    EXPECT_EQ(collector.found[2].text, "inside gzip");
    EXPECT_EQ(collector.found[3].text, "%PDF-1.4\n1 0 obj\nendobj\n%%EOF");
    // The same place decodes again.
    Budget again;
    EXPECT_EQ(text_of(decode_at(view(all), 5000, "zip", "a.txt", again).value()), "write to jo@example.com");
    EXPECT_EQ(text_of(decode_at(view(all), collector.found[2].at, "gzip", "", again).value()), "inside gzip");
}

TEST(Carve, AFileBelongsToTheStretchThatItBeginsIn) {
    const std::string all = noise(64, 5) + zip_entry("a.txt", std::string(500, 'x') + "jo@example.com", true) + noise(64, 6);
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
        Collector collector(view(all));
        Budget budget;
        carve(view(all), 0, cut, budget, collector);
        EXPECT_EQ(collector.found.size(), cut > 64 ? 1U : 0U) << cut;
        carve(view(all), cut, all.size(), budget, collector);
        EXPECT_EQ(collector.found.size(), 1U) << cut;
    }
}

TEST(Carve, BothWaysOfSearchingAgree) {
    std::string all = noise(40'000, 7);
    for (std::size_t i = 0; i + 2 < all.size(); i += 97) all.replace(i, 2, i % 2 ? "PK" : "\x1f\x8b");
    for (std::size_t at = 0; at < all.size(); ++at) ASSERT_EQ(next_signature(view(all), at), next_signature(view(all), at, true)) << at;
}

TEST(Carve, NoiseGivesNothing) {
    const std::string all = noise(8 << 20, 8);
    Collector collector(view(all));
    Budget budget;
    carve(view(all), 0, all.size(), budget, collector);
    EXPECT_EQ(collector.found.size(), 0U);
}

std::string repeated(std::string_view word, std::size_t size) {
    std::string out;
    while (out.size() < size) out += word;
    return out;
}
std::uint64_t steps_to_carve(const std::string& all, Collector& collector) {
    Budget budget;
    const std::uint64_t before = budget.steps_left;
    carve(view(all), 0, all.size(), budget, collector);
    return before - budget.steps_left;
}

// Each header has a name that goes on through all that follow.
TEST(Carve, HeadersWithEndlessNamesAreReadAFewTimesOnly) {
    const std::string header = std::string("\x1f\x8b\x08\x08", 4) + "\1\1\1\1\2\3";
    for (const std::size_t size : {1U << 20, 1U << 22}) {
        const std::string all = "x" + repeated(header, size);
        Collector collector(view(all));
        EXPECT_LT(steps_to_carve(all, collector), 4 * all.size() + (2U << 20)) << size;
        EXPECT_TRUE(collector.found.empty());
        ASSERT_EQ(collector.unread_rows.size(), 1U);
        EXPECT_NE(collector.unread_rows[0].find("none is tried from here on"), std::string::npos);
    }
}

TEST(Carve, ManyBeginningsAreNamedAFewTimesAndCounted) {
    const std::string all = "x" + repeated("%PDF-1.7\n", 9000);
    Collector collector(view(all));
    steps_to_carve(all, collector);
    ASSERT_EQ(collector.unread_rows.size(), 65U);
    EXPECT_EQ(collector.unread_rows[0], "1 pdf: begins here and has no end");
    EXPECT_EQ(collector.unread_rows[64], "577 936 more beginnings of files that could not be read");
}

TEST(Carve, ADocumentEndsBeforeTheNextOfEitherVersion) {
    for (const std::string version : {"1.4", "2.0"}) {
        const std::string one = "%PDF-" + version + "\n1 0 obj\nendobj\n%%EOF";
        const std::string all = noise(100, 9) + one + "\n%PDF-x " + one + noise(100, 10);
        Collector collector(view(all));
        steps_to_carve(all, collector);
        ASSERT_EQ(collector.found.size(), 2U) << version;
        EXPECT_EQ(collector.found[0].text, one);
        EXPECT_EQ(collector.found[1].text, one);
    }
}

// Members are read alike whether or not the size at the end is used, and one that is wrong costs its clearing once.
TEST(Gzip, ManyMembersAreOneText) {
    std::string all;
    std::string text;
    for (unsigned i = 0; i < 5000; ++i) {
        const std::string line = fmt::format("line {}\n", i);
        all += deflated(line, 31);
        text += line;
    }
    for (const bool is_end_known : {true, false}) {
        Budget budget;
        const std::uint64_t before = budget.steps_left;
        const Decoded out = decode_gzip(view(all), budget, is_end_known);
        EXPECT_EQ(text_of(out.bytes), text);
        EXPECT_EQ(out.size_in, all.size());
        EXPECT_EQ(out.damage, "");
        EXPECT_LT(before - budget.steps_left, 2 * all.size());
    }
    const std::string lying = all + deflated("last", 31).substr(0, 18) + little(all.size() * 2, 4);
    Budget budget;
    const std::uint64_t before = budget.steps_left;
    EXPECT_EQ(text_of(decode_gzip(view(lying), budget).bytes).substr(0, text.size()), text);
    EXPECT_LT(before - budget.steps_left, 4 * lying.size());
}

// Streams of every size that a growing room has, and those that open with more than sixteen bytes for one.
TEST(Gzip, AStreamOfAnySizeIsWhole) {
    for (const std::size_t size : {0U, 1U, 1023U, 1024U, 1025U, 5120U, 70'000U, 300'000U, 700'001U})
        for (const std::string& text : {noise(size, 11), std::string(size, 'x')}) {
            const std::string packed = deflated(text, 31);
            Budget budget;
            const Decoded out = decode_gzip(view(packed), budget);
            EXPECT_EQ(text_of(out.bytes), text) << size;
            EXPECT_EQ(out.damage, "") << size;
        }
}

// A file whose directory is damaged: what it names is read once, what it does not name is found by its mark.
TEST(Zip, EntriesThatTheDirectoryLeftOutAreReadOnce) {
    const std::string a = zip_entry("a.txt", "first", true);
    const std::string b = zip_entry("b.txt", "second", true);
    const std::string row = std::string("PK\1\2", 4) + little(20, 2) + a.substr(4, 26) + std::string(14, '\0') + "a.txt";
    const std::string all = a + b + row + std::string("PK\5\6", 4) + little(0, 4) + little(2, 2) + little(2, 2) + little(row.size(), 4) + little(a.size() + b.size(), 4) + little(0, 2);
    Collector collector(view(all));
    Budget budget;
    open_zip(view(all), {}, budget, collector);
    ASSERT_EQ(collector.found.size(), 2U);
    EXPECT_EQ(collector.found[0].text, "first");
    EXPECT_EQ(collector.found[1].text, "second");
    EXPECT_EQ(collector.unread_rows, std::vector<std::string>{"0 zip: the central directory is damaged"});
}

}  // namespace
}  // namespace plumbline::formats
