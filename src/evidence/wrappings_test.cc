// SPDX-License-Identifier: Apache-2.0
// One text in many wrappings: every address, link and wallet of it is found in each, and printed again from its place.
#include <zlib.h>

#include <set>

#include "base/utf8.h"
#include "evidence/scan.h"

namespace plumbline::evidence {
namespace {

// "{}" is a running number, so that no two lines are the same.
std::string made_text() {
    std::string out;
    for (unsigned i = 0; i < 40; ++i)
        out += fmt::format("Dear friend {0}, please write to jo.{0}@example.com today,\nor open http://shop{0}.example.org/pay?id={0}&x=1 and pay to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa now.\n\n", i);
    return out;
}
using Found = std::set<std::pair<std::string, std::string>>;

// What is found in `file` of three kinds; each place leads to its text again.
Found found_in(const std::string& file, const ScanOptions& options = {}) {
    Found out;
    const PartEvidence evidence = scan_part(view(file), "", options);
    for (const Sighting& sighting : evidence.sightings) {
        if (sighting.kind != IndicatorKind::email && sighting.kind != IndicatorKind::url && sighting.kind != IndicatorKind::btc) continue;
        const Result<Bytes> printed = print_bytes_at(view(file), sighting.where + "+" + std::to_string(sighting.text.size()), options);
        EXPECT_TRUE(printed && text_of(*printed) == sighting.text) << sighting.where;
        out.emplace(name_of(sighting.kind), sighting.value);
    }
    return out;
}

std::string each(std::string_view text, const char* format) {
    std::string out;
    for (const char c : text) out += fmt::format(fmt::runtime(format), static_cast<unsigned>(static_cast<unsigned char>(c)));
    return out;
}
std::string in_lines(const std::string& text, std::size_t width) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += width) out += text.substr(at, width) + "\n";
    return out;
}
std::string quoted_printable(std::string_view text) {
    std::string out;
    std::size_t column = 0;
    for (const char c : text) {
        if (column > 70 && c != '\n') {
            out += "=\n";
            column = 0;
        }
        out += c == '=' ? "=3D" : std::string(1, c);
        column = c == '\n' ? 0 : column + (c == '=' ? 3 : 1);
    }
    return out;
}
std::string wide(std::string_view text, bool is_big) {
    std::string out = is_big ? std::string("\xfe\xff") : std::string();
    for (const char c : text) {
        if (is_big) out += '\0';
        out += c;
        if (!is_big) out += '\0';
    }
    return out;
}
std::string dumped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 16) {
        const std::string_view row = text.substr(at, 16);
        std::string letters;
        for (const char c : row) letters += c >= ' ' && c < 127 ? c : '.';
        out += fmt::format("{:08x}  {:<48} |{}|\n", at, each(row, "{:02x} "), letters);
    }
    return out;
}
std::string uuencoded(std::string_view text) {
    std::string out = "begin 644 note.txt\n";
    const auto letter = [](unsigned value) { return static_cast<char>((value & 63U) == 0 ? '`' : ' ' + (value & 63U)); };
    for (std::size_t at = 0; at < text.size(); at += 45) {
        std::string row(text.substr(at, 45));
        out += letter(static_cast<unsigned>(row.size()));
        while (row.size() % 3 != 0) row += '\0';
        for (std::size_t i = 0; i < row.size(); i += 3) {
            const auto byte = [&](std::size_t k) { return static_cast<unsigned>(static_cast<unsigned char>(row[k])); };
            const unsigned three = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
            for (const unsigned shift : {18U, 12U, 6U, 0U}) out += letter(three >> shift);
        }
        out += '\n';
    }
    return out + "`\nend\n";
}
std::string gzipped(std::string_view text) {
    std::string out(text.size() + 1000, '\0');
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string in(text);
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}
std::string number(std::uint64_t value, unsigned bytes) {
    std::string out;
    for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xffU);
    return out;
}
// One stored entry: local header, directory, its end (APPNOTE.TXT 4.3).
std::string zipped(const std::string& text, const std::string& name) {
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
    const std::string common = number(0, 2) + number(0, 2) + number(0, 4) + number(crc, 4) + number(text.size(), 4) + number(text.size(), 4) + number(name.size(), 2) + number(0, 2);
    const std::string local = "PK\x03\x04" + number(20, 2) + common + name + text;
    const std::string directory = "PK\x01\x02" + number(20, 2) + number(20, 2) + common + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(0, 4) + name;
    return local + directory + "PK\x05\x06" + number(0, 4) + number(1, 2) + number(1, 2) + number(directory.size(), 4) + number(local.size(), 4) + number(0, 2);
}

