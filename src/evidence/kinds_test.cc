// SPDX-License-Identifier: Apache-2.0
// Known answers and hard negatives of the kinds whose writing is a code: wallets, machines, tokens, handles, bank codes.
#include "evidence/scan.h"

namespace plumbline::evidence {
namespace {
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> values(std::string_view text, IndicatorKind kind) {
    std::vector<std::string> out;
    const PartEvidence evidence = scan_part(view(text), "", {});
    for (const Sighting& sighting : evidence.sightings) {
        if (sighting.kind != kind) continue;
        out.push_back(sighting.value);
        // The text stands where it is said to stand.
        const Result<Bytes> printed = print_bytes_at(view(text), sighting.where + "+" + std::to_string(sighting.text.size()), {});
        EXPECT_TRUE(printed && text_of(*printed) == sighting.text) << sighting.where;
    }
    return out;
}

TEST(ScanMac, ThreeWritings) {
    const auto mac = [](std::string_view text) { return values(text, IndicatorKind::mac); };
    EXPECT_THAT(mac("00:1A:2b:3c:4D:5e, AA-BB-CC-DD-EE-1F. 001a.2b3c.4d5e;"), ElementsAre("00:1a:2b:3c:4d:5e", "aa:bb:cc:dd:ee:1f", "00:1a:2b:3c:4d:5e"));
    EXPECT_THAT(mac("mac=1f-bb-cc-dd-ee-ff\n(12:34:56:78:9a:bc)"), ElementsAre("1f:bb:cc:dd:ee:ff", "12:34:56:78:9a:bc"));
    // A fingerprint, an EUI-64, an IPv6 address, a date, a UUID, a version, nobody and everybody.
    EXPECT_THAT(mac("00:1a:2b:3c:4d:5e:6f 00-1a-2b-3c-4d-5e-6f-70 2001:db8:00:11:22:33:44:55 20-24-06-11-12-30 x00:1a:2b:3c:4d:5e 00:1a:2b:3c:4d:5ez "
                    "12345678-1a2b-3c4d-5e6f-001a2b3c4d5e 1000.2000.3000 1.001a.2b3c.4d5e 00:00:00:00:00:00 ff-ff-ff-ff-ff-ff 00:1a:2b:3c:4d 00:1a-2b:3c:4d:5e"),
                IsEmpty());
}

TEST(ScanCoin, Base58Coins) {
    EXPECT_THAT(values("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1 M7zVKQKmtV5Rc7erVGVVC3khZbXxsS5HEX ltc1qqypqxpq9qcrsszg2pvxq6rs0zqg3yyc5dyg36p", IndicatorKind::ltc),
                ElementsAre("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "M7zVKQKmtV5Rc7erVGVVC3khZbXxsS5HEX", "ltc1qqypqxpq9qcrsszg2pvxq6rs0zqg3yyc5dyg36p"));
    EXPECT_THAT(values("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L,A1NVHyDWSZ1fnp1xFfFcmP7BEhfwQa41YV 9rXbkMyi1S6thykRoXAZcY8fwUKYsy6cXE", IndicatorKind::doge),
                ElementsAre("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "A1NVHyDWSZ1fnp1xFfFcmP7BEhfwQa41YV", "9rXbkMyi1S6thykRoXAZcY8fwUKYsy6cXE"));
    EXPECT_THAT(values("USDT to TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t!", IndicatorKind::tron), ElementsAre("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"));
    EXPECT_THAT(values("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", IndicatorKind::xrp),
                ElementsAre("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh"));
    // One letter changed in each; the version of another chain; the ledger's account of zeros.
    const std::string_view wrong = "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc2 DH5yaieqoZN36fDVciNyRueRGvGLR3mr7M TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi "
                                   "ltc1qqypqxpq9qcrsszg2pvxq6rs0zqg3yyc5dyg36q rrrrrrrrrrrrrrrrrrrrrhoLvTp xLM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1";
    for (const IndicatorKind kind : {IndicatorKind::ltc, IndicatorKind::doge, IndicatorKind::tron, IndicatorKind::xrp, IndicatorKind::btc}) EXPECT_THAT(values(wrong, kind), IsEmpty());
}

TEST(ScanCoin, CashAddr) {
    const auto bch = [](std::string_view text) { return values(text, IndicatorKind::bch); };
    EXPECT_THAT(bch("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq BITCOINCASH:QR95SY3J9XWD2AP32XKYKTTR4CVCU7AS4Y0QVERFUY"),
                ElementsAre("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq",
                            "bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy"));
    EXPECT_THAT(bch("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6b qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6 Qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"), IsEmpty());
}

TEST(ScanCoin, MoneroInBlocks) {
    const auto xmr = [](std::string_view text) { return values(text, IndicatorKind::xmr); };
    const std::string main = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A";
    const std::string below = "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H";
    const std::string with_payment = "4BKnmStz23w2BDNSgrTE9j3X8QQ5Bnbbs4s3SMTX7y416CxUJqrTLW97YsWGEBnhxH8tnYDcX85QRAEhaAzrTSrZBYBNsrb5Jrb11aJpJ4";
    EXPECT_THAT(xmr(main + " " + below + "\n" + with_payment + "."), ElementsAre(main, below, with_payment));
    EXPECT_THAT(xmr(main.substr(0, 94) + "B " + below.substr(1) + " " + main + "A " + std::string(95, '4')), IsEmpty());
}

TEST(ScanCoin, SolanaNeedsItsWord) {
    const auto sol = [](std::string_view text) { return values(text, IndicatorKind::sol); };
    const std::string key = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV";
    EXPECT_THAT(sol("send SOL to " + key), ElementsAre(key));
    EXPECT_THAT(sol(key + " (my Phantom wallet)"), ElementsAre(key));
    EXPECT_THAT(sol("send it to " + key), IsEmpty());
    EXPECT_THAT(sol("the solution: " + key), IsEmpty());
    EXPECT_THAT(sol("SOL: " + key.substr(0, 40) + " sol " + key + "0 sol aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), IsEmpty());
}

TEST(ScanHash, Sha512) {
    const std::string hash = "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e";
    EXPECT_THAT(values("SHA512 " + hash + "\n", IndicatorKind::sha512), ElementsAre(hash));
    EXPECT_THAT(values(hash + "0 " + hash.substr(1) + " " + std::string(128, 'a'), IndicatorKind::sha512), IsEmpty());
}

TEST(ScanCve, YearAndNumber) {
    const auto cve = [](std::string_view text) { return values(text, IndicatorKind::cve); };
    EXPECT_THAT(cve("(CVE-2021-44228) cve 2017-0144, CVE-1999-0001/CVE-2024-1234567"), ElementsAre("CVE-2021-44228", "CVE-2017-0144", "CVE-1999-0001", "CVE-2024-1234567"));
    EXPECT_THAT(cve("CVE-2021-123 CVE-1998-1234 CVE-20211-1234 xCVE-2021-1234 CVE-2021-1234a CVE-2021 CVE_2021-1234 VE-2021-1234"), IsEmpty());
}

TEST(ScanJwt, HeaderSaysTheAlgorithm) {
    const auto jwt = [](std::string_view text) { return values(text, IndicatorKind::jwt); };
    const std::string signed_token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
    EXPECT_THAT(jwt("Authorization: Bearer " + signed_token + "\n"), ElementsAre(signed_token));
    EXPECT_THAT(jwt("t=\"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.\""), ElementsAre("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."));
    // No algorithm in the header ({"typ":"JWT"}); no JSON; two parts; a signature that is missing.
    EXPECT_THAT(jwt("eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxIn0.abc eyJhbGci.eyJzdWIi.x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0 eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0. a.e.b eyJ.eyJ.eyJ"), IsEmpty());
}

TEST(ScanOnion, ChecksumOfVersionThree) {
    const auto onion = [](std::string_view text) { return values(text, IndicatorKind::onion); };
    const std::string name = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad";
    EXPECT_THAT(onion("https://" + name + ".onion/x www.PG6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.Onion. expyuzz4wqqyqhjn.onion"),
                ElementsAre(name + ".onion", "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion", "expyuzz4wqqyqhjn.onion"));
    // One letter changed, one missing, one too many; a longer ending; a letter that Base32 does not have.
    EXPECT_THAT(onion("cuckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion " + name.substr(1) + ".onion a" + name + ".onion " + name + ".onions " + name +
                      ".onion.com expyuzz4wqqyqhj1.onion the.onion"),
                IsEmpty());
}

TEST(ScanMagnet, HashIsTheValue) {
    const auto magnet = [](std::string_view text) { return values(text, IndicatorKind::magnet); };
    EXPECT_THAT(magnet("<a href=\"magnet:?xt=urn:btih:C9E15763F722F23E98A29DECDFAE341B98D53056&dn=x&tr=udp%3A%2F%2Ft.example\">"), ElementsAre("magnet:?xt=urn:btih:c9e15763f722f23e98a29decdfae341b98d53056"));
    EXPECT_THAT(magnet("magnet:?dn=x&xt=urn:btih:ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW."), ElementsAre("magnet:?xt=urn:btih:c9e15763f722f23e98a29decdfae341b98d53056"));
    EXPECT_THAT(magnet("magnet:?xt=urn:btih:C9E1 magnet:?dn=x magnet: magnet:?xt=urn:btih:C9E15763F722F23E98A29DECDFAE341B98D5305Z"), IsEmpty());
}

TEST(ScanUserAgent, InHeadersOnly) {
    const auto agent = [](std::string_view text) { return values(text, IndicatorKind::user_agent); };
    EXPECT_THAT(agent("GET / HTTP/1.1\r\nUser-Agent: curl/7.88.1\r\n\r\n"), ElementsAre("curl/7.88.1"));
    EXPECT_THAT(agent("From: a@example.com\nX-Mailer: The Bat! (v1.61)\nTo: b@example.com\n\nhi\n"), ElementsAre("The Bat! (v1.61)"));
    EXPECT_THAT(agent("We looked at it.\nUser-Agent: is a field of HTTP\nthat says which program asks.\n x-user-agent: a\nb: c\nUser-Agents: x\n"), IsEmpty());
}

TEST(ScanHandle, LinksAndNamedPlatforms) {
    const auto handle = [](std::string_view text) { return values(text, IndicatorKind::handle); };
    EXPECT_THAT(handle("https://t.me/Some_Name, t.me/s/x telegram.me/other_one?start=1 http://www.instagram.com/jo.doe/ https://wa.me/447911123456."),
                ElementsAre("telegram:some_name", "telegram:other_one", "instagram:jo.doe", "whatsapp:+447911123456"));
    EXPECT_THAT(handle("t.me/+AbCdEfGhIjKlMnOp tiktok.com/@jo_doe x.com/jack/status/1"), ElementsAre("telegram:+AbCdEfGhIjKlMnOp", "tiktok:jo_doe", "twitter:jack"));
    EXPECT_THAT(handle("Telegram: @Fast_Cash or IG @jo.doe."), ElementsAre("telegram:fast_cash", "instagram:jo.doe"));
    EXPECT_THAT(handle("write to @someone or jo@example.com; telegram\n@other a telegram about a very long matter for you: @far at.me/name notx.com/name t.me/joinchat t.me/abc wa.me/name "
                       "twitter.com/intent/tweet telegram jo@example.com @media"),
                IsEmpty());
}

TEST(ScanBic, NeedsItsWord) {
    const auto bic = [](std::string_view text) { return values(text, IndicatorKind::bic); };
    EXPECT_THAT(bic("BIC: DEUTDEFF\nSWIFT/BIC COBADEFFXXX\nSwift code is NWBKGB2L, bank x (BIC) DABAIE2D123"), ElementsAre("DEUTDEFF", "COBADEFF", "NWBKGB2L", "DABAIE2D123"));
    EXPECT_THAT(bic("DEUTDEFF BIC: PASSWORT BIC: deutdeff swift\nDEUTDEFF BIC DEUTDEF BIC DEUTDEFF1 BIC DEUTXXFF\narabic DEUTDEFF"), IsEmpty());
}

}  // namespace
}  // namespace plumbline::evidence
