// SPDX-License-Identifier: Apache-2.0
#include "formats/carve/carve.h"

#include <random>

#include "formats/gzip/gzip.h"

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

}  // namespace
}  // namespace plumbline::formats
