// SPDX-License-Identifier: Apache-2.0
// Real mailboxes, whole and damaged. libpff writes none, so none is made here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/fuzz_visitor.h"
#include "formats/ole/opened_tree.h"
#include "formats/memory_file.h"
#include "formats/pst/pst.h"

namespace plumbline::formats {
namespace {
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string shared_file(const std::string& name) {
    std::ifstream in(std::string(PLUMBLINE_SHARED_DIR) + "/data/10-forensic/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
constexpr const char* whole_name = "bulk_extractor/tests__Data__Outlook_Files__outlook.pst";

// A damaged mailbox leads libpff to places behind the end of the file.
TEST(MemoryFile, NothingIsReadBehindTheEnd) {
    const std::string bytes = "0123456789";
    const MemoryFile file(view(std::string_view(bytes).substr(0, 6)));
    ASSERT_TRUE(file.handle());
    std::uint8_t buffer[16] = {};
    ASSERT_EQ(libbfio_handle_open(file.handle(), LIBBFIO_OPEN_READ, nullptr), 1);
    EXPECT_EQ(libbfio_handle_seek_offset(file.handle(), 4, SEEK_SET, nullptr), 4);
    EXPECT_EQ(libbfio_handle_read_buffer(file.handle(), buffer, 16, nullptr), 2);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(buffer), 3), std::string("45\0", 3));
    EXPECT_EQ(libbfio_handle_seek_offset(file.handle(), 100, SEEK_SET, nullptr), 100);
    EXPECT_EQ(libbfio_handle_read_buffer(file.handle(), buffer, 16, nullptr), 0);
    EXPECT_EQ(libbfio_handle_seek_offset(file.handle(), -7, SEEK_END, nullptr), -1);
}

TEST(Pst, NoMailboxAtAll) {
    const std::string bytes = "!BDN" + std::string(2000, 'x');
    const OpenedTree tree(view(bytes));
    EXPECT_THAT(tree.unread_reasons(), ::testing::ElementsAre("pst: damaged, or in a form that is not read"));
    EXPECT_EQ(tree.children().at(0).bytes, bytes);
    Budget budget;
    EXPECT_FALSE(decode_pst(view(bytes), "33/text", budget));
}

TEST(Pst, MessagesAreGivenAndHadAgain) {
    const std::string bytes = shared_file(whole_name);
    if (bytes.empty()) GTEST_SKIP() << "no shared data";
    const OpenedTree tree(view(bytes));
    const SeenChild* message = tree.child("pst:2097252/text");
    ASSERT_TRUE(message);
    EXPECT_THAT(message->bytes, HasSubstr("To: user@outlook.com\nSubject: a test message for outlook\n\nThis is a test outlook message.\r\n"));
    EXPECT_TRUE(tree.child("pst:2097252/html"));
    EXPECT_TRUE(tree.child("pst:r0/text") || tree.child("pst:r0/other"));
    EXPECT_THAT(tree.shown(), HasSubstr("a test message for outlook"));
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
    Budget budget;
    for (const char* argument : {"", "r", "r99999/text", "o99999/text", "2097252/nothing", "2097252/a7/text", "99999999999/text", "2097252"}) EXPECT_FALSE(decode_pst(view(bytes), argument, budget)) << argument;
}

// The password of a mailbox is a checksum beside its data, which stands as open as without it.
TEST(Pst, APasswordHidesNothing) {
    const std::string bytes = shared_file("pst/passworded.pst");
    if (bytes.empty()) GTEST_SKIP() << "no shared data";
    const OpenedTree tree(view(bytes));
    EXPECT_TRUE(tree.child("pst:2097188/text")) << tree.shown();
    EXPECT_THAT(tree.unread_reasons(), IsEmpty());
}

TEST(Pst, DamageStaysWithinTheBudget) {
    const std::string bytes = shared_file(whole_name);
    if (bytes.empty()) GTEST_SKIP() << "no shared data";
    std::uint32_t seed = 7;
    for (unsigned round = 0; round < 30; ++round) {
        std::string damaged = bytes;
        for (unsigned i = 0; i < 50; ++i) {
            seed = seed * 1664525 + 1013904223;
            damaged[(seed >> 8) % damaged.size()] = static_cast<char>(seed >> 3);
        }
        if (round % 3 == 0) damaged.resize(seed % damaged.size());
        FuzzVisitor visitor(damaged.size());
        Budget budget = small_budget();
        if (looks_like_pst(view(damaged), {})) open_pst(view(damaged), {}, budget, visitor);
    }
}

}  // namespace
}  // namespace plumbline::formats
