// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/pdf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "formats/pdf/cmap.h"
#include "formats/pdf/glyph_names.h"

namespace plumbline::formats {
namespace {
using testing::HasSubstr;

struct Seen final : Visitor {
    struct Child {
        Decoded decoded;
        Hints hints;
        bool is_view;
    };
    struct Window {
        std::uint64_t begin;
        std::uint64_t end;
        Hints hints;
        bool is_own;
    };
    void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) override { windows.push_back({begin, end, hints, is_own}); }
    void decoded(Decoded&& child, const Hints& hints, bool is_view) override { children.push_back({std::move(child), hints, is_view}); }
    void unread(std::uint64_t, std::string_view decoder, std::string reason) override { damage.push_back(std::string(decoder) + " " + reason); }
    void readable(std::string_view utf8) override { shown += utf8; }

    std::string text(std::string_view decoder) const {
        for (const Child& child : children)
            if (child.decoded.decoder == decoder) return std::string(text_of(child.decoded.bytes));
        return "(not there)";
    }
    std::vector<Child> children;
    std::vector<Window> windows;
    std::vector<std::string> damage;
    std::string shown;
};

Seen open(std::string_view file) {
    Seen seen;
    Budget budget;
    open_pdf(view(file), {}, budget, seen);
    return seen;
}

std::string deflated(std::string_view text) {
    uLongf size = compressBound(text.size());
    std::string out(size, '\0');
    compress(uchar(std::as_writable_bytes(std::span(out))), &size, uchar(view(text)), text.size());
    out.resize(size);
    return out;
}

// Writes objects with numbers from 1, a cross-reference table and a trailer; object 1 is the catalog.
class Writer {
  public:
    void add(std::string body) {
        offsets_.push_back(file_.size());
        file_ += fmt::format("{} 0 obj\n{}\nendobj\n", offsets_.size(), body);
    }
    void add_stream(std::string_view dict, std::string_view content, bool is_deflated = true) {
        const std::string data = is_deflated ? deflated(content) : std::string(content);
        add(fmt::format("<< {} {} /Length {} >>\nstream\n{}\nendstream", dict, is_deflated ? "/Filter /FlateDecode" : "", data.size(), data));
    }
    std::string finish(std::string_view trailer = "") {
        const std::size_t at = file_.size();
        file_ += fmt::format("xref\n0 {}\n0000000000 65535 f \n", offsets_.size() + 1);
        for (const std::size_t offset : offsets_) file_ += fmt::format("{:010} 00000 n \n", offset);
        file_ += fmt::format("trailer\n<< /Size {} /Root 1 0 R {} >>\nstartxref\n{}\n%%EOF\n", offsets_.size() + 1, trailer, at);
        return file_;
    }

