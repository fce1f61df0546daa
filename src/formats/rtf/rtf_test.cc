// SPDX-License-Identifier: Apache-2.0
#include "formats/rtf/rtf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace plumbline::formats {
namespace {
using testing::HasSubstr;

struct Seen final : Visitor {
    struct Child {
        Decoded decoded;
        Hints hints;
    };
    struct Window {
        std::string text;
        Hints hints;
        bool is_own;
    };
    explicit Seen(std::string_view file) : file_(file) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) override {
        windows.push_back({std::string(file_.substr(begin, end - begin)), hints, is_own});
    }
    void decoded(Decoded&& child, const Hints& hints, bool) override { children.push_back({std::move(child), hints}); }
    void unread(std::uint64_t, std::string_view, std::string reason) override { damage.push_back(std::move(reason)); }
    void readable(std::string_view utf8) override { shown += utf8; }
    std::string text() const { return children.empty() ? "" : std::string(text_of(children.front().decoded.bytes)); }

    std::vector<Child> children;
    std::vector<Window> windows;
    std::vector<std::string> damage;
    std::string shown;

  private:
    std::string_view file_;
};

Seen open(std::string_view file) {
    Seen seen(file);
    Budget budget;
    open_rtf(view(file), {}, budget, seen);
    return seen;
}
std::string shown(std::string_view file) { return open(file).shown; }

TEST(Rtf, TextIsWhatAReaderSees) {
    EXPECT_EQ(shown("{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0\\fs24 Write to\\~a@example.com\\par or \\{b\\}@example\\_x.org\\tab end}"),
              "Write to a@example.com\nor {b}@example-x.org\tend");
}

TEST(Rtf, LineBreaksOfTheFileAreNone) { EXPECT_EQ(shown("{\\rtf1 first@exa\r\nmple.com\\\r\nnext}"), "first@example.com\nnext"); }

TEST(Rtf, BytesAreReadInTheFontsCharacterSet) {
    EXPECT_EQ(shown("{\\rtf1\\ansicpg1251{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}}\\f1 \\'cf\\'f0\\f2 \\'83\\'5c\\'83e\\f0 \\'ef}"),
              "\u041f\u0440\u30bd\u30c6\u043f");
}

TEST(Rtf, UnicodeReplacesWhatStandsBehindIt) {
    EXPECT_EQ(shown("{\\rtf1\\uc1 \\u1055?\\u-10179?\\u-8704?x{\\uc2\\u8364 EUy}{\\uc0\\u8364 z}\\u233\\'e9w}"), "\u041f\U0001f600x\u20acy\u20aczéw");
}

TEST(Rtf, LinksKeepTheirTarget) {
    const std::string text = shown("{\\rtf1 see {\\field{\\*\\fldinst{HYPERLINK \"http://target.example/a\"}}{\\fldrslt{\\ul this page}}}.}");
    EXPECT_EQ(text, "see HYPERLINK \"http://target.example/a\" this page.");
}

TEST(Rtf, HiddenGroupsAreScannedAndNotShown) {
    const Seen seen = open("{\\rtf1{\\info{\\author An Author}{\\title A title}}{\\*\\secret drop@hidden.example}seen}");
    EXPECT_EQ(seen.shown, "seen");
    EXPECT_EQ(seen.text(), "seen\nAn Author\nA title\ndrop@hidden.example\n");
}

TEST(Rtf, PlainRunsHaveTheirPlace) {
    const std::string file = "{\\rtf1\\b one@example.com\\b0  caf\\'e9 {\\*\\x two@example.com}}";
    const Seen seen = open(file);
    const std::string text = seen.text();
    for (const std::string_view address : {"one@example.com", "two@example.com"}) {
        const auto place = seen.children.front().decoded.map.same_at(text.find(address), address.size());
        ASSERT_TRUE(place) << address;
        EXPECT_EQ(file.substr(*place, address.size()), address);
    }
    EXPECT_FALSE(seen.children.front().decoded.map.same_at(text.find("caf"), 5));
}

std::string hex(std::string_view bytes) { return to_hex(view(bytes)); }
std::string little(std::uint32_t value) {
    std::string out;
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    return out;
}
std::string sized(std::string_view text) { return little(static_cast<std::uint32_t>(text.size() + 1)) + std::string(text) + '\0'; }

