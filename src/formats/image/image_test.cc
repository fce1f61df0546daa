// SPDX-License-Identifier: Apache-2.0
// Images made by hand, codes drawn by qrencode, and hostile files: what is found, what is named, and that every view can
// be had again from its place.
#include "formats/image/image.h"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/fuzz_visitor.h"
#include "formats/image/codes.h"
#include "formats/image/exif.h"

namespace plumbline::formats {
namespace {
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::string_literals;

std::string file_bytes(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
std::string testdata(const std::string& name) { return file_bytes(std::string(PLUMBLINE_ROOM_DIR "/image/testdata/") + name); }

struct Kept final : Visitor {
    explicit Kept(ByteView given) : bytes(given) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) override {
        ASSERT_TRUE(begin < end && end <= bytes.size());
        const std::string text(text_of(bytes.subspan(begin, end - begin)));
        if (is_own) own += "[" + text + "]";
        else files.emplace_back(hints.name, text);
    }
    void decoded(Decoded&& child, const Hints&, bool) override {
        views.emplace_back(std::to_string(child.offset) + "-" + child.decoder, std::string(text_of(child.bytes)));
        // Whatever is given can be had again from its place, and what the map says stands there.
        const std::size_t colon = std::min(child.decoder.find(':'), child.decoder.size());
        Budget budget;
        const Result<Bytes> again = decode_at(bytes, child.offset, child.decoder.substr(0, colon), child.decoder.substr(std::min(colon + 1, child.decoder.size())), budget);
        const bool is_same = again && again->size() >= child.bytes.size() && std::equal(child.bytes.begin(), child.bytes.end(), again->begin());
        EXPECT_TRUE(is_same) << child.decoder;
        for (std::size_t at = 0; at < child.bytes.size() && !child.map.empty(); ++at)
            if (const auto place = child.map.same_at(at, 1)) { EXPECT_TRUE(child.offset + *place < bytes.size() && bytes[child.offset + *place] == child.bytes[at]); }
    }
    void unread(std::uint64_t, std::string_view, std::string reason) override { damage.push_back(std::move(reason)); }
    void readable(std::string_view utf8) override { shown += utf8; }
    void later(std::uint64_t, std::string_view, std::string_view reader) override { readers.emplace_back(reader); }
    std::string view_named(std::string_view name) const {
        for (const auto& [where, text] : views)
            if (where.find(name) != std::string::npos) return text;
        return "none";
    }
    ByteView bytes;
    std::vector<std::pair<std::string, std::string>> views;
    std::vector<std::pair<std::string, std::string>> files;
    std::vector<std::string> damage;
    std::vector<std::string> readers;
    std::string own;
    std::string shown;
};
Kept opened(std::string_view bytes, Budget budget = {}) {
    const Format& found = detect(view(bytes), {});
    EXPECT_EQ(found.name, "image");
    Kept kept(view(bytes));
    found.open(view(bytes), {}, budget, kept);
    return kept;
}

std::string number(std::uint64_t value, unsigned size, bool is_little) {
    std::string out;
    for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<char>(value >> 8 * (is_little ? i : size - 1 - i)));
    return out;
}

// A TIFF of one directory, or of one and its GPS directory; values behind the directories.
struct Tag {
    unsigned tag;
    unsigned type;
    std::uint64_t count;
    std::string value;
};
std::string tiff(bool is_little, std::vector<Tag> main, const std::vector<Tag>& gps = {}, const std::string& tail = {}) {
    const auto n = [&](std::uint64_t value, unsigned size) { return number(value, size, is_little); };
    if (!gps.empty()) main.push_back({0x8825, 4, 1, n(8 + 2 + 12 * (main.size() + 1) + 4, 4)});
    std::string out = (is_little ? "II*\0"s : "MM\0*"s) + n(8, 4);
    std::string values;
    std::uint64_t at = 8 + 6 + 12 * main.size() + (gps.empty() ? 0 : 6 + 12 * gps.size());
    const auto write = [&](const std::vector<Tag>& tags) {
        out += n(tags.size(), 2);
        for (const Tag& tag : tags) {
            out += n(tag.tag, 2) + n(tag.type, 2) + n(tag.count, 4);
            if (tag.value.size() <= 4) {
                out += (tag.value + "\0\0\0\0"s).substr(0, 4);
            } else {
                out += n(at + values.size(), 4);
                values += tag.value;
            }
        }
        out += n(0, 4);
    };
    write(main);
    if (!gps.empty()) write(gps);
    return out + values + tail;
}
std::string wide(std::string_view text, bool is_little) {
    std::string out;
    for (const char c : text) out += number(static_cast<unsigned char>(c), 2, is_little);
    return out;
}
std::string fractions(bool is_little, std::initializer_list<unsigned> values) {
    std::string out;
    for (const unsigned value : values) out += number(value, 4, is_little);
    return out;
}
std::string sample_exif(bool is_little) {
    const std::string artist = "artist@example.com\0"s;
    const std::string comment = "UNICODE\0"s + wide("wide-comment@example.com", !is_little);
    const std::string title = wide("title@example.com", true) + "\0\0"s;
    return tiff(is_little,
                {{0x013b, 2, artist.size(), artist}, {0x9286, 7, comment.size(), comment}, {0x9c9b, 1, title.size(), title}, {0xbeef, 2, 3, "ab\0"s}},
                {{1, 2, 2, "N\0"s}, {2, 5, 3, fractions(is_little, {50, 1, 6, 1, 3960, 100})}, {3, 2, 2, "W\0"s}, {4, 5, 3, fractions(is_little, {8, 1, 30, 1, 0, 1})}},
                "maker's own text");
}

std::string segment(unsigned marker, const std::string& data) { return "\xff"s + static_cast<char>(marker) + number(data.size() + 2, 2, false) + data; }
std::string jpeg(const std::string& segments) { return "\xff\xd8"s + segments + testdata("url.jpg").substr(2); }
std::string chunk(const std::string& name, const std::string& data) {
    const std::string body = name + data;
    return number(data.size(), 4, false) + body + number(crc32_z(0, uchar(view(body)), body.size()), 4, false);
}
std::string png(const std::string& chunks) {
    const std::string plain = testdata("url.png");
    return plain.substr(0, 33) + chunks + plain.substr(33);
}
std::string deflated(const std::string& text) {
    std::string out(text.size() + 100, '\0');
    uLongf size = out.size();
    EXPECT_EQ(compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size()), Z_OK);
    out.resize(size);
    return out;
}

