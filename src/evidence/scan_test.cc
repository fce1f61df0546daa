// SPDX-License-Identifier: Apache-2.0
// Known answers for every kind with hard negatives, and the rule that every place can be printed again, on real mails.
#include "evidence/scan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/hash.h"
#include "base/utf8.h"
#include "evidence/slice.h"
#include "evidence/wire.h"

namespace plumbline::evidence {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> values(std::string_view text, IndicatorKind kind, const ScanOptions& options = {}) {
    std::vector<std::string> out;
    for (const Sighting& sighting : scan_part(view(text), "", options).sightings)
        if (sighting.kind == kind) out.push_back(sighting.value);
    return out;
}
std::string file_bytes(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
std::vector<std::filesystem::path> files_in(const std::string& folder) {
    std::vector<std::filesystem::path> out;
    const std::filesystem::path root = std::string(PLUMBLINE_SHARED_DIR) + "/data/" + folder;
    if (!std::filesystem::exists(root)) return out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
        if (entry.is_regular_file()) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
}
// Every sighting's place leads to its bytes; a file's place to bytes with its hash.
void expect_printable(ByteView file, const PartEvidence& evidence, const std::string& name) {
    for (const Sighting& sighting : evidence.sightings) {
        const bool is_file = sighting.kind == IndicatorKind::file;
        const std::string where = is_file ? sighting.where : sighting.where + "+" + std::to_string(sighting.text.size());
        const Result<Bytes> printed = print_bytes_at(file, where, {});
        ASSERT_TRUE(printed) << name << " " << where << ": " << printed.error().message;
        if (is_file) EXPECT_EQ(sha256(*printed).hex(), sighting.value) << name << " " << where;
        else EXPECT_EQ(text_of(*printed), sighting.text) << name << " " << where;
    }
}

TEST(ScanEmail, KnownAnswers) {
    const auto email = [](std::string_view text) { return values(text, IndicatorKind::email); };
    EXPECT_THAT(email("write to Jo.Doe+x@Example.COM."), ElementsAre("Jo.Doe+x@example.com"));
    EXPECT_THAT(email("<a@b.org>,\"x\" <c_d@e-f.co.uk>"), ElementsAre("a@b.org", "c_d@e-f.co.uk"));
    EXPECT_THAT(email("email=jo@example.com&x"), ElementsAre("jo@example.com"));
    EXPECT_THAT(email("<list-bounces+jo=example.com@lists.example.org>"), ElementsAre("list-bounces+jo=example.com@lists.example.org"));
    EXPECT_THAT(email("'o'neil@example.com'"), ElementsAre("o'neil@example.com"));
    EXPECT_THAT(email("\"john doe\"@example.com"), ElementsAre("\"john doe\"@example.com"));
    EXPECT_THAT(email("\xe8\xaf\xb7\xe5\x86\x99jo@example.com\xe8\xb0\xa2"), ElementsAre("jo@example.com"));
    EXPECT_THAT(email("jo@b\xc3\xbc" "cher.de"), ElementsAre("jo@xn--bcher-kva.de"));
    EXPECT_THAT(email("jo@example.com.Thanks"), ElementsAre("jo@example.com"));
    EXPECT_THAT(email("http://x.example.com/?u=jo@example.com"), ElementsAre("jo@example.com"));
    EXPECT_THAT(email("a@b a@localhost @example.com user@host.notatld x..@example.com jo@.com jo@co.uk a@b@example.com."), IsEmpty());
    EXPECT_THAT(email("jo@-example.com jo@exa_mple"), IsEmpty());
    EXPECT_THAT(email(std::string(65, 'a') + "@example.com"), IsEmpty());
}

TEST(ScanMessageId, IsNotAnAddress) {
    EXPECT_THAT(values("From: a@example.com\nTo: b@example.com\nMessage-ID: <0765fe847442469cb74c250e51a8d37e.x@example.com>\n\n", IndicatorKind::md5), IsEmpty());
    const std::string_view mail = "From: a@example.com\nTo: b@example.com\nMessage-ID: <2002.x$1@mail.example.com>\nReferences: <r1@h.example.com>\n <r2@h.example.com>\n\nhi\n";
    EXPECT_THAT(values(mail, IndicatorKind::message_id), ElementsAre("2002.x$1@mail.example.com", "r1@h.example.com", "r2@h.example.com"));
    EXPECT_THAT(values(mail, IndicatorKind::email), ElementsAre("a@example.com", "b@example.com"));
    EXPECT_THAT(values(mail, IndicatorKind::domain), ElementsAre("example.com", "example.com"));
}

TEST(ScanUrl, KnownAnswers) {
    const auto url = [](std::string_view text) { return values(text, IndicatorKind::url); };
    EXPECT_THAT(url("see HTTP://Example.COM:80/Path?q=1#f."), ElementsAre("http://example.com/Path?q=1#f"));
    EXPECT_THAT(url("(http://example.com/a_(b)) [https://example.com:8443]"), ElementsAre("http://example.com/a_(b)", "https://example.com:8443/"));
    EXPECT_THAT(url("http://example.com/b/[What it says] http://example.com/?a[0]=1&b[]=2"), ElementsAre("http://example.com/b/", "http://example.com/?a[0]=1&b[]=2"));
    EXPECT_THAT(url("'http://example.com/a'b"), ElementsAre("http://example.com/a"));
    EXPECT_THAT(url("Linkhttp://example.com,next"), ElementsAre("http://example.com/"));
    EXPECT_THAT(url("hxxps://example.com/x"), ElementsAre("https://example.com/x"));
    EXPECT_THAT(url("http://[2001:DB8:0:0::1]:8080/x"), ElementsAre("http://[2001:db8::1]:8080/x"));
    EXPECT_THAT(url("ftp://user:pw@192.0.2.7/f"), ElementsAre("ftp://user:pw@192.0.2.7/f"));
    EXPECT_THAT(url("http://b\xc3\xbc" "cher.de/x"), ElementsAre("http://xn--bcher-kva.de/x"));
    EXPECT_THAT(url("http://example.com/x\xe4\xb8\xad\xe6\x96\x87"), ElementsAre("http://example.com/x"));
    EXPECT_THAT(url("http://example.com/?u=http://other.example.org/z"), ElementsAre("http://example.com/?u=http://other.example.org/z", "http://other.example.org/z"));
    EXPECT_THAT(url("http://3628139012/x"), ElementsAre("http://3628139012/x"));
    EXPECT_THAT(url("a://b http:// http:/example.com std::x://y foo://bar.example.com"), IsEmpty());
    EXPECT_EQ(url("http://example.com/" + std::string(3000, 'a') + " ").at(0).size(), 3019U);
}

TEST(ScanDomain, KnownAnswersAndHardNegatives) {
    const auto domain = [](std::string_view text) { return values(text, IndicatorKind::domain); };
    EXPECT_THAT(domain("at Example.COM, www.bbc.co.uk. and xn--bcher-kva.de!"), ElementsAre("example.com", "www.bbc.co.uk", "xn--bcher-kva.de"));
    EXPECT_THAT(domain("b\xc3\xbc" "cher.de"), ElementsAre("xn--bcher-kva.de"));
    EXPECT_THAT(domain("\xe8\xae\xbf\xe9\x97\xae" "example.com\xe3\x80\x82"), ElementsAre("example.com"));
    EXPECT_THAT(domain("http://a.example.com/index.html jo@b.example.org"), ElementsAre("a.example.com", "b.example.org"));
    EXPECT_THAT(domain("duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"), ElementsAre("duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"));
    EXPECT_THAT(domain("co.uk report.zip README.md lib.so main.rs foo.notatld file.txt this.name std.in a.getName() obj.name= /usr/lib/x.name x.y_z.com_ 1.2.3.4 e.g. i.e. end..com"), IsEmpty());
    EXPECT_THAT(domain("document.location.host config.name someThing.in Makefile.in"), IsEmpty());
}

TEST(ScanIp, KnownAnswersAndVersions) {
    EXPECT_THAT(values("[192.0.2.7] 10.0.0.1, 203.0.113.255:80 1.2.3.4. http://198.51.100.1/x", IndicatorKind::ipv4),
                ElementsAre("192.0.2.7", "10.0.0.1", "203.0.113.255", "1.2.3.4", "198.51.100.1"));
    EXPECT_THAT(values("version 1.2.3.4 v1.2.3.4 Mozilla/5.0.0.1 256.1.1.1 1.2.3 1.2.3.4.5 01.2.3.4 0.1.2.3 1.2.3.4a 1..2.3.4", IndicatorKind::ipv4), IsEmpty());
    EXPECT_THAT(values("2001:0DB8:0:0:0:0:0:1 [fe80::1] ::ffff:192.0.2.1 1:2:3:4:5:6:7:8.", IndicatorKind::ipv6),
                ElementsAre("2001:db8::1", "fe80::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8"));
    EXPECT_THAT(values("2001:db8:0:1:1:1:1:1 2001:0:0:1:0:0:0:1", IndicatorKind::ipv6), ElementsAre("2001:db8:0:1:1:1:1:1", "2001:0:0:1::1"));
    EXPECT_THAT(values("12:34:56 std::string a::b 00:11:22:33:44:55 :: 1:2:3:4:5:6:7 x2001:db8::1 face::add", IndicatorKind::ipv6), IsEmpty());
}

TEST(ScanPhone, NeedsAnInternationalFormOrARegion) {
    EXPECT_THAT(values("call +44 20 7946 0958, +1 (202) 456-1111 or tel:+4930901820", IndicatorKind::phone), ElementsAre("+442079460958", "+12024561111", "+4930901820"));
    EXPECT_THAT(values("call 020 7946 0958; +1000000 +999999999999 1+2 a+4420794609580", IndicatorKind::phone), IsEmpty());
    ScanOptions options;
    options.region = "GB";
    EXPECT_THAT(values("call (020) 7946 0958 today", IndicatorKind::phone, options), ElementsAre("+442079460958"));
}

TEST(ScanCard, LuhnBrandAndWriting) {
    EXPECT_THAT(values("4111111111111111 5555-5555-5555-4444 3782 822463 10005 6011 1111 1111 1117", IndicatorKind::card),
                ElementsAre("4111111111111111", "5555555555554444", "378282246310005", "6011111111111117"));
    EXPECT_THAT(values("4111 1111 1111 1111 123,4111111111111111,12/25", IndicatorKind::card), ElementsAre("4111111111111111", "4111111111111111"));
    EXPECT_THAT(values("4012888888881881; 5105-1051-0510-5100, 30569309025904", IndicatorKind::card), ElementsAre("4012888888881881", "5105105105105100", "30569309025904"));
    EXPECT_THAT(values("4111111111111112 1234567812345670 41111 11111 111111 14111111111111111 0.4111111111111111 x4111111111111111 4111111111111111@x 0000000000000000", IndicatorKind::card), IsEmpty());
}

TEST(ScanIban, CountryLengthAndChecksum) {
    EXPECT_THAT(values("DE89 3704 0044 0532 0130 00, GB82WEST12345698765432 nl91abna0417164300", IndicatorKind::iban),
                ElementsAre("DE89370400440532013000", "GB82WEST12345698765432", "NL91ABNA0417164300"));
    EXPECT_THAT(values("DE88370400440532013000 DE893704004405320130001 XX89370400440532013000 ADE89370400440532013000 GB82west12345698765432", IndicatorKind::iban), IsEmpty());
}

TEST(ScanWallet, Checksums) {
    EXPECT_THAT(values("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy, bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq "
                       "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0 BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
                       IndicatorKind::btc),
                ElementsAre("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
                            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"));
    // One letter changed; a v1 program with the checksum of Bech32; a v0 program with that of Bech32m (BIP 350).
    EXPECT_THAT(values("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3 bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp "
                       "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqg3vdsu",
                       IndicatorKind::btc),
                IsEmpty());
    EXPECT_THAT(values("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed 0xde709f2102306220921060314715629080e2fb77", IndicatorKind::eth),
                ElementsAre("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0xde709f2102306220921060314715629080e2fb77"));
    EXPECT_THAT(values("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed 0xde709f2102306220921060314715629080e2fb7 0x0000000000000000000000000000000000000000", IndicatorKind::eth), IsEmpty());
}

TEST(ScanHash, WholeWordsThatLookLikeChance) {
    EXPECT_THAT(values("md5=D41D8CD98F00B204E9800998ECF8427E", IndicatorKind::md5), ElementsAre("d41d8cd98f00b204e9800998ecf8427e"));
    EXPECT_THAT(values("da39a3ee5e6b4b0d3255bfef95601890afd80709", IndicatorKind::sha1), ElementsAre("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    EXPECT_THAT(values("(e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855)", IndicatorKind::sha256),
                ElementsAre("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    EXPECT_THAT(values("00000000000000000000000000000000 12345678901234567890123456789012 d41d8cd98f00b204e9800998ecf8427 xd41d8cd98f00b204e9800998ecf8427e "
                       "--d41d8cd98f00b204e9800998ecf8427e b1_d41d8cd98f00b204e9800998ecf8427e abababababababababababababababab1",
                       IndicatorKind::md5),
                IsEmpty());
}

TEST(ScanPart, RealMailsCanBePrintedAgain) {
    const auto files = files_in("02-email-spamassassin");
    if (files.empty()) GTEST_SKIP() << "no shared data";
    std::size_t sightings = 0;
    for (std::size_t i = 0; i < files.size(); i += 12) {
        const std::string bytes = file_bytes(files[i]);
        const PartEvidence evidence = scan_part(view(bytes), files[i].filename().string(), {});
        expect_printable(view(bytes), evidence, files[i].string());
        sightings += evidence.sightings.size();
        EXPECT_TRUE(is_utf8(evidence.text)) << files[i];
        const Result<PartEvidence> back = decode_scan_answer(encode_part_evidence(evidence));
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_EQ(to_json(*back), to_json(evidence));
    }
    EXPECT_GT(sightings, 3000U);
}

TEST(ScanPart, HostileFilesEndWithinTheBudget) {
    auto files = files_in("12-hostile");
    const auto more = files_in("03-email-parser-cases");
    files.insert(files.end(), more.begin(), more.end());
    if (files.empty()) GTEST_SKIP() << "no shared data";
    ScanOptions options;
    options.budget.bytes_out_left = 8 * 1024 * 1024;
    options.budget.items_left = 2000;
    for (const auto& path : files) {
        const std::string bytes = file_bytes(path);
        const PartEvidence evidence = scan_part(view(bytes), path.filename().string(), options);
        if (bytes.size() < 200'000 && evidence.sightings.size() < 200) expect_printable(view(bytes), evidence, path.string());
    }
}

TEST(Scan, ReadsAFileWithAnotherKey) {
    const std::string clear = "write to jo@example.org, see http%3A%2F%2Fwww.example.org%2Fa and " + std::string(64, ' ');
    std::string hidden = clear;
    for (char& c : hidden) c = static_cast<char>(c ^ 0x5a);
    ScanOptions options;
    EXPECT_TRUE(scan_part(view(hidden), "", options).sightings.empty());
    options.xor_keys = "\x5a";
    const PartEvidence part = scan_part(view(hidden), "", options);
    ASSERT_FALSE(part.sightings.empty());
    bool has_url = false;
    for (const Sighting& sighting : part.sightings) {
        EXPECT_TRUE(sighting.where.starts_with("0-xor:5a-")) << sighting.where;
        EXPECT_EQ(text_of(print_bytes_at(view(hidden), sighting.where, options).value()), sighting.text) << sighting.where;
        has_url |= sighting.kind == IndicatorKind::url && sighting.value == "http://www.example.org/a";
    }
    EXPECT_TRUE(has_url);
    EXPECT_EQ(part.sightings[0].where, "0-xor:5a-9");
    // In stretches the same.
    const ScanAnswer stretch = scan_stretch({view(hidden), 0, 0, hidden.size(), hidden.size(), "unknown"}, "", options);
    ASSERT_EQ(stretch.evidence.sightings.size(), part.sightings.size());
    for (std::size_t i = 0; i < part.sightings.size(); ++i) EXPECT_EQ(stretch.evidence.sightings[i].where, part.sightings[i].where);
}

TEST(Scan, FindsPacketsInUnknownBytes) {
    // An IPv4 header of 40 bytes' TCP from 198.51.100.7 to 203.0.113.9 (RFC 5737), its checksum right, a SYN behind it.
    const unsigned char packet[] = {0x45, 0, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 198, 51, 100, 7, 203, 0, 113, 9,
                                    0xc0, 0x01, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0x72, 0x10, 0, 0, 0, 0};
    std::string bytes(64, '\0');
    bytes.append(reinterpret_cast<const char*>(packet), sizeof packet);
    bytes += std::string(64, '\0');
    unsigned sum = 0;
    for (unsigned i = 0; i < 20; i += 2) sum += static_cast<unsigned>(packet[i] << 8 | packet[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~sum & 0xffff;
    bytes[74] = static_cast<char>(sum >> 8);
    bytes[75] = static_cast<char>(sum & 255);
    const PartEvidence part = scan_part(view(bytes), "", {});
    ASSERT_EQ(part.sightings.size(), 2U);
    EXPECT_EQ(part.sightings[0].value, "198.51.100.7");
    EXPECT_EQ(part.sightings[0].where, "76");
    EXPECT_EQ(part.sightings[1].value, "203.0.113.9");
    EXPECT_EQ(text_of(print_bytes_at(view(bytes), "80+4", {}).value()), part.sightings[1].text);
    for (std::uint64_t cut = 0; cut <= bytes.size(); ++cut) {
        const auto count = [&](std::uint64_t begin, std::uint64_t end) { return scan_stretch({view(bytes), 0, begin, end, bytes.size(), "unknown"}, "", {}).evidence.sightings.size(); };
        EXPECT_EQ(count(0, cut) + count(cut, bytes.size()), 2U) << cut;
    }
}

}  // namespace
}  // namespace plumbline::evidence