  private:
    std::string file_ = "%PDF-1.5\n";
    std::vector<std::size_t> offsets_;
};

// One page with one font, object 5.
Writer one_page(std::string_view content, std::string_view font = "/Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding") {
    Writer out;
    out.add("<< /Type /Catalog /Pages 2 0 R >>");
    out.add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    out.add("<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> /XObject << /X1 6 0 R >> >> >>");
    out.add_stream("", content);
    out.add(fmt::format("<< /Type /Font {} >>", font));
    return out;
}
std::string page_text(std::string_view content, std::string_view font = "/Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding") {
    return open(one_page(content, font).finish()).text("pdf:p1");
}

TEST(Pdf, ATextIsWhatThePageShows) {
    EXPECT_EQ(page_text("BT /F1 12 Tf 72 700 Td (Write to a@example.com) Tj 0 -14 Td (or b@example.org) Tj ET"),
              "Write to a@example.com\nor b@example.org\n");
}

TEST(Pdf, KerningKeepsWordsWholeAndGapsAreBlanks) {
    EXPECT_EQ(page_text("BT /F1 10 Tf [(sal) 40 (es@ex) -60 (ample) 120 (.com) -300 (or) -250 (not)] TJ ET"), "sales@example.com or not\n");
}

TEST(Pdf, PiecesOfALineAreJoinedInReadingOrder) {
    // 10 units of Helvetica: "sales@" is 5 + 5.56 + 2.22 + 5.56 + 5 + 10.15 = 33.49 wide.
    EXPECT_EQ(page_text("BT /F1 10 Tf 1 0 0 1 33.49 0 Tm (example.com) Tj 1 0 0 1 0 0 Tm (sales@) Tj 1 0 0 1 120 0 Tm (today) Tj ET"), "sales@example.com today\n");
}

TEST(Pdf, LinesMoveByEveryOperator) {
    EXPECT_EQ(page_text("BT /F1 10 Tf 12 TL 0 500 Td (a) Tj T* (b) Tj (c) ' 0 0 (d) \" 0 -15 TD (e) Tj T* (f) Tj ET"), "a\nb\nc\nd\ne\nf\n");
}

TEST(Pdf, EscapesHexAndInlineImagesAreRead) {
    EXPECT_EQ(page_text("BT /F1 10 Tf (a\\(b\\)\\101\\\n.c) Tj ET BI /W 1 /H 1 ID \x01(x) Tj \xff\nEI BT 0 -20 Td /F1 10 Tf <61 62 4> Tj ET"), "a(b)A.c\nab@\n");
}

TEST(Pdf, DifferencesNameGlyphs) {
    EXPECT_EQ(page_text("BT /F1 10 Tf (\\001\\002\\003\\004\\005\\006) Tj ET",
                        "/Subtype /Type1 /BaseFont /X /Encoding << /Differences [1 /at /fi /Aacute /afii10071 /uni03A9 /f_f_l.alt] >>"),
              "@fi\u00c1\u0451\u03a9ffl\n");
}

TEST(Pdf, GlyphNamesOfThreeAlphabets) {
    using pdf::text_of_glyph;
    EXPECT_EQ(text_of_glyph("ccedilla"), "\u00e7");
    EXPECT_EQ(text_of_glyph("Ohungarumlaut"), "\u0150");
    EXPECT_EQ(text_of_glyph("afii10023"), "\u0401");
    EXPECT_EQ(text_of_glyph("afii10017"), "\u0410");
    EXPECT_EQ(text_of_glyph("afii10097"), "\u044f");
    EXPECT_EQ(text_of_glyph("alphatonos"), "\u03ac");
    EXPECT_EQ(text_of_glyph("u1F600"), "\U0001f600");
    EXPECT_EQ(text_of_glyph("g17"), "");
    EXPECT_EQ(text_of_glyph("zeta"), "\u03b6");
    EXPECT_EQ(text_of_glyph("AE"), "\u00c6");
}

TEST(Pdf, CMapsOfEveryForm) {
    const pdf::CMap map = pdf::CMap::parse(
        "1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0003> <0020> <0004> <00660069> endbfchar "
        "2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0061> <D83DDE00>] endbfrange");
    std::string text;
    for (const unsigned code : {0x11U, 3U, 4U, 0x20U, 0x21U}) EXPECT_TRUE(map.append_text(code, text)) << code;
    EXPECT_EQ(text, "B fia\U0001f600");
    EXPECT_FALSE(map.append_text(0x13, text));
    EXPECT_EQ(map.code_size("\x01\x02"), 2U);
}

TEST(Pdf, FormsAndAppearancesBelongToThePage) {
    Writer file = one_page("BT /F1 10 Tf 0 50 Td (page) Tj ET q 1 0 0 1 0 -100 cm /X1 Do Q");
    file.add_stream("/Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F9 5 0 R >> >>", "BT /F9 10 Tf (in@form.example) Tj ET /X1 Do");
    file.add_stream("/Subtype /Form /BBox [0 0 9 9]", "BT /F9 10 Tf (un) 20 (used) Tj [(never) 20 (@drawn.example)] TJ ET");
    const Seen seen = open(file.finish());
    EXPECT_EQ(seen.text("pdf:p1"), "page\nin@form.example\n");
    EXPECT_THAT(seen.text("pdf:x7"), HasSubstr("never@drawn.example"));
    EXPECT_EQ(seen.text("pdf:s6"), "(not there)");
}

TEST(Pdf, LinksInformationAndScriptsAreInOneView) {
    Writer file;
    file.add("<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL\\(\"http://js.example/\"\\)) >> >>");
    file.add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    file.add("<< /Type /Page /Parent 2 0 R /Annots [<< /Subtype /Link /A << /S /URI /URI (http://link.example/a) >> >>] >>");
    file.add("<< /Title <FEFF04210061> /Author (an author) /CreationDate (D:20201107183000) >>");
    const std::string bytes = file.finish("/Info 4 0 R /ID [<d41d8cd98f00b204e9800998ecf8427e> <d41d8cd98f00b204e9800998ecf8427e>]");
    const Seen seen = open(bytes);
    const std::string info = seen.text("pdf:info");
    EXPECT_EQ(info, "JS: app.launchURL(\"http://js.example/\")\nURI: http://link.example/a\nAuthor: an author\nTitle: \u0421a\n");
    // What stands in the file as it is has its place there.
    const std::size_t at = info.find("http://link");
    const auto view_of_info = std::find_if(seen.children.begin(), seen.children.end(), [](const Seen::Child& child) { return child.decoded.decoder == "pdf:info"; });
    ASSERT_NE(view_of_info, seen.children.end());
    EXPECT_EQ(view_of_info->decoded.map.same_at(at, 20), bytes.find("http://link"));
    for (const Seen::Window& window : seen.windows) EXPECT_EQ(bytes.substr(window.begin, window.end - window.begin).find("d41d8cd9"), std::string::npos);
}

TEST(Pdf, FilesImagesAndLooseStreamsAreChildren) {
    Writer file = one_page("BT /F1 10 Tf (page) Tj ET");
    file.add("<< /Type /Filespec /F (a.txt) /UF (a.txt) /EF << /F 7 0 R >> >>");
    file.add_stream("/Type /EmbeddedFile", "mail c@example.net");
    file.add_stream("", "loose d@example.net");
    file.add_stream("/Subtype /Image /Filter /DCTDecode", std::string(2000, 'j'), false);
    file.add_stream("/Subtype /Image /Filter /DCTDecode", "small", false);
    file.add_stream("/Subtype /Image /Width 1 /Height 1", "pixels", true);
    const std::string bytes = file.finish();
    const Seen seen = open(bytes);
    std::vector<std::string> names;
    for (const Seen::Child& child : seen.children) {
        names.push_back(child.decoded.decoder);
        Budget budget;
        const Result<Bytes> again = decode_pdf(view(bytes), child.decoded.decoder.substr(4), budget);
        ASSERT_TRUE(again) << child.decoded.decoder;
        EXPECT_EQ(*again, child.decoded.bytes) << child.decoded.decoder;
        EXPECT_EQ(child.hints.is_file, child.decoded.decoder == "pdf:s7");
    }
    EXPECT_THAT(names, testing::ElementsAre("pdf:p1", "pdf:info", "pdf:s7", "pdf:s8"));
    std::size_t images = 0;
    for (const Seen::Window& window : seen.windows) {
        if (window.is_own) continue;
        ++images;
        EXPECT_EQ(bytes.substr(window.begin, window.end - window.begin), std::string(2000, 'j'));
        EXPECT_EQ(window.hints.name, "image-9.jpg");
    }
    EXPECT_EQ(images, 1U);
}

TEST(Pdf, OlderRevisionsAndWhatStandsBehindAreRead) {
    const std::string first = one_page("BT /F1 10 Tf (before) Tj ET").finish();
    const std::string second = deflated("BT /F1 10 Tf (after) Tj ET");
    const std::string object = fmt::format("4 0 obj\n<< /Filter /FlateDecode /Length {} >>\nstream\n{}\nendstream\nendobj\n", second.size(), second);
    const std::string bytes = first + object + fmt::format("xref\n4 1\n{:010} 00000 n \ntrailer\n<< /Size 6 /Root 1 0 R /Prev {} >>\nstartxref\n{}\n%%EOF\nsecret@behind.example",
                                                            first.size(), first.rfind("xref\n0"), first.size() + object.size());
    const Seen seen = open(bytes);
    EXPECT_EQ(seen.text("pdf:p1"), "after\n");
    EXPECT_EQ(seen.text("pdf:t"), "before\n");
    ASSERT_FALSE(seen.windows.empty());
    EXPECT_FALSE(seen.windows.back().is_own);
    EXPECT_EQ(bytes.substr(seen.windows.back().begin), "secret@behind.example");
}

TEST(Pdf, PagesOfACutFileAreRead) {
    const std::string whole = one_page("BT /F1 10 Tf [(cut) 40 (off@ex) -60 (ample.com)] TJ ET").finish();
    const std::string bytes = whole.substr(0, whole.find("5 0 obj"));
    const Seen seen = open(bytes);
    ASSERT_THAT(seen.damage, testing::ElementsAre(HasSubstr("pdf: damaged: ")));
    EXPECT_EQ(seen.text("pdf:t"), "cutoff@example.com\n");
    Budget budget;
    const Result<Bytes> again = decode_pdf(view(bytes).subspan(seen.children.front().decoded.offset), "t", budget);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, seen.children.front().decoded.bytes);
}