TEST(Wrappings, AllIsFoundInEachAndPrintedAgain) {
    const std::string text = made_text();
    Found expected;
    for (unsigned i = 0; i < 40; ++i) {
        expected.emplace("email", fmt::format("jo.{}@example.com", i));
        expected.emplace("url", fmt::format("http://shop{0}.example.org/pay?id={0}&x=1", i));
    }
    expected.emplace("btc", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
    const std::pair<const char*, std::string> wrappings[] = {
        {"plain", text},
        {"base64", to_base64(view(text))},
        {"base64 in lines", in_lines(to_base64(view(text)), 76)},
        {"hex", to_hex(view(text))},
        {"hex in lines", in_lines(to_hex(view(text)), 64)},
        {"quoted-printable", quoted_printable(text)},
        {"references", each(text, "&#{};")},
        {"hexadecimal references", each(text, "&#x{:x};")},
        {"percent", each(text, "%{:02X}")},
        {"UTF-16LE", wide(text, false)},
        {"UTF-16BE with a mark", wide(text, true)},
        {"hex dump", dumped(text)},
        {"JSON escapes", each(text, "\\u{:04x}")},
        {"C escapes", each(text, "\\x{:02x}")},
        {"uuencode", uuencoded(text)},
        {"uuencode in a text", "Look at this:\n\n" + uuencoded(text) + "\nBye\n"},
        {"gzip", gzipped(text)},
        {"zip stored", zipped(text, "note.txt")},
        {"zip in zip", zipped(zipped(text, "note.txt"), "inner.zip")},
        {"zip in base64 in gzip", gzipped(in_lines(to_base64(view(zipped(text, "note.txt"))), 76))},
        {"hex in base64", to_base64(view(to_hex(view(text))))},
        {"base64 in UTF-16LE in gzip", gzipped(wide(in_lines(to_base64(view(text)), 60), false))},
    };
    for (const auto& [name, file] : wrappings) {
        const Found found = found_in(file);
        EXPECT_EQ(found, expected) << name << ": " << found.size() << " of " << expected.size();
    }
}

TEST(Wrappings, KeyOfExclusiveOr) {
    const std::string text = made_text();
    std::string file = text;
    for (char& c : file) c = static_cast<char>(c ^ 0x5a);
    EXPECT_TRUE(found_in(file).empty());
    ScanOptions options;
    options.xor_keys = "\x5a";
    EXPECT_EQ(found_in(file, options), found_in(text));
}

TEST(Wrappings, NumbersBehindEqualsSignsAreNoQuotedPrintable) {
    std::string text;
    Found expected;
    for (const unsigned id : {34637U, 34773U, 993751U, 17692U, 40258U, 35127U}) {
        text += fmt::format("A place to look at:\nhttp://www.example.com/seek.asp?id={}\n\n", id);
        expected.emplace("url", fmt::format("http://www.example.com/seek.asp?id={}", id));
    }
    EXPECT_EQ(found_in(text), expected);
}

TEST(Wrappings, EndingOfAFileIsNoWordForCards) {
    const auto cards = [](std::string_view text) {
        std::size_t count = 0;
        for (const Sighting& sighting : scan_part(view(text), "", {}).sightings) count += sighting.kind == IndicatorKind::card;
        return count;
    };
    EXPECT_EQ(cards("https://fuzz.example/testcase-detail/5229304507138048\n\nsrc/hb-subset.cc | 2 +\n"), 0U);
    EXPECT_EQ(cards("her cc is 5229304507138048, thanks\n"), 1U);
}

}  // namespace
}  // namespace plumbline::evidence