const std::string url_text = "https://pay.example.com/invoice?id=4711&to=bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq\n";

TEST(Image, CodesOfEveryKindOfPixels) {
    EXPECT_EQ(opened(testdata("url.png")).view_named("image:codes"), url_text);
    EXPECT_EQ(opened(testdata("url.jpg")).view_named("image:codes"), url_text);
    EXPECT_EQ(opened(testdata("clear.png")).view_named("image:codes"), "otpauth://totp/Shop:jo@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Shop\n");
    EXPECT_THAT(opened(testdata("card.png")).view_named("image:codes"), HasSubstr("N:M\xc3\xbcller;Jo\nTEL:+442079460958\nEMAIL:jo.mueller@example.org\n"));
    Budget budget;
    const auto gray = gray_pixels(view(testdata("url.png")), 4000, budget);
    ASSERT_TRUE(gray);
    const std::string pixels(text_of(gray->pixels));
    EXPECT_EQ(opened(fmt::format("P5\n# made here\n{} {}\n255\n", gray->width, gray->height) + pixels).view_named("image:codes"), url_text);
    std::string bottom_up;
    std::string one_bit;
    for (unsigned y = gray->height; y-- > 0;) {
        const std::string row = pixels.substr(y * gray->width, gray->width);
        for (const char c : row) bottom_up += std::string(3, c);
        bottom_up.resize((bottom_up.size() + 3) / 4 * 4);
        std::string bits((gray->width + 31) / 32 * 4, '\0');
        for (unsigned x = 0; x < gray->width; ++x)
            if (row[x] != 0) bits[x / 8] = static_cast<char>(static_cast<unsigned char>(bits[x / 8]) | 0x80 >> x % 8);
        one_bit += bits;
    }
    const auto bmp = [&](unsigned depth, const std::string& palette, const std::string& data) {
        const auto n = [](std::uint64_t value, unsigned size) { return number(value, size, true); };
        return "BM" + n(54 + palette.size() + data.size(), 4) + n(0, 4) + n(54 + palette.size(), 4) + n(40, 4) + n(gray->width, 4) + n(gray->height, 4) + n(1, 2) + n(depth, 2) + std::string(24, '\0') + palette + data;
    };
    EXPECT_EQ(opened(bmp(24, "", bottom_up)).view_named("image:codes"), url_text);
    EXPECT_EQ(opened(bmp(1, "\0\0\0\0\xff\xff\xff\0"s, one_bit)).view_named("image:codes"), url_text);
    EXPECT_THAT(opened(testdata("url.png")).readers, ElementsAre("ocr"));
}