TEST(Rtf, ThePackageInAnObjectIsAFile) {
    const std::string content = "mail inner@package.example";
    std::string package("\2\0", 2);
    package += std::string("label.txt\0C:\\a\\label.txt\0\0\0\3\0", 29) + sized("C:\\t\\label.txt") + little(static_cast<std::uint32_t>(content.size())) + content + "rest of it";
    const std::string object = little(0x501) + little(2) + sized("Package") + little(0) + little(0) + little(static_cast<std::uint32_t>(package.size())) + package;
    std::string digits = hex(object);
    digits.insert(20, "{\\*\\junk 00}\r\n\\junk1 ");
    const std::string file = "{\\rtf1{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + digits + "}{\\result x}}}";
    const Seen seen = open(file);
    ASSERT_EQ(seen.children.size(), 2U);
    EXPECT_EQ(text_of(seen.children[1].decoded.bytes), object);
    Budget budget;
    const Result<Bytes> again = decode_rtf(view(file).subspan(seen.children[1].decoded.offset), "rtfdata", "", budget);
    ASSERT_TRUE(again);
    EXPECT_EQ(text_of(*again), object);

    ASSERT_TRUE(looks_like_ole1(view(object), {}));
    Seen inner(object);
    open_ole1(view(object), {}, budget, inner);
    std::size_t files = 0;
    for (const Seen::Window& window : inner.windows) {
        if (!window.hints.is_file) continue;
        ++files;
        EXPECT_EQ(window.text, content);
        EXPECT_EQ(window.hints.name, "label.txt");
    }
    EXPECT_EQ(files, 1U);
    EXPECT_THAT(inner.damage, testing::IsEmpty());
    Seen cut(std::string_view(object).substr(0, 60));
    open_ole1(view(object).first(60), {}, budget, cut);
    EXPECT_FALSE(cut.damage.empty());
}

TEST(Rtf, PicturesAndBinaryAreChildren) {
    const std::string png = "\x89PNG and so on, long enough to be one";
    const std::string file = "{\\rtf1{\\*\\shppict{\\pict{\\*\\picprop{\\sn abc}}\\pngblip\\picw10 " + hex(png) + "}}a{\\pict\\jpegblip\\bin40 " + std::string(40, '}') + "}b}and what stands behind";
    const Seen seen = open(file);
    EXPECT_EQ(seen.shown, "ab");
    ASSERT_EQ(seen.children.size(), 2U);
    EXPECT_EQ(text_of(seen.children[1].decoded.bytes), png);
    EXPECT_EQ(seen.children[1].hints.name, "picture-1.png");
    ASSERT_EQ(seen.windows.size(), 2U);
    EXPECT_EQ(seen.windows[0].text, std::string(40, '}'));
    EXPECT_EQ(seen.windows[1].text, "and what stands behind");
}

TEST(Rtf, DeepNestsAndCutFilesEnd) {
    std::string file = "{\\rtf1 ";
    for (int i = 0; i < 200'000; ++i) file += '{';
    file += "x@deep.example";
    EXPECT_THAT(shown(file), HasSubstr("x@deep.example"));
    for (const std::string_view odd : {"", "{\\rt", "{\\rtf1\\", "{\\rtf1\\'", "{\\rtf1\\'4", "{\\rtf1\\u", "{\\rtf1\\bin99999999999 ", "{\\rtf1}}}}", "{\\rtf1\\objdata", "{\\rtf1\\pict0", "{\\rtf1\\objdata \\"}) {
        const Seen seen = open(odd);
        EXPECT_LT(seen.text().size(), 20U) << odd;
    }
}

TEST(Rtf, TheBudgetIsKept) {
    Seen seen("");
    Budget budget;
    budget.bytes_out_left = 100'000;
    const std::string file = "{\\rtf1 " + std::string(300'000, 'a') + "}";
    open_rtf(view(file), {}, budget, seen);
    EXPECT_LE(seen.text().size(), 100'000U);
    EXPECT_THAT(seen.damage, testing::ElementsAre(HasSubstr("over the budget")));
}

TEST(Rtf, HostileFilesAreRead) {
    const std::filesystem::path folder = std::filesystem::path(PLUMBLINE_SHARED_DIR) / "data/12-hostile";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no shared data here";
    std::size_t files = 0;
    std::size_t words = 0;
    for (const char* name : {"documents-tika", "metadata-exiftool", "office-oletools"}) {
        for (const auto& entry : std::filesystem::directory_iterator(folder / name)) {
            if (entry.path().extension() != ".rtf") continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            EXPECT_TRUE(looks_like_rtf(view(bytes), {})) << entry.path();
            const Seen seen = open(bytes);
            EXPECT_THAT(seen.damage, testing::IsEmpty()) << entry.path();
            ++files;
            words += static_cast<std::size_t>(std::count(seen.shown.begin(), seen.shown.end(), ' '));
            for (const Seen::Child& child : seen.children) {
                Budget budget;
                const Result<Bytes> again = decode_rtf(view(bytes).subspan(child.decoded.offset), child.decoded.decoder, "", budget);
                ASSERT_TRUE(again) << entry.path();
                EXPECT_EQ(*again, child.decoded.bytes) << entry.path() << child.decoded.decoder;
            }
        }
    }
    EXPECT_GE(files, 9U);
    EXPECT_GE(words, 90U);
}
}  // namespace
}  // namespace plumbline::formats
