// SPDX-License-Identifier: Apache-2.0
// Answers come back as they were sent, damaged ones are refused, and lines are those that a Json would print.
#include "evidence/answer.h"

#include <random>

#include "base/utf8.h"
#include "evidence/wire.h"

namespace plumbline::evidence {
namespace {

std::string line_by_json(const Sighting& sighting, std::string_view file) {
    Json line = Json::object();
    line.set("kind", name_of(sighting.kind));
    line.set("value", sighting.value);
    line.set("text", utf8_repaired(sighting.text));
    line.set("file", file);
    line.set("where", sighting.where);
    line.set("offset", sighting.offset);
    line.set("context", sighting.context);
    return line.dump() + "\n";
}
std::string random_text(std::mt19937& random, std::size_t size_max) {
    static constexpr std::string_view pieces[] = {"a", "Z", "0", " ", "\"", "\\", "/", "\n", "\t", "\r", "\x01", "\x1f", "\x7f", "\xc3\xa9", "\xe2\x82\xac",
                                                  "\xf0\x9f\x98\x80", "\xc3", "\xff", "\xed\xa0\x80", "\xe2\x80\xa8", "plain words ", "<b>", std::string_view("\0", 1)};
    std::string out;
    const bool is_plain = random() % 3 == 0;
    while (out.size() < size_max && random() % 40 != 0) out += is_plain ? pieces[random() % 3] : pieces[random() % std::size(pieces)];
    return out;
}

TEST(Answer, LinesAreThoseOfJson) {
    std::mt19937 random(3);
    LineBlock lines;
    for (unsigned round = 0; round < 3000; ++round) {
        const std::string value = random_text(random, 200);
        const std::string around = random_text(random, 200);
        const std::string path = round % 3 == 0 ? "" : "12-zip:a b-";
        SightingView view;
        view.kind = static_cast<IndicatorKind>(1 + random() % 31);
        view.is_path_whole = view.kind == IndicatorKind::file;
        view.offset = random() % 2 ? random() : std::uint64_t{random()} << 30;
        view.value = value;
        view.around = around;
        const std::size_t from = around.empty() ? 0 : random() % around.size();
        view.text = std::string_view(around).substr(from, random() % 50);
        view.path = path;
        const std::string file = random_text(random, 60);
        lines.clear();
        lines.start_file(json_escaped(file));
        lines.append(view);
        const std::string first = line_by_json(to_sighting(view), file);
        ASSERT_EQ(lines.text(), first);
        view.value = view.text;
        if (random() % 2) view.path = view.path.substr(0, view.path.size() / 2);
        lines.append(view);
        const std::string second = line_by_json(to_sighting(view), file);
        ASSERT_EQ(lines.text(), first + second);
        lines.add_members(",\"a\":1");
        ASSERT_EQ(lines.text(), first + second.substr(0, second.size() - 2) + ",\"a\":1}\n");
    }
}

TEST(Answer, ManyPartsInOneCall) {
    const std::string a = "jo@example.com and http://a.example.org/x\n";
    const std::string b = "From: x@example.net\nTo: y@example.net\nSubject: s\n\ncaf\xe9 evil[.]example[.]com aGVsbG8gaHR0cDovL2luc2lkZS5leGFtcGxlLmNvbS94IGFuZA==\n";
    const std::string input = a + b;
    const PartName names[] = {{"a.txt", a.size()}, {"empty", 0}, {"b.eml", b.size()}};
    const Result<Bytes> answer = scan_in_sandbox(view(input), encode_many_parameters(names, {}));
    ASSERT_TRUE(answer) << answer.error().message;
    const Result<std::vector<PartView>> parts = read_scan_answer(*answer);
    ASSERT_TRUE(parts) << parts.error().message;
    ASSERT_EQ(parts->size(), 3U);
    EXPECT_EQ(to_json(to_part_evidence((*parts)[0])), to_json(scan_part(view(a), "a.txt", {})));
    EXPECT_EQ(to_json(to_part_evidence((*parts)[1])), to_json(scan_part({}, "empty", {})));
    EXPECT_EQ(to_json(to_part_evidence((*parts)[2])), to_json(scan_part(view(b), "b.eml", {})));
    EXPECT_FALSE(decode_scan_answer(*answer));

    const PartName too_long[] = {{"a.txt", a.size()}, {"b.eml", b.size() + 1}};
    const Result<Bytes> refused = scan_in_sandbox(view(input), encode_many_parameters(too_long, {}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
}

TEST(Answer, WhatIsForLaterComesBack) {
    ScanAnswer answer;
    answer.evidence.name = "n";
    answer.evidence.unread.push_back({"3", "why"});
    answer.later.push_back({"7-zip:a", "ocr", 99});
    answer.begin = 5;
    answer.end = 6;
    const Bytes bytes = encode_scan_answer({&answer, 1});
    const Result<std::vector<PartView>> parts = read_scan_answer(bytes);
    ASSERT_TRUE(parts) << parts.error().message;
    ASSERT_EQ(parts->size(), 1U);
    ASSERT_EQ((*parts)[0].later.size(), 1U);
    EXPECT_EQ((*parts)[0].later[0].where, "7-zip:a");
    EXPECT_EQ((*parts)[0].later[0].reader, "ocr");
    EXPECT_EQ((*parts)[0].later[0].size_bytes, 99U);
    EXPECT_EQ((*parts)[0].unread[0].reason, "why");
    EXPECT_EQ((*parts)[0].begin, 5U);
}

TEST(Answer, DamageIsRefused) {
    const std::string text = "jo@example.com http://a.example.org/x 192.0.2.7 &#106;o&#64;example.net\n";
    const Bytes bytes = encode_part_evidence(scan_part(view(text), "a.txt", {}));
    ASSERT_TRUE(read_scan_answer(bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size) ASSERT_FALSE(read_scan_answer(ByteView(bytes).first(size))) << size;
    Bytes longer = bytes;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(read_scan_answer(longer));
    // Any byte may be wrong: it is refused, or read without a step outside.
    std::mt19937 random(5);
    for (unsigned round = 0; round < 20'000; ++round) {
        Bytes wrong = bytes;
        wrong[random() % wrong.size()] = static_cast<std::byte>(random());
        const Result<std::vector<PartView>> parts = read_scan_answer(wrong);
        if (!parts) continue;
        for (const PartView& part : *parts)
            for (const SightingView& sighting : part.sightings) ASSERT_TRUE(is_utf8(sighting.context()));
    }
}

}  // namespace
}  // namespace plumbline::evidence
