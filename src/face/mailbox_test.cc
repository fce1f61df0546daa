// SPDX-License-Identifier: Apache-2.0
// What the mailbox and the API give to whoever wants to check a receipt without us.
#include <gmock/gmock.h>

#include "face/hotline_fixture.h"
#include "face/html_check.h"
#include "seal/mailbox.h"
#include "store/test_values.h"

namespace plumbline::face {
namespace {

using testing::HasSubstr;
constexpr const char* form = "application/x-www-form-urlencoded";
const std::string words = "words=legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";

TEST_F(HotlineFixture, GivesTheLogsProofOnceTheLogHasTheEntry) {
    bool is_published = false;
    proof_of = [&](std::uint64_t index) -> Result<std::string> {
        if (!is_published) return fail(ErrorKind::not_found, "younger than the checkpoint");
        return fmt::format("proof of {}", index);
    };
    keys_text = [] { return Result<std::string>("plumbline-receipt-key/1 AAAA\n"); };
    intake.mailbox.tip.received_index = 7;
    open();
    const Response early = post("/mailbox/inclusion", form, words);
    EXPECT_EQ(early.status, 404);
    EXPECT_THAT(html_faults(early.body), testing::IsEmpty());
    EXPECT_THAT(early.body, HasSubstr("has not taken your report&#39;s entry yet"));
    EXPECT_EQ(get("/api/v1/ledger/proofs/7").status, 404);
    is_published = true;
    const Response given = post("/mailbox/inclusion", form, words);
    EXPECT_EQ(given.body, "proof of 7");
    EXPECT_THAT(given.headers, testing::Contains(testing::Pair("Content-Disposition", HasSubstr(".tlog-proof"))));
    EXPECT_EQ(post("/mailbox/inclusion", form, "words=zoo").status, 404);
    EXPECT_EQ(get("/api/v1/ledger/proofs/7").body, "proof of 7");
    for (const char* wrong : {"x", "-1", "7x", "99999999999999999999999"}) EXPECT_EQ(get(std::string("/api/v1/ledger/proofs/") + wrong).status, 404) << wrong;
    EXPECT_EQ(get("/api/v1/keys").body, "plumbline-receipt-key/1 AAAA\n");
}

constexpr const char* multipart = "multipart/form-data; boundary=b";
std::string part(const std::string& name, const std::string& value, const std::string& file = "") {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + (file.empty() ? "" : "; filename=\"" + file + "\"") + "\r\n\r\n" + value + "\r\n";
}
std::string good_words() { return part("words", test_words); }

TEST_F(HotlineFixture, AddsFilesToAReport) {
    open();
    const Response sent = post("/mailbox/message", multipart, good_words() + part("message", "a\r\nb") + part("files", "hello", "letter.eml") + part("files", std::string(200'000, 'x'), "b.bin") + part("files", "", "") + "--b--\r\n");
    EXPECT_EQ(sent.status, 200);
    EXPECT_THAT(html_faults(sent.body), testing::IsEmpty());
    EXPECT_THAT(intake.messages, testing::ElementsAre("a\nb"));
    ASSERT_EQ(intake.added.size(), 2U);
    EXPECT_EQ(intake.added[0].name, "letter.eml");
    EXPECT_EQ(intake.added[1].bytes, 200'000U);
    EXPECT_TRUE(intake.added[1].is_ended);
    const Response only_files = post("/mailbox/message", multipart, good_words() + part("message", "") + part("files", "x", "a") + "--b--\r\n");
    EXPECT_EQ(only_files.status, 200);
    EXPECT_EQ(intake.messages.size(), 2U);
    // What is refused leaves nothing, and what was written is in the page again.
    const Response nothing = post("/mailbox/message", multipart, good_words() + part("message", " ") + "--b--\r\n");
    EXPECT_EQ(nothing.status, 422);
    const Response cut = post("/mailbox/message", multipart, good_words() + part("message", "half") + "--b\r\nContent-Disp");
    EXPECT_EQ(cut.status, 422);
    EXPECT_THAT(cut.body, HasSubstr("did not come whole"));
    intake.added_bytes_max = 1000;
    const Response full = post("/mailbox/message", multipart, good_words() + part("message", "kept text") + part("files", std::string(2000, 'x'), "a") + "--b--\r\n");
    EXPECT_EQ(full.status, 422);
    EXPECT_THAT(full.body, HasSubstr("kept text"));
    EXPECT_THAT(html_faults(full.body), testing::IsEmpty());
    EXPECT_EQ(post("/mailbox/message", multipart, part("words", "zoo") + part("files", "x", "a") + "--b--\r\n").status, 404);
    EXPECT_EQ(post("/mailbox/message", multipart, part("files", "x", "a") + good_words() + "--b--\r\n").status, 422) << "the words stand first";
    EXPECT_EQ(intake.messages.size(), 2U);
    EXPECT_EQ(intake.writers, 0);
}

TEST_F(HotlineFixture, ShowsWhatBecameOfAReportAndGivesItsFiles) {
    intake.mailbox.tip.state = TipState::referred;
    intake.mailbox.tip.first_opened_hour = *instant_from("2026-11-21T09:00:00Z");
    intake.mailbox.steps = {{"tip.received", *day_from("2026-11-20")}, {"tip.received>decided", *day_from("2026-11-20")}, {"tip.decided>opened", *day_from("2026-11-21")},
                            {"custody.leased", *day_from("2026-11-21")}, {"tip.added", *day_from("2026-11-22")}, {"tip.opened>referred", *day_from("2026-11-23")}};
    Message answer, told, damaged;
    answer.id = MessageId::make(Instant{}, IdBytes{});
    answer.hour = told.hour = damaged.hour = *instant_from("2026-11-22T10:00:00Z");
    intake.mailbox.messages = {answer, told, damaged};
    intake.mailbox.answers = {MessageContent{"See the form.", {{"form <1>.pdf", "application/pdf", 2048}}, "", {}},
                              MessageContent{"", {}, "", StepNotice{TipState::referred, "The police of <Example Town>", "They can look into the account."}}, std::nullopt};
    intake.answer_bytes = "the form";
    open();
    const Response page = post("/mailbox", form, words);
    EXPECT_THAT(html_faults(page.body), testing::IsEmpty());
    for (const char* text : {"First opened by a person", "21 November 2026", "You added something: 22 November 2026", "Passed on to", "The police of &lt;Example Town&gt;", "They can look into the account.",
                             "Download form &lt;1&gt;.pdf (2 KiB)", "This message is damaged"})
        EXPECT_THAT(page.body, HasSubstr(text));
    EXPECT_THAT(page.body, testing::Not(HasSubstr("custody")));
    const std::string asked = words + "&id=" + answer.id.text() + "&n=";
    const Response file = post("/mailbox/file", form, asked + "1");
    EXPECT_EQ(file.status, 200);
    ASSERT_TRUE(file.body_source);
    Bytes bytes;
    while (file.body_source(bytes).value()) {}
    EXPECT_EQ(text_of(bytes), "the form");
    EXPECT_THAT(file.headers, testing::Contains(testing::Pair("Content-Disposition", HasSubstr("filename*=UTF-8''r%C3%A9ponse.pdf"))));
    for (const std::string wrong : {"2", "x", "", "99999999999"}) EXPECT_EQ(post("/mailbox/file", form, asked + wrong).status, 404) << wrong;
    EXPECT_EQ(post("/mailbox/file", form, "words=zoo&id=" + answer.id.text() + "&n=1").status, 404);
}

TEST_F(HotlineFixture, WithdrawsAReportOnlyWhenSaidTwice) {
    open();
    const Response asked = post("/mailbox/withdraw", form, words);
    EXPECT_EQ(asked.status, 422);
    EXPECT_FALSE(intake.is_withdrawn);
    EXPECT_THAT(asked.body, HasSubstr("Your 12 words stay good"));
    const Response done = post("/mailbox/withdraw", form, words + "&confirm=yes");
    EXPECT_EQ(done.status, 200);
    EXPECT_TRUE(intake.is_withdrawn);
    EXPECT_THAT(done.body, HasSubstr("You withdrew this report on 23 November 2026."));
    EXPECT_THAT(html_faults(done.body), testing::IsEmpty());
}

TEST_F(HotlineFixture, GivesTheMailboxSealedToWhoHasItsToken) {
    open();
    ByteArray<16> secret{};
    const seal::MailboxToken token(secret);
    NewTip tip = conformance::tip_number(1);
    tip.mailbox_hash = seal::mailbox_id_of(token);
    ASSERT_TRUE(store->accept_tip(tip).has_value());
    Message answer{conformance::id_of<MessageId>(1), tip.header.id, MessageDirection::to_reporter, conformance::hour_number(1), to_bytes("sealed words"), {}};
    const Bytes small = to_bytes("a sealed part");
    answer.parts = {SealedPart{1, small.size(), sha256(small), small}};
    Message own{conformance::id_of<MessageId>(2), tip.header.id, MessageDirection::from_reporter, conformance::hour_number(2), to_bytes("to the desk"), {}};
    ASSERT_TRUE(store->apply(Change{.messages = {answer, own}}).has_value());
    const auto ask = [&](const std::string& path, const std::string& authorization) {
        Request request;
        request.method = "GET";
        request.path = path;
        if (!authorization.empty()) request.headers["authorization"] = authorization;
        return router.handle(std::move(request));
    };
    const std::string good = "Mailbox " + to_hex(token.bytes());
    const Response given = ask("/api/v1/mailbox", good);
    ASSERT_EQ(given.status, 200) << given.body;
    EXPECT_THAT(given.body, HasSubstr(to_base64(view("sealed words"))));
    EXPECT_THAT(given.body, testing::Not(HasSubstr(to_base64(view("to the desk")))));
    for (const std::string& wrong : {std::string(), std::string("Mailbox"), std::string("Mailbox 00"), "Bearer " + to_hex(token.bytes()), "Mailbox " + std::string(32, 'f')})
        EXPECT_EQ(ask("/api/v1/mailbox", wrong).status, 404) << wrong;
    const std::string part_path = "/api/v1/mailbox/messages/" + answer.id.text() + "/parts/";
    const Response file = ask(part_path + "1", good);
    ASSERT_TRUE(file.body_source) << file.body;
    Bytes bytes;
    while (file.body_source(bytes).value()) {}
    EXPECT_EQ(bytes, small);
    EXPECT_EQ(ask(part_path + "2", good).status, 404);
    EXPECT_EQ(ask("/api/v1/mailbox/messages/" + own.id.text() + "/parts/1", good).status, 404);
    EXPECT_EQ(ask(part_path + "1", "").status, 404);
}

}  // namespace
}  // namespace plumbline::face
