// SPDX-License-Identifier: Apache-2.0
// Other writings of a text: what they show, where it stands, and that nothing is shown in part or twice.
#include <random>

#include "evidence/scan.h"

namespace plumbline::evidence {
namespace {
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> values(std::string_view text, IndicatorKind kind) {
    std::vector<std::string> out;
    const PartEvidence evidence = scan_part(view(text), "", {});
    for (const Sighting& sighting : evidence.sightings) {
        if (sighting.kind == IndicatorKind::file) continue;
        const Result<Bytes> printed = print_bytes_at(view(text), sighting.where + "+" + std::to_string(sighting.text.size()), {});
        EXPECT_TRUE(printed && text_of(*printed) == sighting.text) << sighting.where << " in " << text;
        if (sighting.kind == kind) out.push_back(sighting.value);
    }
    return out;
}

TEST(Disarmed, Hosts) {
    const auto domain = [](std::string_view text) { return values(text, IndicatorKind::domain); };
    for (const char* text : {"evil[.]example.com", "evil(.)example(.)com", "evil{.}example[.]com", "evil[dot]example[dot]com", "evil (dot) example [.] com", "evil[.example[.com",
                             "evil.]example.]com", "evil\\.example\\.com", "evil[.)example[ . ]com", "evil\xef\xbc\x8e" "example\xe3\x80\x82" "com", "ev\xe2\x80\x8bil.example.c\xc2\xadom",
                             "\xef\xbd\x85\xef\xbd\x96\xef\xbd\x89\xef\xbd\x8c.example.com", "EVIL[.]EXAMPLE[.]COM"})
        EXPECT_THAT(domain(text), ElementsAre("evil.example.com")) << text;
    EXPECT_THAT(domain("see www.evil[.]co[.]uk and good.co.uk."), UnorderedElementsAre("www.evil.co.uk", "good.co.uk"));
    EXPECT_THAT(domain("www.evil.co[.]uk"), ElementsAre("www.evil.co.uk"));
    EXPECT_THAT(domain("a[0].length (i.e.) f(at) [at] x[.]y (dot) 1[.]2 a[i].b text (e.g.)com"), IsEmpty());
}

TEST(Disarmed, AddressesUrlsNumbers) {
    EXPECT_THAT(values("192[.]0[.]2[.]7 198.51.100[.]1, 203(.)0(.)113(.)9", IndicatorKind::ipv4), UnorderedElementsAre("192.0.2.7", "198.51.100.1", "203.0.113.9"));
    EXPECT_THAT(values("jo[@]example[.]com jo [at] example [dot] org; j.o(at)example.net, ann\xef\xbc\xa0" "example.com", IndicatorKind::email),
                UnorderedElementsAre("jo@example.com", "jo@example.org", "j.o@example.net", "ann@example.com"));
    const auto url = [](std::string_view text) { return values(text, IndicatorKind::url); };
    for (const char* text : {"hxxp://evil[.]com/a?b=1", "hxxp[:]//evil[.]com/a?b=1", "hXXp[://]evil.com/a?b=1", "http:\\\\evil[.]com/a?b=1", "http(:)//evil(.)com/a?b=1", "http:// evil.com/a?b=1", "https: hxxp:__evil  [ . ]  com/a?b=1"})
        EXPECT_THAT(url(text), ElementsAre("http://evil.com/a?b=1")) << text;
    EXPECT_THAT(url("http://a.com/x\xef\xbb\xbfhttps://b.com/y"), UnorderedElementsAre("http://a.com/x", "https://b.com/y"));
    EXPECT_THAT(url("see ht\xe2\x80\x8btp://a.com/x"), ElementsAre("http://a.com/x"));
    EXPECT_THAT(url("hxxps://a[.]com/?u=http://b.com/"), UnorderedElementsAre("https://a.com/?u=http://b.com/", "http://b.com/"));
    EXPECT_THAT(url("hxxp://192[.]0[.]2[.]7:8080/x."), ElementsAre("http://192.0.2.7:8080/x"));
}

TEST(Encoded, PercentReferencesHexBase64) {
    EXPECT_THAT(values("http://r.example.com/?u=http%3A%2F%2Fevil.com%2Fx&v=jo%40example.org", IndicatorKind::url),
                UnorderedElementsAre("http://r.example.com/?u=http%3A%2F%2Fevil.com%2Fx&v=jo%40example.org", "http://evil.com/x&v=jo@example.org"));
    EXPECT_THAT(values("v=jo%2540example%252Eorg", IndicatorKind::email), ElementsAre("jo@example.org"));
    EXPECT_THAT(values("write to jo&#64;example&#x2e;org now", IndicatorKind::email), ElementsAre("jo@example.org"));
    EXPECT_THAT(values("x=68747470733a2f2f6578616d706c652e636f6d2f61;", IndicatorKind::url), ElementsAre("https://example.com/a"));
    EXPECT_THAT(values("powershell -e c2VlIGh0dHA6Ly9leGFtcGxlLmNvbS90ZXN0IG5vdw==, done", IndicatorKind::url), ElementsAre("http://example.com/test"));
    // base64 in percent in hex; a defanged name in base64.
    EXPECT_THAT(values(to_hex(view("a=c2VlIGh0dHA6Ly9leGFtcGxlLmNvbS90ZXN0IG5vdw%3D%3D")), IndicatorKind::url), ElementsAre("http://example.com/test"));
    EXPECT_THAT(values("x " + to_base64(view("a long enough text with evil[.]com in it")) + " y", IndicatorKind::domain), ElementsAre("evil.com"));
    std::string lines = to_base64(view("first a text of many words, long enough for three lines of base64, and then jo@example.org in the middle, and then some more words"));
    for (std::size_t at = 64; at < lines.size(); at += 65) lines.insert(at, "\n");
    EXPECT_THAT(values("key:\n" + lines + "\n\nend", IndicatorKind::email), ElementsAre("jo@example.org"));
    EXPECT_THAT(values("d41d8cd98f00b204e9800998ecf8427e c2VlIGh0dHA6 ThisIsOnlyAVeryLongNameOfAClassInSomeProgram 100%25 a&#b %zz", IndicatorKind::url), IsEmpty());
}

TEST(Encoded, Utf16InsideOtherBytes) {
    std::string bytes("\x7f" "ELF\x02\x01\0\0\0\0 abc \xff\xfe\x01", 18);
    for (const char c : std::string_view("see http://example.com/a now")) bytes += {c, '\0'};
    bytes += std::string("\x01\x02\x03", 3);
    for (const char c : std::string_view("mail jo@example.org now")) bytes += {'\0', c};
    bytes += std::string(40, '\0') + "\xff";
    EXPECT_THAT(values(bytes, IndicatorKind::url), ElementsAre("http://example.com/a"));
    EXPECT_THAT(values(bytes, IndicatorKind::email), ElementsAre("jo@example.org"));
}

TEST(Encoded, AnyTextOfSignsEndsAndIsPrintable) {
    static const std::string_view pieces[] = {"[.]", "(at)", "evil", ".com", "%40", "%25", "%2E", "&#64;", "\xef\xbc\x8e", "\xe2\x80\x8b", " ", "\n", "jo", "@", "http", "[:]//", ":\\\\", "c2VlIGh0dHA6Ly9leGFtcGxlLmNvbS90ZXN0IG5vdw",
                                             "68747470733a2f2f6578616d706c652e636f6d2f61", "/", "a", "1", "[", ".", "]"};
    std::mt19937 random(11);
    std::size_t seen = 0;
    for (int round = 0; round < 1500; ++round) {
        std::string text;
        for (auto n = random() % 40; n > 0; --n) text += pieces[random() % std::size(pieces)];
        seen += values(text, IndicatorKind::domain).size();
    }
    EXPECT_GT(seen, 500U);
}

TEST(Encoded, HostileRunsEndWithinTheBudget) {
    for (const std::string_view unit : {"[.]", "a[.]", "%25", "%2525", "&#38;", "\xef\xbc\x8e", "a\xe2\x80\x8b", "QUFB", "4141", "[at]", "%41[.]"}) {
        std::string text;
        while (text.size() < 40'000) text += unit;
        ScanOptions options;
        options.budget.bytes_out_left = 4 << 20;
        (void)scan_part(view(text), "", options);
    }
}

}  // namespace
}  // namespace plumbline::evidence
