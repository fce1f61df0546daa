// SPDX-License-Identifier: Apache-2.0
// Known answers of each format, the damage that each one names, and the decoders against libraries that do the same.
#include <archive.h>
#include <archive_entry.h>
#include <gmime/gmime.h>
#include <gumbo.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/hash.h"
#include "formats/format.h"
#include "formats/gzip/gzip.h"
#include "formats/html/html.h"
#include "formats/mail/mail.h"
#include "formats/mail/transfer.h"
#include "formats/text/charset.h"
#include "formats/zip/zip.h"

namespace plumbline::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string file_bytes(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
std::vector<std::filesystem::path> files_in(const std::string& root, const std::string& ending) {
    std::vector<std::filesystem::path> out;
    if (!std::filesystem::exists(root)) return out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
        if (entry.is_regular_file() && entry.path().string().ends_with(ending)) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}

// Keeps what a format gives.
struct Kept final : Visitor {
    explicit Kept(ByteView bytes) : bytes_(bytes) {}
    void window(std::uint64_t begin, std::uint64_t end, const Hints& hints, bool is_own) override {
        if (!is_own) children.push_back({std::to_string(begin), hints, std::string(text_of(bytes_.subspan(begin, end - begin)))});
        else own += text_of(bytes_.subspan(begin, end - begin));
    }
    void decoded(Decoded&& child, const Hints& hints, bool) override {
        children.push_back({std::to_string(child.offset) + "-" + child.decoder, hints, std::string(text_of(child.bytes))});
    }
    void unread(std::uint64_t offset, std::string_view decoder, std::string reason) override {
        damage.push_back(std::to_string(offset) + " " + std::string(decoder) + ": " + reason);
    }
    void readable(std::string_view utf8) override { shown += utf8; }
    struct Child {
        std::string where;
        Hints hints;
        std::string bytes;
    };
    ByteView bytes_;
    std::vector<Child> children;
    std::vector<std::string> damage;
    std::string own;
    std::string shown;
};
Kept opened(std::string_view text, const Budget& budget_given = {}) {
    Kept kept(view(text));
    Budget budget = budget_given;
    detect(view(text), {}).open(view(text), {}, budget, kept);
    return kept;
}

TEST(Detect, ByContent) {
    EXPECT_EQ(detect(view("From: a\nTo: b\nSubject: c\n\nx"), {}).name, "mail");
    EXPECT_EQ(detect(view("From a@b Mon\nReceived: x\nDate: y\nX-A: 1\nSubject: z\n"), {}).name, "mail");
    EXPECT_EQ(detect(view("Dear Sir: I write\nTo: you\n"), {}).name, "text");
    EXPECT_EQ(detect(view(" \n<!DOCTYPE html><p>"), {}).name, "html");
    EXPECT_EQ(detect(view("PK\3\4"), {}).name, "zip");
    EXPECT_EQ(detect(view(std::string_view("\0\1\2\3\4\5", 6)), {}).name, "unknown");
    EXPECT_EQ(detect({}, {}).name, "text");
}

TEST(Transfer, Base64) {
    const auto decode = [](std::string_view text) {
        Budget budget;
        return decode_base64(view(text), budget);
    };
    EXPECT_EQ(text_of(decode("aGVsbG8gd29ybGQ=").bytes), "hello world");
    EXPECT_EQ(text_of(decode("aGVs\r\nbG8 g\r\nd29y bGQ\r\n").bytes), "hello world");
    EXPECT_EQ(decode("aGVs\nbG8=\n--b").size_in, 9U);
    EXPECT_EQ(decode("aGVsbG8=\nfooter").damage, "base64: ends before its part does");
    EXPECT_EQ(decode("aGVsbG8=\n").damage, "");
    const Decoded lines = decode("aGVs\nbG8g\nd29y");
    EXPECT_EQ(lines.map.source_of(0), 0U);
    EXPECT_EQ(lines.map.source_of(3), 5U);
    EXPECT_EQ(lines.map.source_of(6), 10U);
    for (const std::string_view plain : {"", "a", "ab", "abc", "abcd"}) EXPECT_EQ(text_of(decode(to_base64(view(plain))).bytes), plain);
    // Groups that are taken at once end before what needs a second look, at every place.
    for (std::size_t before = 0; before < 800; before = before < 12 ? before + 1 : before + 97) {
        const std::string letters(before, 'Q');
        EXPECT_EQ(decode(letters + "--b").size_in, before) << before;
        EXPECT_EQ(decode(letters + "-Q_Q.").size_in, before + 4) << before;
        EXPECT_EQ(decode(letters + "-Q_QQQQQ").bytes, decode(letters + "+Q/QQQQQ").bytes) << before;
    }
}

TEST(Transfer, QuotedPrintableKeepsPlaces) {
    Budget budget;
    const Decoded out = decode_quoted_printable(view("a=3Db=\r\nc=zz =E4= \n="), budget);
    EXPECT_EQ(text_of(out.bytes), "a=bc=zz \xe4=");
    EXPECT_EQ(out.map.same_at(0, 1), 0U);
    EXPECT_FALSE(out.map.same_at(1, 1));
    EXPECT_EQ(out.map.same_at(2, 1), 4U);
    EXPECT_FALSE(out.map.same_at(2, 2));
    EXPECT_EQ(out.map.same_at(3, 1), 8U);
}

TEST(Transfer, EncodedWords) {
    const auto words = [](std::string_view text) {
        Budget budget;
        return decode_words(view(text), budget).utf8;
    };
    // The examples of RFC 2047 section 8, and a letter of UTF-8 cut between two words.
    EXPECT_EQ(words("=?ISO-8859-1?Q?a?= b"), "a");
    EXPECT_EQ(words("=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?="), "ab");
    EXPECT_EQ(words("=?ISO-8859-1?Q?a_b?="), "a b");
    EXPECT_EQ(words("=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?="), "Keld J\xc3\xb8rn Simonsen");
    EXPECT_EQ(words("=?utf-8?Q?=C3?=\r\n =?utf-8?Q?=B6?="), "\xc3\xb6");
    EXPECT_EQ(words("=?koi8-r?B?1MXT1A==?="), "\xd1\x82\xd0\xb5\xd1\x81\xd1\x82");
    EXPECT_EQ(words("=?utf-8?X?a?="), "");
}

TEST(Mail, PartsAndPlaces) {
    const std::string mail = file_bytes(PLUMBLINE_ROOM_DIR "/mail/corpus/mail_fuzz/parts.eml");
    const Kept kept = opened(mail);
    ASSERT_EQ(kept.children.size(), 5U);
    EXPECT_EQ(kept.children[0].bytes, "J\xc3\xb6");
    EXPECT_EQ(kept.children[2].bytes, "Pay to http://example.com/a?bc now.");
    EXPECT_EQ(kept.children[2].where, std::to_string(mail.find("Pay to")) + "-qp");
    EXPECT_EQ(kept.children[3].where, std::to_string(mail.find("<html>")));
    EXPECT_TRUE(kept.children[3].hints.is_repeated);
    EXPECT_EQ(kept.children[4].hints.name, "a b.zip");
    EXPECT_TRUE(kept.children[4].hints.is_file);
    EXPECT_EQ(detect(view(kept.children[4].bytes), {}).name, "zip");
    EXPECT_THAT(kept.shown, HasSubstr("From: J\xc3\xb6 <jo@example.com>\n"));
    EXPECT_THAT(kept.own, HasSubstr("preamble"));
    EXPECT_THAT(kept.own, HasSubstr("epilogue"));
    EXPECT_TRUE(kept.damage.empty());
}

TEST(Mail, DamageIsNamed) {
    const std::string mail = file_bytes(PLUMBLINE_ROOM_DIR "/mail/corpus/mail_fuzz/parts.eml");
    const std::string_view whole = mail;
    EXPECT_THAT(opened(whole.substr(0, whole.find("--b1--"))).damage, ElementsAre(HasSubstr("the last part has no end")));
    EXPECT_THAT(opened("From: a\nTo: b\nSubject: c\nContent-Type: multipart/mixed; boundary=x\n\nbody").damage, ElementsAre(HasSubstr("no part starts with the boundary")));
    std::string deep = "From: a\nTo: b\nSubject: c\n";
    for (int i = 0; i < 60; ++i) deep += "Content-Type: message/rfc822\n\n";
    EXPECT_THAT(opened(deep).damage, ElementsAre(HasSubstr("nested too deep")));
}

TEST(Html, TextMarkupAndPlaces) {
    const std::string_view page = "<p>jo<b>&#64;</b>example&period;com<br>x &lt; y &copy=1 <a href='http://e.com/?a=1&amp;b&copy=2'>z</a><script>s()</script>&#x80;";
    Budget budget;
    const HtmlViews views = read_html(view(page), budget);
    EXPECT_EQ(text_of(views.text.bytes), "jo@example.com\nx < y \xc2\xa9=1 z\xe2\x82\xac");
    EXPECT_EQ(text_of(views.markup.bytes), "http://e.com/?a=1&b&copy=2\ns()\n");
    EXPECT_EQ(views.text.map.same_at(0, 2), 3U);
    EXPECT_FALSE(views.text.map.same_at(0, 3));
    EXPECT_EQ(views.text.map.same_at(3, 7), page.find("example"));
}

TEST(Html, ReferencesAsInTheStandard) {
    const auto reference = [](std::string_view text, bool in_attribute) {
        std::string out;
        const std::size_t size = character_reference(text, in_attribute, out);
        return std::to_string(size) + out;
    };
    EXPECT_EQ(reference("&notit;", false), "4\xc2\xac");
    EXPECT_EQ(reference("&notin;", false), "7\xe2\x88\x89");
    EXPECT_EQ(reference("&notit;", true), "0");
    EXPECT_EQ(reference("&copy;", true), "6\xc2\xa9");
    EXPECT_EQ(reference("&#x110000;", false), "10\xef\xbf\xbd");
    EXPECT_EQ(reference("&#;", false), "0");
    EXPECT_EQ(reference("&nosuch;", false), "0");
}

std::string deflated(const std::string& plain, int window_bits) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(plain.size() + 1000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

TEST(Gzip, MembersDamageAndBombs) {
    const std::string one = deflated("hello ", 31);
    EXPECT_EQ(opened(one + one).children.at(0).bytes, "hello hello ");
    const Kept cut = opened(one.substr(0, one.size() - 9));
    EXPECT_THAT(cut.damage, ElementsAre("0 gzip: gzip: cut short"));
    EXPECT_THAT(opened(one + "x").damage, ElementsAre("0 gzip: gzip: bytes behind the last member"));
    Budget budget;
    budget.bytes_out_left = 1'000'000;
    const Kept bomb = opened(deflated(std::string(20'000'000, '\0'), 31), budget);
    EXPECT_THAT(bomb.damage, ElementsAre("0 gzip: gzip: over the budget of decoded bytes"));
    EXPECT_LE(bomb.children.at(0).bytes.size(), 1'000'000U);
}

TEST(Zip, EntriesAndDamage) {
    const std::string zip = file_bytes(PLUMBLINE_ROOM_DIR "/zip/corpus/zip_fuzz/two.zip");
    const Kept kept = opened(zip);
    ASSERT_EQ(kept.children.size(), 2U);
    EXPECT_EQ(kept.children[0].where, "0-zip:a%2Db.txt");
    EXPECT_EQ(kept.children[0].hints.name, "a-b.txt");
    EXPECT_TRUE(kept.damage.empty());
    std::string changed = zip;
    changed[changed.find("a@example.com")] = 'b';
    EXPECT_THAT(opened(changed).damage, ElementsAre(HasSubstr("the checksum is wrong")));
    std::string locked = zip;
    locked[locked.find("PK\1\2") + 8] |= 1;
    EXPECT_THAT(opened(locked).damage, ElementsAre(HasSubstr("encrypted")));
    const Kept headless = opened(zip.substr(0, zip.find("PK\1\2")));
    EXPECT_EQ(headless.children.size(), 2U);
    EXPECT_THAT(headless.damage, ElementsAre(HasSubstr("the central directory is not there")));
    const Kept moved = opened("PK\3\4junk in front" + zip);
    EXPECT_EQ(moved.children.size(), 2U);
    EXPECT_EQ(moved.children.at(0).where, "17-zip:a%2Db.txt");
}

// libarchive reads the same entries with the same bytes.
TEST(Zip, AgreesWithLibarchive) {
    auto files = files_in("/usr/share/java", ".jar");
    for (const auto& path : files_in(std::string(PLUMBLINE_SHARED_DIR) + "/data/12-hostile/documents-tika", "x")) files.push_back(path);
    std::size_t compared = 0;
    for (const auto& path : files) {
        const std::string bytes = file_bytes(path);
        if (compared == 25 || !looks_like_zip(view(bytes), {}) || bytes.size() > 400'000) continue;
        archive* reader = archive_read_new();
        archive_read_support_format_zip_seekable(reader);
        std::map<std::string, std::string> theirs;
        bool is_clean = archive_read_open_memory(reader, bytes.data(), bytes.size()) == ARCHIVE_OK;
        archive_entry* entry = nullptr;
        while (is_clean && archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
            if (archive_entry_filetype(entry) != AE_IFREG) continue;
            std::string data;
            char block[65536];
            la_ssize_t got = 0;
            while ((got = archive_read_data(reader, block, sizeof block)) > 0) data.append(block, static_cast<std::size_t>(got));
            is_clean &= got == 0;
            if (archive_entry_pathname(entry)) theirs[archive_entry_pathname(entry)] = sha256(view(data)).hex();
        }
        archive_read_free(reader);
        const Kept kept = opened(bytes);
        if (!is_clean || !kept.damage.empty()) continue;
        std::map<std::string, std::string> ours;
        for (const auto& child : kept.children) ours[child.hints.name] = sha256(view(child.bytes)).hex();
        EXPECT_EQ(ours, theirs) << path;
        ++compared;
    }
    if (compared == 0) GTEST_SKIP() << "no zip files to compare on";
}

// The decoded leaves that gmime finds, in order, as hashes of their bytes.
void add_leaves(GMimeObject* part, std::vector<std::string>& out) {
    if (GMIME_IS_MULTIPART(part)) {
        for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(part)); ++i) add_leaves(g_mime_multipart_get_part(GMIME_MULTIPART(part), i), out);
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        if (message && message->mime_part) add_leaves(message->mime_part, out);
    } else if (GMIME_IS_PART(part)) {
        GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(part));
        GMimeStream* stream = g_mime_stream_mem_new();
        if (content) g_mime_data_wrapper_write_to_stream(content, stream);
        GByteArray* held = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
        const std::string bytes(reinterpret_cast<const char*>(held->data), held->len);
        if (!bytes.empty()) out.push_back(bytes);
        g_object_unref(stream);
    }
}