TEST(Pdf, ObjectsInObjectStreamsAreRead) {
    const std::string objects = "<< /Type /Catalog /Pages 2 0 R >> << /Type /Pages /Kids [3 0 R] /Count 1 >> << /Type /Page /Parent 2 0 R /Contents 5 0 R "
                                "/Annots [<< /A << /URI (http://packed.example/) >> >>] >>";
    const std::string head = fmt::format("1 0 2 {} 3 {} ", objects.find("<< /Type /Pages"), objects.find("<< /Type /Page /"));
    std::string bytes = "%PDF-1.5\n";
    const auto stream = [&bytes](int number, const std::string& dict, const std::string& content) {
        const std::size_t at = bytes.size();
        const std::string data = deflated(content);
        bytes += fmt::format("{} 0 obj\n<< {} /Filter /FlateDecode /Length {} >>\nstream\n{}\nendstream\nendobj\n", number, dict, data.size(), data);
        return at;
    };
    const std::size_t packed = stream(4, fmt::format("/Type /ObjStm /N 3 /First {}", head.size()), head + objects);
    const std::size_t content = stream(5, "", "BT (x@packed.example) Tj ET");
    const std::size_t table_at = bytes.size();
    std::string table;
    const auto row = [&table](unsigned kind, std::size_t a, unsigned b) {
        table += {static_cast<char>(kind), static_cast<char>(a >> 8), static_cast<char>(a & 0xff), static_cast<char>(b)};
    };
    row(0, 0, 255);
    for (unsigned i = 0; i < 3; ++i) row(2, 4, i);
    row(1, packed, 0);
    row(1, content, 0);
    row(1, table_at, 0);
    stream(6, "/Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R", table);
    bytes += fmt::format("startxref\n{}\n%%EOF\n", table_at);
    const Seen seen = open(bytes);
    EXPECT_THAT(seen.damage, testing::IsEmpty());
    EXPECT_EQ(seen.text("pdf:p1"), "x@packed.example\n");
    EXPECT_EQ(seen.text("pdf:info"), "URI: http://packed.example/\n");
}

