// SPDX-License-Identifier: Apache-2.0
#include "intake/import_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "intake/file_reader.h"
#include "store/test_folder.h"

namespace plumbline::intake {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;

class ImportSourceTest : public testing::Test {
  protected:
    std::string write(const std::string& name, std::string_view text) {
        const fs::path path = folder_.file(name);
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }
    std::vector<ImportItem> items_of(const std::vector<std::string>& paths, const ImportLimits& limits = {}) {
        auto source = ImportSource::open(paths, limits);
        EXPECT_TRUE(source.has_value()) << source.error().message;
        std::vector<ImportItem> items;
        if (!source) return items;
        while (auto item = (*source)->next()) items.push_back(std::move(*item));
        EXPECT_EQ((*source)->bytes_read(), (*source)->bytes_total());
        return items;
    }
    static std::vector<std::string> texts_of(const std::vector<ImportItem>& items) {
        std::vector<std::string> texts;
        for (const ImportItem& item : items) texts.push_back(item.refused ? "refused: " + item.refused->message : std::string(text_of(item.bytes)));
        return texts;
    }
    TestFolder folder_;
};

constexpr std::string_view from_line = "From jo@example.org  Thu Aug 22 15:05:07 2002\n";

TEST_F(ImportSourceTest, mbox_is_cut_at_its_lines_and_unquoted) {
    const std::string box = std::string(from_line) + "Subject: one\n\nFrom here on we walk.\n>From there.\n>>From two.\n\n" + std::string(from_line) +
                            "Subject: two\r\n\r\nbody\r\n\r\n" + std::string(from_line) + "Subject: three, without an end";
    EXPECT_THAT(texts_of(items_of({write("a.mbox", box)})),
                ElementsAre("Subject: one\n\nFrom here on we walk.\nFrom there.\n>From two.\n", "Subject: two\r\n\r\nbody\r\n", "Subject: three, without an end"));
    const auto items = items_of({folder_.file("a.mbox")});
    EXPECT_EQ(items[1].place, folder_.file("a.mbox") + ", mail 2");
}

TEST_F(ImportSourceTest, a_from_in_the_text_is_no_new_mail) {
    const std::string box = std::string(from_line) + "Subject: one\n\nHello\n\nFrom my house to yours.\n" + std::string(from_line) + "not after an empty line\n";
    EXPECT_THAT(items_of({write("a.mbox", box)}), SizeIs(1));
}

TEST_F(ImportSourceTest, files_are_known_by_how_they_begin) {
    write("d/1.txt", std::string(from_line) + "Subject: box\n\nx\n");
    write("d/2.txt", "Return-Path: <x@y>\nSubject: mail\n\nx\n");
    write("d/3.bin", std::string_view("\x7f" "ELF\0\1", 6));
    write("d/4.eml", "");
    write("d/.hidden", "Subject: not looked at\n\n");
    write("d/5.jsonl", "{\"text\":\"one\"}\n\n{\"text\":\"two\"}");
    const auto items = items_of({folder_.file("d")});
    ASSERT_THAT(items, SizeIs(6));
    EXPECT_THAT(text_of(items[0].bytes), testing::StartsWith("Subject: box"));
    EXPECT_THAT(text_of(items[1].bytes), testing::StartsWith("Return-Path"));
    EXPECT_EQ(items[2].refused->kind, ErrorKind::unsupported);
    EXPECT_EQ(items[3].refused->kind, ErrorKind::invalid);
    EXPECT_EQ(items[4].kind, ImportKind::json);
    EXPECT_EQ(items[5].place, folder_.file("d/5.jsonl") + ":3");
    EXPECT_EQ(text_of(items[5].bytes), "{\"text\":\"two\"}");
}

TEST_F(ImportSourceTest, a_maildir_gives_cur_and_new) {
    write("Maildir/cur/1:2,S", "Subject: cur\n\nx");
    write("Maildir/new/2", "anything at all is a mail here");
    write("Maildir/tmp/3", "Subject: not whole");
    write("Maildir/maildirsize", "100S\n");
    write("Maildir/.Junk/cur/4", "Subject: junk\n\nx");
    fs::create_directories(folder_.file("Maildir/.Junk/new"));
    EXPECT_THAT(texts_of(items_of({folder_.file("Maildir")})), ElementsAre("Subject: junk\n\nx", "Subject: cur\n\nx", "anything at all is a mail here"));
    EXPECT_THAT(items_of({folder_.file("Maildir/new")}), SizeIs(1));
}

TEST_F(ImportSourceTest, limits_refuse_one_item_and_go_on) {
    const std::string big = std::string(from_line) + "Subject: big\n\n" + std::string(500'000, 'x') + "\n\n" + std::string(from_line) + "Subject: small\n\nx\n";
    ImportLimits limits;
    limits.mail_bytes_max = 200'000;
    limits.line_bytes_max = 100'000;
    auto items = items_of({write("a.mbox", big)}, limits);
    ASSERT_THAT(items, SizeIs(2));
    EXPECT_EQ(items[0].refused->kind, ErrorKind::too_large);
    EXPECT_FALSE(items[1].refused.has_value());
    EXPECT_THAT(items_of({write("b.eml", big)}, limits)[0].refused->message, HasSubstr("200000"));
    items = items_of({write("c.jsonl", std::string(300'000, '{') + "\n{\"a\":1}\n")}, limits);
    ASSERT_THAT(items, SizeIs(2));
    EXPECT_EQ(items[0].refused->kind, ErrorKind::too_large);
    EXPECT_EQ(text_of(items[1].bytes), "{\"a\":1}\n");
}

TEST_F(ImportSourceTest, links_in_folders_are_not_followed) {
    write("outside/secret.eml", "Subject: secret\n\n");
    write("d/1.eml", "Subject: one\n\n");
    fs::create_symlink(folder_.file("outside/secret.eml"), folder_.file("d/2.eml"));
    fs::create_directory_symlink(folder_.file("outside"), folder_.file("d/3"));
    EXPECT_THAT(items_of({folder_.file("d")}), SizeIs(1));
}

TEST_F(ImportSourceTest, says_what_is_not_there) {
    EXPECT_EQ(ImportSource::open({folder_.file("nothing")}, {}).error().kind, ErrorKind::not_found);
    EXPECT_EQ(ImportSource::open({folder_.path()}, {}).error().kind, ErrorKind::invalid);
    ImportLimits limits;
    limits.files_max = 1;
    write("1.eml", "a: b\n");
    write("2.eml", "a: b\n");
    EXPECT_EQ(ImportSource::open({folder_.path()}, limits).error().kind, ErrorKind::invalid);
}

// Whatever a box is cut into, its pieces never cross a buffer wrongly: all lengths around the buffer's.
TEST_F(ImportSourceTest, lines_around_the_size_of_a_piece) {
    for (std::size_t size = 65'530; size < 65'545; ++size) {
        const std::string mail = "Subject: x\n\n" + std::string(size, 'y') + "\nend\n";
        const std::string box = std::string(from_line) + mail + "\n" + std::string(from_line) + mail;
        EXPECT_THAT(texts_of(items_of({write("a.mbox", box)})), ElementsAre(mail, mail)) << size;
    }
}

TEST_F(ImportSourceTest, real_mails_come_whole) {
    const fs::path corpus = PLUMBLINE_SHARED_DIR "/data/02-email-spamassassin/spam-1";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no corpus in " << corpus;
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(corpus)) files += entry.is_regular_file() ? 1U : 0U;
    const auto items = items_of({corpus.string()});
    EXPECT_EQ(items.size(), files);
    for (const ImportItem& item : items) EXPECT_FALSE(item.refused.has_value()) << item.place;
}

TEST(MboxLineTest, is_read_generously_but_not_blindly) {
    EXPECT_TRUE(is_mbox_line("From Stewart.Smith@ee.ed.ac.uk  Thu Aug 22 15:05:07 2002\n"));
    EXPECT_TRUE(is_mbox_line("From - Wed Sep  4 07:52:59 2024"));
    EXPECT_TRUE(is_mbox_line("From MAILER-DAEMON Fri Jul  8 12:08:34 2011 +0200\n"));
    EXPECT_FALSE(is_mbox_line("From my house to yours.\n"));
    EXPECT_FALSE(is_mbox_line("From 2002 on, at 15:05, "));
    EXPECT_FALSE(is_mbox_line("from jo@example.org Thu Aug 22 15:05:07 2002"));
}

}  // namespace
}  // namespace plumbline::intake