TEST(Image, CodesInLargeImages) {
    // A small code in a picture of 5,000 x 3,000, drawn with modules of 12 pixels.
    Budget budget;
    const auto gray = gray_pixels(view(testdata("url.png")), 4000, budget);
    ASSERT_TRUE(gray);
    std::string pixels(5000UL * 3000, '\xc0');
    for (unsigned y = 0; y < gray->height * 4; ++y)
        for (unsigned x = 0; x < gray->width * 4; ++x) pixels[(y + 700UL) * 5000 + x + 900] = static_cast<char>(gray->pixels[y / 4 * gray->width + x / 4]);
    const auto shrunk = gray_pixels(view("P5 5000 3000 255 " + pixels), codes_side_max, budget);
    ASSERT_TRUE(shrunk);
    EXPECT_EQ(shrunk->width, 1666U);
    EXPECT_EQ(text_of(codes_in(*shrunk)), url_text);
}

TEST(Image, LimitsOfPixels) {
    std::string wide_png = testdata("url.png");
    for (unsigned i : {16U, 20U}) wide_png.replace(i, 4, number(60'000, 4, false));
    const Kept kept = opened(wide_png);
    EXPECT_THAT(kept.damage, ElementsAre(HasSubstr("over 64000000 pixels")));
    Budget small;
    small.bytes_out_left = 1000;
    EXPECT_THAT(opened(testdata("url.png"), small).damage, ElementsAre(HasSubstr("over the budget of decoded bytes")));
    Budget none;
    none.reads_codes = false;
    EXPECT_THAT(opened(testdata("url.png"), none).views, IsEmpty());
}

TEST(Image, ExifInBothOrders) {
    for (const bool is_little : {true, false}) {
        const Kept kept = opened(jpeg(segment(0xe1, "Exif\0\0"s + sample_exif(is_little))));
        EXPECT_EQ(kept.view_named("exif:"),
                  "Artist: artist@example.com\nUserComment: wide-comment@example.com\nXPTitle: title@example.com\n0xbeef: ab\nGPSPosition: 50.111000, -8.500000\n");
        EXPECT_THAT(kept.own, HasSubstr("artist@example.com"));
        EXPECT_THAT(kept.own, HasSubstr("maker's own text"));
        EXPECT_THAT(kept.own, Not(HasSubstr("t\0i\0t\0l\0e"s)));  // the view has it
        EXPECT_THAT(kept.own, HasSubstr("ask jo.comment@example.net"));
        EXPECT_THAT(kept.shown, HasSubstr("GPSPosition: 50.111000, -8.500000\n"));
        EXPECT_THAT(kept.damage, IsEmpty());
    }
}

TEST(Image, ThumbnailAndWhatStandsBehind) {
    const std::string small = "\xff\xd8"s + segment(0xfe, "inner@example.com") + "\xff\xd9"s;
    const std::string head = tiff(true, {{0x0201, 4, 1, number(8 + 6 + 24, 4, true)}, {0x0202, 4, 1, number(small.size(), 4, true)}});
    const Kept kept = opened(jpeg(segment(0xe1, "Exif\0\0"s + head + small)) + "\0\0\0PK\3\4 and so on"s);
    EXPECT_THAT(kept.files, ElementsAre(std::pair("thumbnail"s, small), std::pair("behind the image"s, "PK\3\4 and so on"s)));
    EXPECT_THAT(kept.own, Not(HasSubstr("inner@example.com")));
    const Kept hidden = opened(testdata("url.png") + "some words first, then Rar!\x1a\7 and more");
    EXPECT_THAT(hidden.own, HasSubstr("[some words first, then ]"));
    EXPECT_THAT(hidden.files, ElementsAre(std::pair("behind the image"s, "Rar!\x1a\7 and more"s)));
    EXPECT_THAT(opened(testdata("url.png") + std::string(500, '\0')).files, IsEmpty());
}

TEST(Image, XmpWholeAndInPieces) {
    const std::string xmp = "http://ns.adobe.com/xap/1.0/\0<?xpacket begin=''?><x:xmpmeta><dc:creator>whole@example.com</dc:creator></x:xmpmeta>"s;
    const std::string guid(32, 'A');
    const std::string packet = "<x:xmpmeta><dc:rights>in-two-pie" "ces@example.com</dc:rights></x:xmpmeta>";
    const auto piece = [&](std::size_t at, std::size_t size) { return segment(0xe1, "http://ns.adobe.com/xmp/extension/\0"s + guid + number(packet.size(), 4, false) + number(at, 4, false) + packet.substr(at, size)); };
    const Kept kept = opened(jpeg(segment(0xe1, xmp) + piece(30, 1000) + piece(0, 30)));
    EXPECT_THAT(kept.view_named("-html"), HasSubstr("whole@example.com"));
    EXPECT_EQ(kept.view_named("image:xmp"), packet);
    EXPECT_THAT(kept.own, Not(HasSubstr("ns.adobe.com")));
}

TEST(Image, TextOfPng) {
    const std::string exif = sample_exif(false);
    const Kept kept = opened(png(chunk("tEXt", "Author\0plain@example.com"s) + chunk("zTXt", "Comment\0\0"s + deflated("packed@example.com")) +
                                 chunk("iTXt", "Title\0\1\0en\0T\0"s + deflated("international@example.com")) +
                                 chunk("iTXt", "XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta><a>xmp@example.com</a></x:xmpmeta>"s) + chunk("eXIf", exif) + chunk("prVt", "private@example.com")));
    EXPECT_THAT(kept.own, HasSubstr("plain@example.com"));
    EXPECT_THAT(kept.own, HasSubstr("private@example.com"));
    EXPECT_EQ(kept.view_named("zlib"), "packed@example.com");
    EXPECT_THAT(kept.views, Contains(testing::Pair(HasSubstr("-zlib"), "international@example.com")));
    EXPECT_THAT(kept.view_named("-html"), HasSubstr("xmp@example.com"));
    EXPECT_THAT(kept.view_named("exif:"), HasSubstr("wide-comment@example.com"));
    EXPECT_EQ(kept.view_named("image:codes"), url_text);
    EXPECT_THAT(kept.damage, IsEmpty());
}

TEST(Image, GifCommentOverTwoBlocks) {
    const std::string address = std::string(250, ' ') + "cut@example.com";
    const std::string gif = "GIF89a\2\0\1\0\x80\0\0"s + std::string(6, '\1') + "\x21\xfe\xff"s + address.substr(0, 255) + static_cast<char>(address.size() - 255) + address.substr(255) + "\0"s +
                            "\x2c\0\0\0\0\2\0\1\0\0\2\2\x44\n\0;"s;
    const Kept kept = opened(gif + "behind@example.com");
    EXPECT_EQ(kept.view_named("image:comment.1"), address);
    EXPECT_THAT(kept.own, HasSubstr("[behind@example.com]"));
    EXPECT_THAT(kept.damage, IsEmpty());
    EXPECT_THAT(opened(gif.substr(0, gif.size() - 1)).damage, ElementsAre("image: the gif is cut short or damaged"));
    EXPECT_EQ(opened(gif.substr(0, gif.size() - 1)).views.at(0).first, "0-image:comment.1/" + std::to_string(gif.size() - 1));
}

TEST(Image, WebpAndHeicMetadata) {
    const std::string exif = sample_exif(true);
    const auto riff = [](const std::string& name, const std::string& data) { return name + number(data.size(), 4, true) + data + (data.size() % 2 ? "\0"s : ""s); };
    const std::string chunks = "WEBP" + riff("VP8X", std::string(4, '\0') + number(199, 3, true) + number(99, 3, true)) + riff("VP8 ", "pixels@example.com") + riff("EXIF", exif) + riff("XMP ", "<x><a>xmp@example.com</a></x>");
    const Kept webp = opened(riff("RIFF", chunks));
    EXPECT_THAT(webp.view_named("exif:"), HasSubstr("XPTitle: title@example.com"));
    EXPECT_THAT(webp.view_named("-html"), HasSubstr("xmp@example.com"));
    EXPECT_THAT(webp.own, HasSubstr("pixels@example.com"));  // no pixels, as it turns out
    EXPECT_THAT(webp.damage, ElementsAre(HasSubstr("the webp is damaged")));

    const auto box = [](const std::string& name, const std::string& data) { return number(data.size() + 8, 4, false) + name + data; };
    const std::string infe = box("infe", "\2\0\0\0"s + number(7, 2, false) + "\0\0Exif\0"s);
    const std::string iinf = box("iinf", std::string(4, '\0') + number(1, 2, false) + infe);
    const auto file = [&](std::uint64_t place) {
        const std::string iloc = box("iloc", "\0\0\0\0\x44\0"s + number(1, 2, false) + number(7, 2, false) + "\0\0"s + number(1, 2, false) + number(place, 4, false) + number(exif.size() + 4, 4, false));
        return box("ftyp", "heic\0\0\0\0mif1"s) + box("meta", std::string(4, '\0') + iinf + iloc) + box("mdat", "pixels@example.com" + number(0, 4, false) + exif);
    };
    const std::string heic = file(file(0).size() - exif.size() - 4);
    const Kept kept = opened(heic);
    EXPECT_THAT(kept.view_named("exif:"), HasSubstr("XPTitle: title@example.com"));
    EXPECT_THAT(kept.own, HasSubstr("maker's own text"));
    EXPECT_THAT(kept.own, Not(HasSubstr("pixels@example.com")));
}

TEST(Image, PixelsThatDoNotDecodeAreScanned) {
    std::string broken = testdata("url.png");
    const std::size_t at = broken.find("IDAT") + 4;
    broken.replace(at, 30, "not pixels, but jo@example.com");
    const Kept kept = opened(broken);
    EXPECT_THAT(kept.own, HasSubstr("jo@example.com"));
    EXPECT_THAT(kept.damage, Contains(HasSubstr("the png is damaged")));
}

TEST(Image, TextsAreNone) {
    for (const char* text : {"BM is a short word, and this is a text that is long enough to be one", "P5 is a paper size, they say", "RIFF and WEBP are four letters each", "II*nd edition of the book", "GIF8 files are old"})
        EXPECT_EQ(detect(view(text), {}).name, "text") << text;
}

TEST(Image, NothingIsLostAndNothingLiesOutside) {
    // Each of these with every cut of it: no place outside, and every byte of a text chunk scanned once at least.
    std::vector<std::string> all = {png(chunk("eXIf", sample_exif(true)) + chunk("tEXt", "a\0b"s)).substr(0, 1500), jpeg(segment(0xe1, "Exif\0\0"s + sample_exif(false))).substr(0, 600), "GIF89a\2\0\1\0\x80\0\0abcdef\x21\xfe\3xyz\0;"s};
    for (const std::string& whole : all)
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            Budget budget = small_budget();
            FuzzVisitor visitor(size);
            if (looks_like_image(view(whole).first(size), {})) open_image(view(whole).first(size), {}, budget, visitor);
        }
    // A directory that names itself, and one of the longest list.
    std::string loop = tiff(true, {{0x8769, 4, 1, number(8, 4, true)}});
    EXPECT_THAT(opened(loop).views, IsEmpty());
    std::string list = "II*\0"s + number(8, 4, true) + "\xff\xff"s;
    for (unsigned i = 0; i < 65535; ++i) list += number(0x8769, 2, true) + number(4, 2, true) + number(1, 4, true) + number(12 * i, 4, true);
    Budget budget;
    FuzzVisitor visitor(list.size());
    open_image(view(list), {}, budget, visitor);
    EXPECT_LT(Budget().steps_left - budget.steps_left, 10'000'000U);
}

TEST(Image, HostileFilesStayWithinTheBudget) {
    const std::string root = std::string(PLUMBLINE_SHARED_DIR) + "/data";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no shared data";
    std::map<std::string, unsigned> counts;
    for (const char* folder : {"/12-hostile", "/10-forensic"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root + folder)) {
            if (!entry.is_regular_file() || entry.file_size() > 3'000'000) continue;
            const std::string bytes = file_bytes(entry.path());
            Budget budget = small_budget();
            FuzzVisitor visitor(bytes.size());
            if (!looks_like_image(view(bytes), {})) continue;
            ++counts[std::string(layout_of(view(bytes), image_kind(view(bytes)), budget).kind)];
            open_image(view(bytes), {}, budget, visitor);
        }
    std::string seen;
    for (const auto& [kind, count] : counts) seen += fmt::format("{} {} ", count, kind);
    RecordProperty("seen", seen);
    EXPECT_GE(counts["jpeg"], 20U) << seen;
    EXPECT_GT(counts["tiff"], 1U) << seen;
}

// The numbers that exiftool's own tests expect of its files.
TEST(Image, KnownAnswersOfExiftoolsFiles) {
    const std::string root = std::string(PLUMBLINE_SHARED_DIR) + "/data/12-hostile/metadata-exiftool/";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no shared data";
    EXPECT_THAT(opened(file_bytes(root + "Canon.jpg")).view_named("exif:"), HasSubstr("Make: Canon\nModel: Canon EOS DIGITAL REBEL\n"));
    EXPECT_THAT(opened(file_bytes(root + "ExtendedXMP.jpg")).view_named("image:xmp"), Not("none"));
    EXPECT_THAT(opened(file_bytes(root + "IPTC.jpg")).own, HasSubstr("Phil Harvey"));
}

TEST(Image, PhotosOfForensicsSamples) {
    const std::string root = "/usr/share/forensics-samples/original-files";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "forensics-samples-all is not installed";
    unsigned photos = 0;
    for (const char* folder : {"/pic1", "/pic2"})
        for (const auto& entry : std::filesystem::directory_iterator(root + folder)) {
            const std::string bytes = file_bytes(entry.path());
            if (!looks_like_image(view(bytes), {})) continue;
            Budget budget;
            budget.reads_codes = bytes.size() < 500'000;
            const Kept kept = opened(bytes, budget);
            EXPECT_THAT(kept.view_named("image:codes"), "none") << entry.path();
            photos += kept.shown.find("DateTimeOriginal: 20") != std::string::npos;
        }
    EXPECT_GE(photos, 3U);
}

}  // namespace
}  // namespace plumbline::formats
