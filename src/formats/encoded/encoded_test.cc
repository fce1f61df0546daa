// SPDX-License-Identifier: Apache-2.0
// Files that are another file in letters: each is opened as what it means, and its places can be decoded again; texts that
// only look like one are left alone.
#include "formats/encoded/encoded.h"

#include "formats/uuencode/uuencode.h"

namespace plumbline::formats {
namespace {
using ::testing::ElementsAre;

const std::string note = "Dear friend, please write to jo@example.com or open http://example.com/a?b=1 today.\nIt costs 100 EUR = nothing.\n\nYours, Ann (\"the bank\")\n";

class Seen final : public Visitor {
  public:
    void window(std::uint64_t begin, std::uint64_t end, const Hints&, bool) override { windows.emplace_back(begin, end); }
    void decoded(Decoded&& child, const Hints& hints, bool) override {
        names.push_back(hints.is_file ? hints.name : "");
        children.push_back(std::move(child));
    }
    void unread(std::uint64_t, std::string_view, std::string reason) override { reasons.push_back(std::move(reason)); }
    void readable(std::string_view) override {}

    std::vector<Decoded> children;
    std::vector<std::string> names;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> windows;
    std::vector<std::string> reasons;
};

// The text that the file means, or "" where it is none.
std::string meant_by(const std::string& file, std::string_view decoder) {
    if (detect(view(file), {}).name != "encoded") return "";
    Budget budget;
    Seen seen;
    open_encoded(view(file), {}, budget, seen);
    if (seen.children.empty()) return "";
    const Decoded& child = seen.children[0];
    EXPECT_EQ(child.decoder, decoder);
    const Result<Bytes> again = decode_at(view(file), child.offset, decoder, "", budget);
    EXPECT_TRUE(again && *again == child.bytes);
    return std::string(text_of(child.bytes));
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

TEST(EncodedFile, IsOpenedAsWhatItMeans) {
    EXPECT_EQ(meant_by(to_base64(view(note)), "base64"), note);
    EXPECT_EQ(meant_by(in_lines(to_base64(view(note)), 60), "base64"), note);
    EXPECT_EQ(meant_by(to_hex(view(note)), "hex"), note);
    EXPECT_EQ(meant_by(in_lines(to_hex(view(note)), 64), "hex"), note);
    EXPECT_EQ(meant_by(each(note, "{:02x} "), "hex"), note);
    EXPECT_EQ(meant_by(each(note, "&#{};"), "entities"), note);
    EXPECT_EQ(meant_by(each(note, "&#x{:x};"), "entities"), note);
    EXPECT_EQ(meant_by(each(note, "%{:02X}"), "percent"), note);
    EXPECT_EQ(meant_by(each(note, "\\u{:04x}"), "escapes"), note);
    EXPECT_EQ(meant_by("\"" + each(note, "\\x{:02x}") + "\"", "escapes"), "\"" + note + "\"");
    std::string wide;
    for (const char c : note) wide += {c, '\0'};
    EXPECT_EQ(meant_by(to_base64(view(wide)), "base64"), wide);
}

TEST(EncodedFile, QuotedPrintableWithoutAMail) {
    std::string text;
    for (int i = 0; i < 20; ++i) text += "A line with caf=C3=A9 and a=3Db that goes on and on and is then broken soft=\nly, http://example.com/a=\nbc?d=3D1\n";
    const std::string meant = meant_by(text, "qp");
    EXPECT_NE(meant.find("caf\xc3\xa9 and a=b"), std::string::npos);
    EXPECT_NE(meant.find("http://example.com/abc?d=1"), std::string::npos);
    // The same text behind a header that says so is a mail.
    EXPECT_EQ(detect(view("Subject: x\nFrom: a@example.com\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + text), {}).name, "mail");
}

TEST(EncodedFile, DumpsOfThreePrograms) {
    std::string xxd;
    std::string canonical;
    std::string od;
    const std::string text = note.substr(0, 100);
    for (std::size_t at = 0; at < text.size(); at += 16) {
        const std::string_view row = std::string_view(text).substr(at, 16);
        std::string pairs;
        std::string groups;
        std::string letters;
        for (std::size_t i = 0; i < row.size(); ++i) {
            pairs += fmt::format("{}{:02x}", i == 8 ? "  " : " ", row[i]);
            groups += fmt::format("{}{:02x}", i % 2 == 0 ? " " : "", row[i]);
            letters += row[i] == '\n' ? '.' : row[i];
        }
        xxd += fmt::format("{:08x}:{:<40}  {}\n", at, groups, letters);
        canonical += fmt::format("{:08x} {}  |{}|\n", at, pairs, letters);
        od += fmt::format("{:07o}{}\n", at, each(row, " {:02x}"));
    }
    EXPECT_EQ(meant_by(xxd, "hexdump"), text);
    EXPECT_EQ(meant_by(canonical + fmt::format("{:08x}\n", text.size()), "hexdump"), text);
    EXPECT_EQ(meant_by(od, "hexdump"), text);
    // A star stands for rows like the one before.
    const std::string zeros = "00000000  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61  |aaaaaaaaaaaaaaaa|\n*\n00000040  62 63                                            |bc|\n00000042\n";
    EXPECT_EQ(meant_by(zeros, "hexdump"), std::string(64, 'a') + "bc");
    // A star up to an offset that is far away costs what the budget has.
    Budget budget;
    budget.bytes_out_left = 1000;
    EXPECT_LE(decode_hexdump(view("00000000: 6161 6161\n*\nffffffff: 6161\n"), budget).bytes.size(), 1000U);
}

TEST(EncodedFile, LeavesAlone) {
    std::string hashes;
    std::string names;
    for (int i = 0; i < 60; ++i) {
        hashes += fmt::format("{:08x}d41d8cd98f00b204e98009{:02x}\n", i * 0x9e3779b9U, i);
        names += fmt::format("someVeryLongNameOfAFileInAList{}\n", i);
    }
    for (const std::string& text : {note, hashes, names, std::string(200, 'a'), std::string("http://example.com/?u=http%3A%2F%2Fexample.org%2Fx%20y%20z%20a%20b%20c%20d%20e%20f%20g"), "a=1&b=2&c=3; x == y\n" + note,
                                    std::string("2026-11-23 10:00:00 12 34 56 78\n2026-11-23 10:00:01 12 34 56 78\n"), std::string("&#20013;&#25991; is Chinese, and this sentence is about it, for long enough")})
        EXPECT_EQ(meant_by(text, ""), "") << text.substr(0, 60);
}

TEST(EncodedFile, SeveralBlocksAndText) {
    std::string letter;
    for (int i = 0; i < 30; ++i) letter += note;
    const std::string block = to_base64(view(letter));
    Budget budget;
    Seen seen;
    const std::string file = block + "=\n" + block + "=\n\nand then words, which are no letters of base64.\n";
    open_encoded(view(file), {}, budget, seen);
    ASSERT_EQ(seen.children.size(), 2U);
    EXPECT_EQ(text_of(seen.children[0].bytes), letter);
    EXPECT_EQ(text_of(seen.children[1].bytes).substr(0, letter.size()), letter);
    ASSERT_EQ(seen.windows.size(), 1U);
    EXPECT_EQ(seen.windows[0].second, file.size());
}

TEST(Uuencode, FileInAText) {
    std::string file = "begin 644 note.txt\n";
    for (std::size_t at = 0; at < note.size(); at += 45) {
        const std::string row = note.substr(at, 45);
        file += static_cast<char>(' ' + row.size());
        for (std::size_t i = 0; i < row.size(); i += 3) {
            unsigned bits = 0;
            for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < row.size() ? static_cast<unsigned char>(row[i + k]) : 0U);
            for (const int shift : {18, 12, 6, 0}) file += (bits >> shift & 63) == 0 ? '`' : static_cast<char>(' ' + (bits >> shift & 63));
        }
        file += '\n';
    }
    file += "`\nend\n";
    EXPECT_EQ(detect(view(file), {}).name, "uuencode");
    Budget budget;
    Seen seen;
    open_uuencode(view(file), {}, budget, seen);
    ASSERT_EQ(seen.children.size(), 1U);
    EXPECT_EQ(text_of(seen.children[0].bytes), note);
    EXPECT_THAT(seen.names, ElementsAre("note.txt"));
    EXPECT_TRUE(seen.reasons.empty() && seen.windows.empty());
    const Result<Bytes> again = decode_at(view("x" + file + "more"), 1, "uu", "", budget);
    EXPECT_TRUE(again && text_of(*again) == note);
    // Cut in the middle: what is there is given, the rest is named.
    Seen cut;
    open_uuencode(view(file.substr(0, 90)), {}, budget, cut);
    EXPECT_THAT(cut.reasons, ElementsAre("uu: ends before its \"end\" line"));
    EXPECT_EQ(detect(view("begin 644 words that are none\nand a sentence that follows\n"), {}).name, "text");
    const std::string in_base64 = "begin-base64 644 note.txt\n" + in_lines(to_base64(view(note)), 60) + "====\n";
    Seen other;
    open_uuencode(view(in_base64), {}, budget, other);
    ASSERT_EQ(other.children.size(), 1U);
    EXPECT_EQ(text_of(other.children[0].bytes), note);
}

TEST(Xor, IsItsOwnOpposite) {
    Budget budget;
    const Decoded once = decode_xor(view(note), 0x5a, budget);
    EXPECT_EQ(once.decoder, "xor:5a");
    const Result<Bytes> again = decode_at(once.bytes, 0, "xor", "5a", budget);
    EXPECT_TRUE(again && text_of(*again) == note);
    EXPECT_FALSE(decode_at(once.bytes, 0, "xor", "", budget));
    EXPECT_FALSE(decode_at(once.bytes, 0, "xor", "100", budget));
}

}  // namespace
}  // namespace plumbline::formats
