// SPDX-License-Identifier: Apache-2.0
// A made "winmail.dat" and a real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/fuzz_visitor.h"
#include "formats/ole/made_files.h"
#include "formats/ole/opened_tree.h"
#include "formats/tnef/tnef.h"

namespace plumbline::formats {
namespace {
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string whole(unsigned level, std::uint32_t id, const std::string& body) {
    std::string out = little_bytes(level, 1) + little_bytes(id, 4) + little_bytes(body.size(), 4) + body;
    return out + std::string(2, '\0');
}
std::string filled(std::string body) {
    const std::size_t size = body.size();
    body.resize((size + 3) / 4 * 4, '\0');
    return little_bytes(1, 4) + little_bytes(size, 4) + body;
}
std::string made() {
    const std::string start = little_bytes(0x223e9f78, 4) + little_bytes(1, 2);
    std::string properties = little_bytes(4, 4);
    properties += little_bytes(0x001f, 2) + little_bytes(0x5d01, 2) + filled(utf16_of(u"jo@example.com") + std::string(2, '\0'));
    properties += little_bytes(0x0003, 2) + little_bytes(0x3fde, 2) + little_bytes(65001, 4);
    properties += little_bytes(0x001e, 2) + little_bytes(0x8001, 2) + std::string(16, '\1') + little_bytes(1, 4) + little_bytes(6, 4) + utf16_of(u"abc") + std::string(2, '\0') + filled(std::string("named\0", 6));
    properties += little_bytes(0x0102, 2) + little_bytes(0x1013, 2) + filled("<html><p>ann@example.org</p></html>");
    std::string file = little_bytes(1, 4) + little_bytes(0x001f, 2) + little_bytes(0x3707, 2) + filled(utf16_of(u"счёт.txt"));
    return start + whole(1, 0x00069007, little_bytes(1251, 8)) + whole(1, 0x00018004, "\xd1\xf7\xb8\xf2") + whole(1, 0x0002800c, "body of it") + whole(1, 0x00069003, properties) +
           whole(2, 0x00069002, std::string(14, '\0')) + whole(2, 0x0006800f, "the file's bytes") + whole(2, 0x00018010, std::string("short.txt\0", 10)) + whole(2, 0x00069005, file);
}

TEST(Tnef, TextBodyAndFiles) {
    const std::string bytes = made();
    const OpenedTree tree(view(bytes));
    ASSERT_TRUE(tree.child("tnef"));
    EXPECT_EQ(tree.child("tnef")->bytes, "Subject: Счёт\n\nbody of it\njo@example.com\nnamed\nshort.txt\nсчёт.txt\n");
    EXPECT_TRUE(tree.has_file("счёт.txt", "the file's bytes"));
    EXPECT_THAT(tree.child("html")->bytes, HasSubstr("ann@example.org"));
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
}

TEST(Tnef, DamageIsNamed) {
    const std::string bytes = made();
    EXPECT_THAT(OpenedTree(view(bytes.substr(0, bytes.size() - 30))).unread_reasons(), ElementsAre("tnef: cut short"));
    std::string wrong = bytes;
    wrong[6] = '\2';
    wrong[6 + 9 + 8 + 2] = '\7';
    EXPECT_THAT(OpenedTree(view(wrong)).unread_reasons(), ElementsAre("tnef: damaged"));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        FuzzVisitor visitor(size);
        Budget budget = small_budget();
        const ByteView cut = view(bytes).first(size);
        if (looks_like_tnef(cut, {})) open_tnef(cut, {}, budget, visitor);
    }
}

TEST(Tnef, RealFile) {
    const std::string path = std::string(PLUMBLINE_SHARED_DIR) + "/data/12-hostile/metadata-exiftool/TNEF.tnef";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no shared data";
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const OpenedTree tree(view(bytes));
    ASSERT_TRUE(tree.child("lzfu"));
    EXPECT_THAT(tree.child("lzfu")->bytes, HasSubstr("{\\rtf1"));
    EXPECT_THAT(tree.child("tnef")->bytes, HasSubstr("Subject: Simple subject\n"));
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
}

}  // namespace
}  // namespace plumbline::formats
