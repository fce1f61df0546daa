// SPDX-License-Identifier: Apache-2.0
// Archives, compressed streams, mailboxes and XML: made by the same library's writer or by hand, and hostile files.
#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "formats/archive/archive.h"
#include "formats/fuzz_visitor.h"
#include "formats/gzip/gzip.h"

namespace plumbline::formats {
namespace {
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Kept final : Visitor {
    explicit Kept(ByteView bytes) : bytes_(bytes) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints&, bool) override { children.emplace_back("window", std::string(text_of(bytes_.subspan(begin, end - begin)))); }
    void decoded(Decoded&& child, const Hints& hints, bool is_view) override {
        children.emplace_back(child.decoder, std::string(text_of(child.bytes)));
        names.push_back(hints.name);
        // Whatever is given can be had again from its place.
        const std::size_t colon = std::min(child.decoder.find(':'), child.decoder.size());
        Budget budget;
        const Result<Bytes> again = decode_at(bytes_, child.offset, child.decoder.substr(0, colon), child.decoder.substr(std::min(colon + 1, child.decoder.size())), budget);
        const bool is_same = again && again->size() >= child.bytes.size() && std::equal(child.bytes.begin(), child.bytes.end(), again->begin());
        EXPECT_TRUE(is_view || (is_same && (!child.damage.empty() || again->size() == child.bytes.size()))) << child.decoder;
    }
    void unread(std::uint64_t, std::string_view, std::string reason) override { damage.push_back(std::move(reason)); }
    void readable(std::string_view) override {}
    std::vector<std::pair<std::string, std::string>> children;
    std::vector<std::string> names;
    std::vector<std::string> damage;

