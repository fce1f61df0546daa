// SPDX-License-Identifier: Apache-2.0
// Compound files made by hand, the examples of the specifications, and real and hostile documents.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/fuzz_visitor.h"
#include "formats/ole/compound.h"
#include "formats/ole/lzfu.h"
#include "formats/ole/macro.h"
#include "formats/ole/made_files.h"
#include "formats/ole/opened_tree.h"

namespace plumbline::formats {
namespace {
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string decoded(std::string_view hex, Decoded (*decode)(ByteView, Budget&)) {
    const Bytes bytes = *from_hex(hex);
    Budget budget;
    const Decoded out = decode(bytes, budget);
    EXPECT_THAT(out.damage, IsEmpty());
    return std::string(text_of(out.bytes));
}
std::string poked(std::string bytes, std::size_t at, std::uint32_t value) { return bytes.replace(at, 4, little_bytes(value, 4)); }

TEST(Ole, StreamsOfBothSizesComeBackAndKnowTheirPlace) {
    std::string large;
    for (unsigned i = 0; i < 3000; ++i) large += std::to_string(i) + " ";
    MadeCompound made;
    const std::uint32_t folder = made.storage(0, "Folder");
    made.stream(folder, "Large", large);
    made.stream(0, "Small", "write to jo@example.com\n" + std::string(100, 'x'));
    const std::string bytes = made.bytes();
    Budget budget;
    const Result<CompoundFile> file = CompoundFile::read(view(bytes), budget);
    ASSERT_TRUE(file);
    EXPECT_THAT(file->damage(), IsEmpty());
    const CompoundEntry* entry = file->find(folder, "large");
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->path, "Folder/Large");
    const CompoundStream stream = file->stream(*entry, budget);
    EXPECT_EQ(text_of(stream.bytes), large);
    for (const SourceRun& run : stream.runs) EXPECT_EQ(bytes.substr(run.source_at, run.size), large.substr(run.at, run.size));
    const OpenedTree tree(view(bytes));
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
    ASSERT_TRUE(tree.child("ole:3/Small"));
    EXPECT_THAT(tree.child("ole:3/Small")->bytes, HasSubstr("jo@example.com"));
    EXPECT_EQ(tree.child("ole:2/Folder/Large")->bytes, large);
}

TEST(Ole, WhatNoStreamHoldsIsScannedAsItStands) {
    MadeCompound made;
    made.stream(0, "Only", std::string(5000, 'x'));
    std::string bytes = made.bytes();
    // The stream ends 120 bytes before its last sector does: old bytes stand there.
    bytes.replace(512 + 5010, 23, "left behind by jo@x.org");
    const OpenedTree tree(view(bytes));
    EXPECT_TRUE(std::any_of(tree.children().begin(), tree.children().end(), [](const SeenChild& child) { return child.decoder == "own" && child.bytes.find("jo@x.org") != std::string::npos; }));
}

TEST(Ole, DamageIsNamed) {
    MadeCompound made;
    made.stream(0, "One", std::string(5000, 'a'));
    made.stream(0, "Two", std::string(5000, 'b'));
    const std::string bytes = made.bytes();
    const std::size_t fat_at = bytes.size() - 512;
    const std::size_t directory_at = fat_at - 512;
    const auto reasons = [](const std::string& damaged) { return OpenedTree(view(damaged)).unread_reasons(); };
    EXPECT_THAT(reasons(bytes), IsEmpty());
    EXPECT_THAT(reasons(poked(bytes, fat_at + 4, 0x1000)), ElementsAre("ole: a sector of the stream is not there"));
    EXPECT_THAT(reasons(poked(bytes, fat_at + 4, 0xfffffffe)), ElementsAre("ole: the stream ends before its size"));
    EXPECT_THAT(reasons(poked(bytes, directory_at + 128 + 116, 10)), ElementsAre("ole: a second name for the same stream"));
    EXPECT_THAT(reasons(poked(bytes, directory_at + 128 + 72, 1)), Contains("ole: the directory tree goes in a loop"));
    EXPECT_THAT(reasons(poked(bytes, directory_at + 128 + 72, 77)), Contains("ole: the directory tree leads to an entry that is not there"));
    EXPECT_THAT(reasons(poked(bytes, directory_at + 128 + 120, 0x7fffffff)), Contains(HasSubstr("ole: ")));
    EXPECT_THAT(reasons(poked(bytes, fat_at + 4 * ((directory_at - 512) / 512), static_cast<std::uint32_t>((directory_at - 512) / 512))), Contains("ole: the directory goes in a loop"));
    EXPECT_THAT(reasons(poked(bytes, 68, 0)), IsEmpty());  // a list of tables where none is needed
    EXPECT_THAT(reasons(poked(bytes, 48, 0x1000)), Contains("ole: no directory"));
    EXPECT_THAT(reasons(bytes.substr(0, 700)), Contains(HasSubstr("ole: ")));
    // A stream that the tree has lost is still read.
    const std::string lost = poked(bytes, directory_at + 76, 0xffffffff);
    EXPECT_EQ(OpenedTree(view(lost)).child("ole:2/lost/Two")->bytes, std::string(5000, 'b'));
}

TEST(Ole, NoByteChangedOrMissingBreaksIt) {
    MadeCompound made;
    const std::uint32_t folder = made.storage(0, "__attach_version1.0_#00000000");
    made.stream(0, "__properties_version1.0", std::string(48, '\0'));
    made.stream(0, "__substg1.0_1000001F", utf16_of(u"body"));
    made.stream(folder, "__properties_version1.0", std::string(24, '\0'));
    made.stream(folder, "__substg1.0_37010102", std::string(4200, 'z'));
    const std::string bytes = made.bytes();
    std::uint32_t seed = 1;
    for (unsigned round = 0; round < 400; ++round) {
        std::string damaged = bytes;
        for (unsigned i = 0; i < 4; ++i) {
            seed = seed * 1664525 + 1013904223;
            // The header, and the tables at the end.
            const std::size_t at = (seed >> 8) % 2048;
            damaged[at < 512 ? at : bytes.size() - 2048 + at] = static_cast<char>(seed >> 3);
        }
        if (round % 4 == 0) damaged.resize(seed % damaged.size());
        FuzzVisitor visitor(damaged.size());
        Budget budget = small_budget();
        detect(view(damaged), {}).open(view(damaged), {}, budget, visitor);
    }
}

TEST(Lzfu, ExamplesOfTheSpecification) {  // [MS-OXRTFCP] 4.1
    EXPECT_EQ(decoded("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0", decode_lzfu), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    EXPECT_EQ(decoded("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0", decode_lzfu), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    const Bytes cut = *from_hex("1a0000001c0000004c5a4675e2d44b5141000420575859");
    Budget budget;
    EXPECT_EQ(decode_lzfu(cut, budget).damage, "lzfu: cut short");
    budget.bytes_out_left = 3;
    EXPECT_THAT(decode_lzfu(*from_hex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"), budget).damage, HasSubstr("budget"));
}

TEST(Macro, ExamplesOfTheSpecification) {  // [MS-OVBA] 3.2
    EXPECT_EQ(decoded("0119b000616263646566676800696a6b6c6d6e6f70007172737475762e", decode_macro), "abcdefghijklmnopqrstuv.");
    EXPECT_EQ(decoded("012fb000236161616263646582660070616768696a013808616b6c00306d6e6f700671027004107273747576107778797a003c", decode_macro).substr(0, 40), "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaa");
    EXPECT_EQ(decoded("0103b002614500", decode_macro), std::string(73, 'a'));
}

TEST(Macro, SourceOfAModuleIsFound) {
    const std::string packed = std::string("\x01\x1e\xb0\0Attribut\0e VB_Nam\0e = \"x\"\n\0y", 33);
    std::string source = std::string("\x01", 1) + little_bytes(0xb000 | (packed.size() - 3 - 1), 2) + packed.substr(3);
    MadeCompound made;
    const std::uint32_t macros = made.storage(0, "Macros");
    made.stream(made.storage(macros, "VBA"), "Module1", "compiled" + source);
    const OpenedTree tree(view(made.bytes()));
    ASSERT_TRUE(tree.child("vba"));
    EXPECT_THAT(tree.child("vba")->bytes, HasSubstr("Attribute VB_Name = \"x\""));
    EXPECT_THAT(tree.shown(), HasSubstr("VB_Name"));
}

std::string record(unsigned type, const std::string& body) { return little_bytes(type, 2) + little_bytes(body.size(), 2) + body; }

TEST(Excel, SharedStringsGoOnInTheNextRecord) {
    const std::string start = record(0x0809, little_bytes(0x0600, 2) + little_bytes(5, 2) + std::string(12, '\0'));
    // "plain"; "wide" cut between its records, the second half in 8-bit letters; a rich string with one run.
    const std::string first = little_bytes(3, 4) + little_bytes(3, 4) + little_bytes(5, 2) + std::string("\0plain", 6) + little_bytes(14, 2) + "\1" + utf16_of(u"jo@exa");
    const std::string rest = std::string("\0mple.com", 9) + little_bytes(4, 2) + "\x08" + little_bytes(1, 2) + "rich" + little_bytes(0, 4);
    std::string book = start + record(0x00fc, first) + record(0x003c, rest);
    book += record(0x0204, std::string(6, '\0') + little_bytes(2, 2) + "\1" + utf16_of(u"äb"));
    book += record(0x0203, std::string(6, '\0') + std::string("\0\0\0\x20\x1a\x11\x10\x42", 8)) + record(0x000a, "");
    MadeCompound made;
    made.stream(0, "Workbook", book + std::string(5000, '\0'));
    const OpenedTree tree(view(made.bytes()));
    ASSERT_TRUE(tree.child("xls"));
    EXPECT_TRUE(tree.child("xls")->bytes.starts_with("plain\njo@example.com\nrich\näb\n")) << tree.child("xls")->bytes;
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
    MadeCompound locked;
    locked.stream(0, "Workbook", start + record(0x002f, std::string(54, '\1')) + std::string(5000, '\7'));
    EXPECT_THAT(OpenedTree(view(locked.bytes())).unread_reasons(), ElementsAre("xls: encrypted"));
}

TEST(Word, PiecesAreReadInTheirOrder) {
    std::string document = little_bytes(0xa5ec, 2) + little_bytes(0xc1, 2) + std::string(6, '\0') + little_bytes(0x0200, 2);
    document.resize(0x1a2, '\0');
    document += little_bytes(0, 4) + little_bytes(33, 4);
    document.resize(1024, '\0');
    document += std::string("mple.com\r") + std::string(7, '\0') + utf16_of(u"пишите: jo@exa");
    document.resize(4200, '\0');
    // Two pieces: 14 letters of UTF-16 at 1040, 9 of 8 bits at 1024.
    const std::string table = "\2" + little_bytes(28, 4) + little_bytes(0, 4) + little_bytes(14, 4) + little_bytes(23, 4) + little_bytes(0, 2) + little_bytes(1040, 4) + little_bytes(0, 2) +
                              little_bytes(0, 2) + little_bytes(1024 * 2 | 0x40000000, 4) + little_bytes(0, 2);
    MadeCompound made;
    made.stream(0, "WordDocument", document);
    made.stream(0, "1Table", table);
    const OpenedTree tree(view(made.bytes()));
    ASSERT_TRUE(tree.child("doc:1"));
    EXPECT_EQ(tree.child("doc:1")->bytes, "пишите: jo@example.com\n");
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
    MadeCompound locked;
    locked.stream(0, "WordDocument", document.replace(10, 2, little_bytes(0x0300, 2)));
    EXPECT_THAT(OpenedTree(view(locked.bytes())).unread_reasons(), ElementsAre("doc: encrypted"));
}

std::string atom(unsigned head, unsigned type, const std::string& body) { return little_bytes(head, 2) + little_bytes(type, 2) + little_bytes(body.size(), 4) + body; }

TEST(PowerPoint, TextAndPackedObjects) {
    MadeCompound inner;
    inner.stream(0, "\1Ole10Native",
                 little_bytes(60, 4) + little_bytes(2, 2) + std::string("a.txt\0C:\\a.txt\0\0\0\3\0", 19) + little_bytes(4, 4) + std::string("tmp\0", 4) + little_bytes(13, 4) + "file contents");
    const std::string object = inner.bytes();
    std::string packed(object.size() + 100, '\0');
    uLongf size = packed.size();
    ASSERT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(object.data()), object.size()), Z_OK);
    packed.resize(size);
    const std::string body = atom(0, 0x0fa0, utf16_of(u"jo@example.com\rλ")) + atom(0, 0x0fa8, "in eight bits") + atom(0x10, 0x1011, little_bytes(object.size(), 4) + packed);
    MadeCompound made;
    made.stream(0, "PowerPoint Document", atom(15, 0x03e8, body) + std::string(5000, '\0'));
    const OpenedTree tree(view(made.bytes()));
    ASSERT_TRUE(tree.child("ppt"));
    EXPECT_EQ(tree.child("ppt")->bytes, "jo@example.com\nλ\nin eight bits\n");
    EXPECT_TRUE(tree.has_file("a.txt", "file contents"));
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
}

TEST(PropertySet, StringsAndLists) {
    const std::string title = little_bytes(0x1e, 4) + little_bytes(8, 4) + std::string("jo@x.org", 8);
    const std::string parts = little_bytes(0x101e, 4) + little_bytes(2, 4) + little_bytes(3, 4) + std::string("ab\0", 3) + little_bytes(4, 4) + std::string("cde\0", 4);
    const std::string wide = little_bytes(0x1f, 4) + little_bytes(3, 4) + utf16_of(u"äö") + std::string(4, '\0');
    const std::string rows = little_bytes(2, 4) + little_bytes(32, 4) + little_bytes(13, 4) + little_bytes(32 + title.size(), 4) + little_bytes(14, 4) + little_bytes(32 + title.size() + parts.size(), 4);
    const std::string set = little_bytes(0, 4) + little_bytes(3, 4) + rows + title + parts + wide;
    const std::string stream = little_bytes(0xfffe, 2) + std::string(22, '\0') + little_bytes(1, 4) + std::string(16, '\0') + little_bytes(48, 4) + set;
    MadeCompound made;
    made.stream(0, "\5SummaryInformation", stream);
    const OpenedTree tree(view(made.bytes()));
    ASSERT_TRUE(tree.child("oleprops"));
    EXPECT_EQ(tree.child("oleprops")->bytes, "jo@x.org\nab\ncde\näö\n");
}

TEST(Msg, TextPartsAndAttachments) {
    const std::string number = little_bytes(3, 2);
    MadeCompound made;
    made.stream(0, "__properties_version1.0", std::string(32, '\0') + number + little_bytes(0x3fde, 2) + little_bytes(0, 4) + little_bytes(1251, 8));
    made.stream(0, "__substg1.0_0037001F", utf16_of(u"Счёт"));
    made.stream(0, "__substg1.0_0C1A001F", utf16_of(u"Jo"));
    made.stream(0, "__substg1.0_5D01001E", "jo@example.com");
    made.stream(0, "__substg1.0_1000001F", utf16_of(u"pay to ann@example.org now"));
    made.stream(0, "__substg1.0_10130102", "<html><b>\xef\xf0\xe8</b>");
    made.stream(0, "__substg1.0_10090102", std::string(text_of(*from_hex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"))));
    made.stream(0, "__substg1.0_007D001F", utf16_of(u"From: a@x.org\r\nTo: b@x.org\r\nSubject: =?utf-8?B?aGk=?=\r\n\r\n"));
    const std::uint32_t to = made.storage(0, "__recip_version1.0_#00000000");
    made.stream(to, "__properties_version1.0", std::string(8, '\0') + number + little_bytes(0x0c15, 2) + little_bytes(0, 4) + little_bytes(2, 8));
    made.stream(to, "__substg1.0_3001001E", "Bo");
    made.stream(to, "__substg1.0_39FE001E", "bo@example.com");
    const std::uint32_t file = made.storage(0, "__attach_version1.0_#00000000");
    made.stream(file, "__properties_version1.0", std::string(8, '\0'));
    made.stream(file, "__substg1.0_37010102", "the file");
    made.stream(file, "__substg1.0_3707001F", utf16_of(u"счёт.txt"));
    const std::uint32_t inner = made.storage(made.storage(0, "__attach_version1.0_#00000001"), "__substg1.0_3701000D");
    made.stream(inner, "__properties_version1.0", std::string(24, '\0'));
    made.stream(inner, "__substg1.0_1000001F", utf16_of(u"the message inside"));
    const std::string bytes = made.bytes();
    const OpenedTree tree(view(bytes));
    ASSERT_TRUE(tree.child("msg:0"));
    EXPECT_THAT(tree.child("msg:0")->bytes, HasSubstr("Sender: Jo <jo@example.com>\nSubject: Счёт\n\npay to ann@example.org now\nCc: Bo <bo@example.com>\n"));
    EXPECT_THAT(tree.child("msg:" + std::to_string(inner))->bytes, HasSubstr("the message inside"));
    EXPECT_TRUE(tree.has_file("счёт.txt", "the file"));
    EXPECT_EQ(tree.child("lzfu")->bytes, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    EXPECT_EQ(tree.child("words")->bytes, "hi");
    const auto html = std::find_if(tree.children().begin(), tree.children().end(), [](const SeenChild& child) { return child.hints.media_type == "text/html"; });
    ASSERT_NE(html, tree.children().end());
    EXPECT_EQ(html->hints.charset, "windows-1251");
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
    // A string is given once: in the text, not as a stream too.
    EXPECT_FALSE(tree.child("ole:2/"));
}

// Every compound file of the test data, opened to the bottom; all that is given can be had again from its place.
TEST(Ole, RealAndHostileFiles) {
    const std::filesystem::path root = std::filesystem::path(PLUMBLINE_SHARED_DIR) / "data";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no shared data";
    unsigned count = 0;
    unsigned encrypted = 0;
    for (const char* folder : {"12-hostile/office-oletools", "12-hostile/documents-tika", "12-hostile/metadata-exiftool", "10-forensic/plaso", "10-forensic/bulk_extractor", "08-stix-misp/misp"}) {
        if (!std::filesystem::exists(root / folder)) continue;
        for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            if (!bytes.starts_with("\xd0\xcf\x11\xe0")) continue;
            SCOPED_TRACE(entry.path().filename().string());
            const OpenedTree tree(view(bytes));
            ++count;
            for (const std::string& reason : tree.unread_reasons()) {
                const std::string format = reason.substr(0, reason.find(':'));
                if (reason.ends_with(": encrypted")) ++encrypted;
                else EXPECT_FALSE(format == "ole" || format == "doc" || format == "xls" || format == "ppt" || format == "vba" || format == "lzfu" || format == "mail") << reason;
            }
        }
    }
    EXPECT_GE(count, 40U);
    EXPECT_GE(encrypted, 12U);
}

}  // namespace
}  // namespace plumbline::formats