TEST(Mail, AgreesWithGmimeOnRealMails) {
    const auto files = files_in(std::string(PLUMBLINE_SHARED_DIR) + "/data/02-email-spamassassin", ".txt");
    if (files.empty()) GTEST_SKIP() << "no shared data";
    g_mime_init();
    std::size_t same = 0;
    std::size_t all = 0;
    for (std::size_t i = 0; i < files.size(); i += 9) {
        const std::string bytes = file_bytes(files[i]);
        GMimeStream* stream = g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size());
        GMimeParser* parser = g_mime_parser_new_with_stream(stream);
        g_mime_parser_set_format(parser, bytes.starts_with("From ") ? GMIME_FORMAT_MBOX : GMIME_FORMAT_MESSAGE);
        GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
        std::vector<std::string> theirs;
        if (message && message->mime_part) add_leaves(message->mime_part, theirs);
        const Kept kept = opened(bytes);
        std::vector<std::string> ours;
        for (const auto& child : kept.children)
            if (!child.where.ends_with("-words")) ours.push_back(child.bytes);
        ++all;
        // Line ends at the end of a part are counted to the boundary by one and to the part by the other.
        const auto trimmed = [](std::vector<std::string> parts) {
            for (std::string& part : parts)
                while (!part.empty() && (part.back() == '\n' || part.back() == '\r')) part.pop_back();
            std::erase(parts, "");
            return parts;
        };
        same += trimmed(ours) == trimmed(theirs);
        if (message) g_object_unref(message);
        g_object_unref(parser);
        g_object_unref(stream);
    }
    // Mails without their end, and text behind the end of base64, are read differently on purpose.
    EXPECT_GE(same * 100, all * 98) << same << " of " << all;
    RecordProperty("same", static_cast<int>(same));
    RecordProperty("all", static_cast<int>(all));
}