  private:
    ByteView bytes_;
};
Kept opened(std::string_view bytes, std::string_view format, Budget budget = {}) {
    const Format& found = detect(view(bytes), {});
    EXPECT_EQ(found.name, format);
    Kept kept(view(bytes));
    found.open(view(bytes), {}, budget, kept);
    return kept;
}

std::string packed(int (*format)(archive*), int (*filter)(archive*), const std::vector<std::pair<std::string, std::string>>& files) {
    std::string out(4 << 20, '\0');
    std::size_t used = 0;
    archive* writer = archive_write_new();
    EXPECT_EQ(format(writer), ARCHIVE_OK);
    EXPECT_TRUE(!filter || filter(writer) == ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(writer, 1);
    EXPECT_EQ(archive_write_open_memory(writer, out.data(), out.size(), &used), ARCHIVE_OK);
    for (const auto& [name, bytes] : files) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
        EXPECT_EQ(archive_write_data(writer, bytes.data(), bytes.size()), static_cast<la_ssize_t>(bytes.size()));
        archive_entry_free(entry);
    }
    EXPECT_EQ(archive_write_close(writer), ARCHIVE_OK);
    archive_write_free(writer);
    out.resize(used);
    return out;
}
const std::vector<std::pair<std::string, std::string>> two = {{"a.txt", "write to jo@example.com\n"}, {"dir/b.txt", std::string(3000, 'x') + "\nend\n"}};

TEST(Archive, EveryFormatGivesItsFiles) {
    const std::pair<const char*, int (*)(archive*)> formats[] = {{"tar", archive_write_set_format_ustar}, {"tar", archive_write_set_format_pax}, {"tar", archive_write_set_format_gnutar},
                                                                 {"7z", archive_write_set_format_7zip},   {"iso", archive_write_set_format_iso9660}};
    for (const auto& [name, format] : formats) {
        Kept kept = opened(packed(format, nullptr, two), "archive");
        std::sort(kept.children.begin(), kept.children.end(), [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
        ASSERT_EQ(kept.children.size(), 2U) << name;
        EXPECT_EQ(kept.children[0].second, two[0].second) << name;
        EXPECT_EQ(kept.children[1].second, two[1].second) << name;
        EXPECT_TRUE(kept.children[0].first.starts_with(std::string(name) + ":")) << kept.children[0].first;
        EXPECT_THAT(kept.damage, IsEmpty()) << name;
    }
}

TEST(Archive, EveryStreamGivesItsBytes) {
    const std::pair<const char*, int (*)(archive*)> filters[] = {{"bzip2", archive_write_add_filter_bzip2}, {"xz", archive_write_add_filter_xz},     {"lzma", archive_write_add_filter_lzma},
                                                                 {"lzip", archive_write_add_filter_lzip},   {"zstd", archive_write_add_filter_zstd}, {"lz4", archive_write_add_filter_lz4},
                                                                 {"compress", archive_write_add_filter_compress}};
    for (const auto& [name, filter] : filters) {
        const std::string bytes = packed(archive_write_set_format_raw, filter, {{"x", two[1].second}});
        const Kept kept = opened(bytes, "compressed");
        ASSERT_EQ(kept.children.size(), 1U) << name;
        EXPECT_EQ(kept.children[0].first, name);
        EXPECT_EQ(kept.children[0].second, two[1].second) << name;
        EXPECT_THAT(kept.damage, IsEmpty()) << name;
        if (name == std::string_view("compress")) continue;  // it has no end that could be missed
        EXPECT_EQ(opened(bytes.substr(0, bytes.size() / 2), "compressed").damage.size(), 1U) << name;
    }
}

TEST(Archive, DamageBombsAndLies) {
    const std::string tar = packed(archive_write_set_format_ustar, nullptr, two);
    const Kept cut = opened(tar.substr(0, 2000), "archive");
    EXPECT_EQ(cut.children.at(0).second, two[0].second);
    EXPECT_EQ(cut.damage.size(), 1U);
    std::string wrong = packed(archive_write_set_format_7zip, nullptr, two);
    wrong[wrong.size() - 5] ^= 0x55;
    EXPECT_EQ(opened(wrong, "archive").damage.size(), 1U);
    const std::string bomb = packed(archive_write_set_format_raw, archive_write_add_filter_xz, {{"x", std::string(3 << 20, '\0')}});
    Budget small;
    small.bytes_out_left = 1 << 20;
    const Kept kept = opened(bomb, "compressed", small);
    EXPECT_THAT(kept.damage, ElementsAre("xz: over the budget of decoded bytes"));
    EXPECT_LE(kept.children.at(0).second.size(), std::size_t{1} << 20);
    Budget few;
    few.items_left = 1;
    EXPECT_THAT(opened(tar, "archive", few).damage, ElementsAre("tar: over the budget of items"));
    Budget budget;
    for (const char* argument : {"", "0/x", "3/x", "x", "99999999999999999999"}) EXPECT_FALSE(decode_archive(view(tar), "tar", argument, budget)) << argument;
}

TEST(Archive, TextsAreNone) {
    for (const char* text : {"BZh is how bzip2 starts a file", "x^ 2 + 1 = 0, and more text behind it", "Rar! it said", "070701 is a number in this text", "!<arch> is not enough, no"})
        EXPECT_EQ(detect(view(text), {}).name, "text") << text;
}

TEST(Zlib, StreamAlone) {
    std::string out(4096, '\0');
    uLongf size = out.size();
    ASSERT_EQ(compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(two[1].second.data()), two[1].second.size()), Z_OK);
    out.resize(size);
    EXPECT_THAT(opened(out, "zlib").children, ElementsAre(std::pair<std::string, std::string>("zlib", two[1].second)));
    EXPECT_THAT(opened(out + "more", "zlib").damage, ElementsAre("zlib: bytes behind the end"));
    EXPECT_THAT(opened(out.substr(0, out.size() - 6), "zlib").damage, ElementsAre("zlib: cut short"));
}

TEST(Mbox, MailsBehindEachOther) {
    const std::string one = "From a@example.com Thu Aug 22 12:36:23 2002\nFrom: a@example.com\nTo: b@example.com\nSubject: x\n\nhi\nFrom here on\n\nFrom the start of a line\nit goes on\n\n";
    const Kept kept = opened(one + one, "mbox");
    ASSERT_EQ(kept.children.size(), 2U);
    EXPECT_EQ(kept.children[0].second, one);
    EXPECT_EQ(kept.children[1].second, one);
    EXPECT_NE(detect(view(one), {}).name, "mbox");
}

TEST(Xml, RunsAreJoinedAndParagraphsAreNot) {
    const Kept kept = opened("<?xml version=\"1.0\"?><w:document><w:body><w:p><w:r><w:t>jo@exam</w:t></w:r><w:r><w:t>ple.com</w:t></w:r></w:p><w:p><w:r><w:t>Next</w:t></w:r></w:p></w:body></w:document>", "xml");
    EXPECT_NE(kept.children.at(0).second.find("jo@example.com\nNext"), std::string::npos) << kept.children.at(0).second;
}

TEST(Archive, HostileFilesStayWithinTheBudget) {
    const std::string root = std::string(PLUMBLINE_SHARED_DIR) + "/data/12-hostile/archives-libarchive";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no shared data";
    unsigned opened_count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        FuzzVisitor visitor(bytes.size());
        Budget budget = small_budget();
        const Format& format = detect(view(bytes), {});
        format.open(view(bytes), {}, budget, visitor);
        opened_count += format.name == "archive" || format.name == "compressed";
    }
    EXPECT_GT(opened_count, 20U);
}

}  // namespace
}  // namespace plumbline::formats