// Two columns of addresses in four writings, each letter pair kerned by up to 0.12 em.
std::string addresses_page(const std::vector<std::string>& addresses, bool is_wide) {
    std::string content = "BT /F1 9 Tf 11 TL 50 800 Td\n";
    unsigned seed = 7;
    for (const std::string& address : addresses) {
        content += "[";
        for (const char c : "see " + address + ", please") {
            seed = seed * 1103515245 + 12345;
            if (is_wide) content += fmt::format("<{:04X}>", static_cast<unsigned>(c) + 100);
            else content += c == '(' || c == ')' || c == '\\' ? fmt::format("(\\{})", c) : fmt::format("({})", c);
            if (c != ' ') content += fmt::format(" {} ", static_cast<int>(seed >> 16) % 240 - 120);
        }
        content += "] TJ T*\n";
    }
    return content + "ET";
}

TEST(Pdf, NoAddressIsLostToKerning) {
    std::vector<std::string> addresses;
    for (int i = 0; i < 500; ++i) addresses.push_back(i % 2 ? fmt::format("user.{}@mail-{}.example.com", i, i * 7) : fmt::format("https://www{}.example.org/path_{}/?q={}&r=(1)", i, i * 3, i));
    const std::string simple = one_page(addresses_page(addresses, false)).finish();
    Writer wide;
    wide.add("<< /Type /Catalog /Pages 2 0 R >>");
    wide.add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    wide.add("<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>");
    wide.add_stream("", addresses_page(addresses, true));
    wide.add("<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< /Subtype /CIDFontType2 /DW 500 /W [100 200 556] >>] /ToUnicode 6 0 R >>");
    wide.add_stream("", "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0084> <00E2> <0020> endbfrange");
    for (const std::string& file : {simple, wide.finish()}) {
        const Seen seen = open(file);
        const std::string text = seen.text("pdf:p1");
        std::size_t missing = 0;
        for (const std::string& address : addresses) missing += text.find("see " + address + ", please\n") == std::string::npos;
        EXPECT_EQ(missing, 0U) << text.substr(0, 500);
        EXPECT_EQ(seen.shown, text);
    }
}