std::string letters_only(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (static_cast<unsigned char>(c) > ' ') out.push_back(c);
    return out;
}
void add_text(const GumboNode* node, std::string& out) {
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE || node->type == GUMBO_NODE_CDATA) out += node->v.text.text;
    if (node->type != GUMBO_NODE_ELEMENT || node->v.element.tag == GUMBO_TAG_SCRIPT || node->v.element.tag == GUMBO_TAG_STYLE) return;
    for (unsigned i = 0; i < node->v.element.children.length; ++i) add_text(static_cast<const GumboNode*>(node->v.element.children.data[i]), out);
}

// A tree builder moves text that stands in wrong places of a table, so letters are compared as a bag.
TEST(Html, AgreesWithGumboOnRealMails) {
    const auto files = files_in(std::string(PLUMBLINE_SHARED_DIR) + "/data/02-email-spamassassin/spam-2", ".txt");
    if (files.empty()) GTEST_SKIP() << "no shared data";
    std::size_t same = 0;
    std::size_t all = 0;
    for (std::size_t i = 0; i < files.size(); i += 4) {
        const Kept mail = opened(file_bytes(files[i]));
        for (const auto& child : mail.children) {
            const bool is_ascii = std::all_of(child.bytes.begin(), child.bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\0'; });
            if (child.hints.media_type != "text/html" || child.where.ends_with("-words") || !is_ascii) continue;
            Budget budget;
            const HtmlViews views = read_html(view(child.bytes), budget);
            GumboOutput* tree = gumbo_parse_with_options(&kGumboDefaultOptions, child.bytes.data(), child.bytes.size());
            std::string theirs;
            add_text(tree->root, theirs);
            gumbo_destroy_output(&kGumboDefaultOptions, tree);
            std::string a = letters_only(text_of(views.text.bytes));
            std::string b = letters_only(theirs);
            std::sort(a.begin(), a.end());
            std::sort(b.begin(), b.end());
            ++all;
            same += a == b;
        }
    }
    EXPECT_GE(same * 100, all * 95) << same << " of " << all;
    RecordProperty("same", static_cast<int>(same));
    RecordProperty("all", static_cast<int>(all));
}

TEST(Charset, KnownAnswers) {
    EXPECT_EQ(to_utf8(view("\xf4\xc5\xd3\xd4"), "KOI8-R"), "\xd0\xa2\xd0\xb5\xd1\x81\xd1\x82");
    EXPECT_EQ(to_utf8(view("\x80"), "iso-8859-1"), "\xe2\x82\xac");
    EXPECT_EQ(to_utf8(view("\xc3\xb6"), ""), "\xc3\xb6");
    EXPECT_EQ(to_utf8(view("\xf6"), "no-such-charset"), "\xef\xbf\xbd");
    EXPECT_EQ(to_utf8(view("\x1b$B$3\x1b(B"), "iso-2022-jp"), "\xe3\x81\x93");
    const std::string wide("\xff\xfej\0o\0\x3d\xd8\x00\xde", 10);
    Budget budget;
    EXPECT_EQ(text_of(decode_utf16(view(wide), false, budget).bytes), "jo\xf0\x9f\x98\x80");
}

}  // namespace
}  // namespace plumbline::formats