TEST(Pdf, ABombStopsAtTheBudget) {
    Writer file = one_page("BT (x) Tj ET");
    for (int i = 0; i < 4; ++i) file.add_stream("", std::string(8U * 1024 * 1024, 'x'));
    Seen seen;
    Budget budget;
    budget.bytes_out_left = 10U * 1024 * 1024;
    open_pdf(view(file.finish()), {}, budget, seen);
    std::size_t size = 0;
    for (const Seen::Child& child : seen.children) size += child.decoded.bytes.size();
    EXPECT_LE(size, 10U * 1024 * 1024);
    EXPECT_THAT(seen.damage, testing::Contains(HasSubstr("over the budget")));
}

TEST(Pdf, ManyMarksAndStreamsTakeLinearTime) {
    std::string marks = "%PDF-1.4\n";
    while (marks.size() < 4U * 1024 * 1024) marks += "/ID[] stream\n x";
    EXPECT_FALSE(open(marks).damage.empty());
    std::string tables = "%PDF-1.4\n";
    while (tables.size() < 1024U * 1024) tables += "\nxref\nstartxref\n";
    EXPECT_FALSE(open(tables).damage.empty());
}

// Both would be read again from each line.
TEST(Pdf, LinesThatAreNoObjectsAreNotReadFromEach) {
    std::string headers;
    for (unsigned i = 0; i < 40'000; ++i) headers += "%PDF-1.7\n";
    EXPECT_THAT(open(headers).damage, testing::ElementsAre("pdf pdf: damaged: it holds no object"));
    std::string comments = "%PDF-1.4\n1 0 obj\n<< >>\nendobj\n";
    for (unsigned i = 0; i < 40'000; ++i) comments += "%\n";
    EXPECT_THAT(open(comments).damage, testing::ElementsAre(HasSubstr("damaged")));
}

TEST(Pdf, ALockedDocumentIsNamed) {
    prepare_pdf();
    Writer file;
    file.add("<< /Type /Catalog >>");
    const std::string entry(32, 'x');
    const std::string bytes = file.finish(fmt::format("/ID [(a) (a)] /Encrypt << /Filter /Standard /V 1 /R 2 /P -1 /O ({}) /U ({}) >>", entry, entry));
    EXPECT_THAT(open(bytes).damage, testing::ElementsAre("pdf pdf: encrypted"));
}

TEST(Pdf, OnlyPdfsLookLikeOne) {
    EXPECT_TRUE(looks_like_pdf(view("%PDF-1.4\n"), {}));
    EXPECT_TRUE(looks_like_pdf(view(std::string_view("\0\1\2\n%PDF-1.4\n1 0 obj", 21)), {}));
    EXPECT_FALSE(looks_like_pdf(view("From: a@b.example\nSubject: how to\n\nWrite\n%PDF-1.4\nas the first line\n"), {}));
    EXPECT_FALSE(looks_like_pdf(view("a text about %PDF-1.4"), {}));
    EXPECT_FALSE(looks_like_pdf(view(""), {}));
}

TEST(Pdf, WhatIsNoPartIsInvalid) {
    Budget budget;
    for (const std::string_view argument : {"", "p", "q1", "p1x", "p-", "infos"}) {
        const Result<Bytes> out = decode_pdf(view("%PDF-1.4"), argument, budget);
        ASSERT_FALSE(out) << argument;
        EXPECT_EQ(out.error().kind, ErrorKind::invalid);
    }
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Pdf, OfficeSamplesGiveTheirWords) {
    const std::filesystem::path folder = "/usr/share/forensics-samples/original-files";
    if (!std::filesystem::exists(folder / "text1/a-text.pdf")) GTEST_SKIP() << "no forensics-samples here";
    const Seen seen = open(read_file(folder / "text1/a-text.pdf"));
    EXPECT_EQ(seen.text("pdf:p1"), "This is a text from LibreOffice Writer...\nA test only.\nThere are 2 pages.\n");
    EXPECT_EQ(seen.text("pdf:p2"), "This is the second page.\nBye\n");
    EXPECT_THAT(open(read_file(folder / "text1/a-text-pass-A5d.pdf")).damage, testing::ElementsAre("pdf pdf: encrypted"));
    EXPECT_THAT(open(read_file(folder / "text2/d-text.pdf")).damage, testing::IsEmpty());
}

TEST(Pdf, HostileFilesAreReadOrNamed) {
    const std::filesystem::path folder = std::filesystem::path(PLUMBLINE_SHARED_DIR) / "data/12-hostile";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no shared data here";
    std::size_t files = 0;
    std::size_t encrypted = 0;
    for (const char* name : {"pdf-qpdf", "documents-tika"}) {
        for (const auto& entry : std::filesystem::directory_iterator(folder / name)) {
            if (entry.path().extension() != ".pdf") continue;
            const std::string bytes = read_file(entry.path());
            const Seen seen = open(bytes);
            ++files;
            encrypted += std::count(seen.damage.begin(), seen.damage.end(), "pdf pdf: encrypted") > 0;
            for (const Seen::Window& window : seen.windows) ASSERT_LE(window.end, bytes.size()) << entry.path();
            std::size_t again_max = 4;
            for (const Seen::Child& child : seen.children) {
                if (!child.decoded.decoder.starts_with("pdf:") || again_max-- == 0) continue;
                Budget budget;
                const Result<Bytes> again = decode_pdf(view(bytes).subspan(child.decoded.offset), child.decoded.decoder.substr(4), budget);
                ASSERT_TRUE(again) << entry.path() << child.decoded.decoder;
                EXPECT_EQ(*again, child.decoded.bytes) << entry.path() << child.decoded.decoder;
            }
        }
    }
    EXPECT_GE(files, 135U);
    EXPECT_GE(encrypted, 5U);
}
}  // namespace
}  // namespace plumbline::formats
