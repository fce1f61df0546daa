// SPDX-License-Identifier: Apache-2.0
// The public pages and the API, through the router. PLUMBLINE_PAGES=DIR keeps every page that is seen, to look at.
#include "face/hotline.h"

#include <filesystem>

#include "face/hotline_fixture.h"
#include "face/html_check.h"
#include "face/page.h"

namespace plumbline::face {
namespace {

using testing::HasSubstr;
using testing::Not;

// Is it a page without faults? Keeps it where pictures are wanted.
void look_at(const Response& response, const std::string& name) {
    EXPECT_THAT(html_faults(response.body), testing::IsEmpty()) << name;
    EXPECT_THAT(response.headers, testing::Contains(testing::Pair("Cache-Control", "no-store")));
    for (const auto& [header, value] : response.headers) EXPECT_NE(header, "Set-Cookie");
    const char* folder = std::getenv("PLUMBLINE_PAGES");
    if (folder == nullptr) return;
    std::string page = response.body;
    page.replace(page.find("/style.css"), 10, PLUMBLINE_SOURCE_DIR "/ui/hotline/style.css");
    std::ofstream(std::string(folder) + "/" + name + ".html") << page;
}

const std::vector<FormPart> good_form = {{"text", "They called and said they were my bank.\r\nI moved the money."},
                                         {"category", "fraud.impostor"},
                                         {"danger_now", "no"},
                                         {"still_happening", "yes"},
                                         {"victim_is_child", "unknown"},
                                         {"amount", "1.250,00"},
                                         {"currency", "eur"},
                                         {"sent_within_72_hours", "yes"},
                                         {"contact", "jo@example.com"}};
std::vector<FormPart> form_with(const std::string& name, const std::string& value) {
    std::vector<FormPart> form = good_form;
    for (FormPart& part : form)
        if (part.name == name) part.value = value;
    return form;
}

TEST_F(HotlineFixture, ShowsTheFormWithEveryCategoryAndNotSureChosen) {
    open();
    const Response page = get("/");
    EXPECT_EQ(page.status, 200);
    look_at(page, "report");
    for (const Category& leaf : categories.leaves()) EXPECT_THAT(page.body, HasSubstr("name=\"category\" value=\"" + leaf.code + "\""));
    EXPECT_THAT(page.body, HasSubstr("<input type=\"radio\" name=\"category\" value=\"other.unclassified\" checked> I am not sure</label>"));
    EXPECT_THAT(page.body, Not(HasSubstr("<details class=\"group\" open>")));
    EXPECT_THAT(page.body, Not(HasSubstr("tel:")));
    EXPECT_THAT(page.body, Not(HasSubstr("Demonstration.")));
}

TEST_F(HotlineFixture, TakesTheAttributesAndWhatABankNeeds) {
    emergency_number = "1-1 2";
    open();
    EXPECT_THAT(get("/").body, HasSubstr("<a class=\"call\" href=\"tel:112\">Call 1-1 2</a>"));
    std::vector<FormPart> form = good_form;
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
             {"recall_sent_to", "DE89 3704 0044 0532 0130 00"}, {"recall_card_last_four", "1234"}, {"recall_time", "today, 9:30"}, {"payment_rail", "bank"}, {"contact_channel", "call"},
             {"reporter_role", "on_behalf"}, {"victim_is_older", "yes"}, {"synthetic_content", "yes"}, {"a_field_of_another_page", "x"}})
        form.push_back({name, value});
    std::vector<FormPart> wrong = form;
    wrong.push_back({"payment_rail", "camel"});
    wrong.push_back({"recall_card_last_four", "4111111111111111"});
    const Response refused = post("/report", form_type, form_body(wrong));
    EXPECT_EQ(refused.status, 422);
    look_at(refused, "refused_recall");
    EXPECT_THAT(refused.body, HasSubstr("href=\"#recall_card_last_four\""));
    EXPECT_THAT(refused.body, HasSubstr("value=\"DE89 3704 0044 0532 0130 00\""));
    EXPECT_THAT(refused.body, HasSubstr("<option value=\"call\" selected>"));
    EXPECT_THAT(refused.body, HasSubstr("name=\"victim_is_older\" value=\"yes\" checked"));
    EXPECT_THAT(refused.body, HasSubstr("<details class=\"group\" open>"));
    const Response page = post("/report", form_type, form_body(form));
    ASSERT_EQ(page.status, 200);
    look_at(page, "receipt_money");
    ASSERT_EQ(intake.tips.size(), 1U);
    const TipContent& content = intake.tips[0].content;
    EXPECT_EQ(content.recall.sent_to, "DE89 3704 0044 0532 0130 00");
    EXPECT_EQ(content.recall.card_last_four, "1234");
    EXPECT_EQ(content.payment_rail, "bank");
    EXPECT_EQ(content.reporter_role, "on_behalf");
    EXPECT_EQ(content.victim_is_older, Answer::yes);
    EXPECT_EQ(content.victim_is_organisation, Answer::unknown);
    EXPECT_EQ(content.synthetic_content, Answer::yes);
}

TEST_F(HotlineFixture, HasAPageForWhatIsNotThere) {
    open();
    const Response page = get("/nowhere");
    EXPECT_EQ(page.status, 404);
    look_at(page, "not_found");
    EXPECT_EQ(post("/nowhere", "text/plain", "").status, 404);
    EXPECT_EQ(post("/figures", "text/plain", "").status, 405);
}

TEST_F(HotlineFixture, TakesAReportAndShowsTheWordsOnce) {
    open();
    std::vector<FormPart> form = good_form;
    form.push_back({"files", "From: a@b.example\r\n\r\nhello", "letter.eml"});
    form.push_back({"files", std::string(200'000, 'x'), "C:\\photos\\a.jpg"});
    form.push_back({"files", "", ""});
    const Response page = post("/report", form_type, form_body(form));
    ASSERT_EQ(page.status, 200) << page.body;
    look_at(page, "receipt");
    for (const char* word : {"<li>legal</li>", "<li>sausage</li>", "<li>yellow</li>"}) EXPECT_THAT(page.body, HasSubstr(word));
    EXPECT_THAT(page.body, HasSubstr("signature: AAAA&lt;&amp;&gt;"));
    EXPECT_THAT(page.body, HasSubstr("Ring your bank"));
    EXPECT_THAT(page.body, HasSubstr("23 November 2026"));
    ASSERT_EQ(intake.tips.size(), 1U);
    const KeptTip& tip = intake.tips[0];
    EXPECT_EQ(tip.content.text, "They called and said they were my bank.\nI moved the money.");
    EXPECT_EQ(tip.content.category, "fraud.impostor");
    EXPECT_EQ(tip.content.loss, (Money{125000, "EUR"}));
    EXPECT_EQ(tip.content.still_happening, Answer::yes);
    EXPECT_EQ(tip.content.danger_now, Answer::no);
    EXPECT_EQ(tip.content.victim_is_child, Answer::unknown);
    EXPECT_EQ(tip.content.contact, "jo@example.com");
    EXPECT_EQ(tip.options.channel, TipChannel::form);
    ASSERT_EQ(tip.files.size(), 2U);
    EXPECT_EQ(tip.files[0].name, "letter.eml");
    EXPECT_EQ(tip.files[0].start, "From: a@b.example\r\n\r\nhello");
    EXPECT_EQ(tip.files[1].name, "a.jpg");
    EXPECT_EQ(tip.files[1].bytes, 200'000U);
    EXPECT_TRUE(tip.files[1].is_ended);
    EXPECT_EQ(intake.writers, 0);
}

TEST_F(HotlineFixture, KeepsWhatWasTypedWhereAFieldIsRefused) {
    open();
    std::vector<FormPart> form = form_with("amount", "1.234");
    form[0].value = "They said \"<script>alert(1)</script>\" & more";
    form.push_back({"files", "abc", "a.txt"});
    const Response page = post("/report", form_type, form_body(form));
    EXPECT_EQ(page.status, 422);
    look_at(page, "refused");
    EXPECT_THAT(page.body, HasSubstr("can mean two amounts: write 1234 or 1.23"));
    EXPECT_THAT(page.body, HasSubstr("They said &quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot; &amp; more</textarea>"));
    EXPECT_THAT(page.body, HasSubstr("name=\"category\" value=\"fraud.impostor\" checked"));
    EXPECT_THAT(page.body, HasSubstr("name=\"still_happening\" value=\"yes\" checked"));
    EXPECT_THAT(page.body, HasSubstr("value=\"jo@example.com\""));
    EXPECT_THAT(page.body, HasSubstr("choose your files again"));
    EXPECT_THAT(page.body, HasSubstr("href=\"#amount\""));
    EXPECT_TRUE(intake.tips.empty());
    EXPECT_EQ(intake.writers, 0);
}

TEST_F(HotlineFixture, NamesTheLimitOfALongTextAndOfFiles) {
    limits.tip_text_bytes_max = 1000;
    intake.file_bytes_max = 5000;
    open();
    Response page = post("/report", form_type, form_body(form_with("text", std::string(5000, 'a'))));
    EXPECT_EQ(page.status, 422);
    EXPECT_THAT(page.body, HasSubstr("5,000 bytes, and at most 1,000 are taken"));
    page = post("/report", form_type, form_body(form_with("text", std::string(1500, 'a'))));
    EXPECT_THAT(page.body, HasSubstr("1,500 bytes, and at most 1,000 are taken"));
    page = post("/report", form_type, form_body(form_with("contact", std::string(9000, 'a'))));
    EXPECT_THAT(page.body, HasSubstr("9,000 bytes, and at most 4,096 are taken"));
    std::vector<FormPart> form = good_form;
    form.push_back({"files", std::string(90'000, 'x'), "a"});
    form.push_back({"files", "more", "b"});
    page = post("/report", form_type, form_body(form));
    EXPECT_EQ(page.status, 422);
    EXPECT_THAT(page.body, HasSubstr("A file is too large"));
    EXPECT_THAT(page.body, HasSubstr("5 GiB each"));
    form = good_form;
    for (int i = 0; i < 25; ++i) form.push_back({"files", "x", "f"});
    page = post("/report", form_type, form_body(form));
    EXPECT_EQ(page.status, 422);
    EXPECT_THAT(page.body, HasSubstr("At most 20 files"));
    EXPECT_TRUE(intake.tips.empty());
    EXPECT_EQ(intake.writers, 0);
}

TEST_F(HotlineFixture, SaysWhatToDoWhenTheStoreFails) {
    open();
    intake.failure = Error{ErrorKind::unavailable, "disk full at /var/lib"};
    Response page = post("/report", form_type, form_body(good_form));
    EXPECT_EQ(page.status, 503);
    look_at(page, "fault");
    EXPECT_THAT(page.body, HasSubstr("Nothing was stored"));
    EXPECT_THAT(page.body, HasSubstr("I moved the money.</textarea>"));
    EXPECT_THAT(page.body, Not(HasSubstr("/var/lib")));
    intake.failure = Error{ErrorKind::busy, "queue"};
    EXPECT_EQ(post("/report", form_type, form_body(good_form)).status, 503);
    intake.failure = Error{ErrorKind::invalid, "category: not known"};
    page = post("/report", form_type, form_body(good_form));
    EXPECT_EQ(page.status, 422);
    EXPECT_THAT(page.body, HasSubstr("href=\"#category\""));
    intake.failure = {};
    const std::string whole = form_body(good_form);
    EXPECT_EQ(post("/report", form_type, whole.substr(0, whole.size() - 20)).status, 422);
    EXPECT_EQ(post("/report", "text/plain", "x").status, 415);
    EXPECT_TRUE(intake.tips.empty());
}

TEST_F(HotlineFixture, OpensTheMailboxWithTheWordsOnly) {
    open();
    intake.mailbox.tip.state = TipState::decided;
    intake.mailbox.tip.header.received_hour = *instant_from("2026-11-20T10:00:00Z");
    intake.mailbox.tip.receipt = "the proof";
    Ranking ranking;
    ranking.deadline = *instant_from("2026-11-24T10:00:00Z");
    intake.mailbox.tip.ranking = ranking;
    Message answer;
    answer.hour = *instant_from("2026-11-21T10:00:00Z");
    Message own;
    own.direction = MessageDirection::from_reporter;
    own.hour = *instant_from("2026-11-22T10:00:00Z");
    intake.mailbox.messages = {answer, own};
    intake.mailbox.answers = {MessageContent{"Please call your bank.\n<b>Today</b>", {}, "", {}}};
    look_at(get("/mailbox"), "mailbox");
    const std::string words = "words=legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";
    const std::string type = "application/x-www-form-urlencoded";
    const Response page = post("/mailbox", type, words);
    EXPECT_EQ(page.status, 200);
    look_at(page, "mailbox_open");
    EXPECT_THAT(page.body, HasSubstr("Sorted, waiting for a person"));
    EXPECT_THAT(page.body, HasSubstr("24 November 2026, 10:00 UTC"));
    EXPECT_THAT(page.body, HasSubstr("Please call your bank.\n&lt;b&gt;Today&lt;/b&gt;"));
    EXPECT_THAT(page.body, HasSubstr("You, 22 November 2026"));
    const Response wrong = post("/mailbox", type, "words=one");
    EXPECT_EQ(wrong.status, 422);
    look_at(wrong, "mailbox_wrong");
    EXPECT_THAT(wrong.body, HasSubstr("this is 1 word"));
    EXPECT_EQ(post("/mailbox", type, "words=zoo").status, 404);
    EXPECT_EQ(post("/mailbox", type, "words=%zz").status, 400);
    const Response proof = post("/mailbox/proof", type, words);
    EXPECT_EQ(proof.body, "the proof");
    EXPECT_THAT(proof.headers, testing::Contains(testing::Pair("Content-Disposition", HasSubstr("attachment"))));
}

TEST_F(HotlineFixture, AddsMessagesToTheMailbox) {
    limits.message_text_bytes_max = 100;
    open();
    const std::string words = "words=legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";
    const std::string type = "application/x-www-form-urlencoded";
    const Response sent = post("/mailbox/message", type, words + "&message=I+forgot%0D%0Athis");
    EXPECT_EQ(sent.status, 200);
    look_at(sent, "mailbox_sent");
    EXPECT_THAT(sent.body, HasSubstr("Your message is stored"));
    EXPECT_THAT(intake.messages, testing::ElementsAre("I forgot\nthis"));
    const Response blank = post("/mailbox/message", type, words + "&message=+%0A");
    EXPECT_EQ(blank.status, 422);
    const Response too_long = post("/mailbox/message", type, words + "&message=" + std::string(101, 'a'));
    EXPECT_EQ(too_long.status, 422);
    EXPECT_THAT(too_long.body, HasSubstr("101 bytes, and at most 100 are taken"));
    EXPECT_THAT(too_long.body, HasSubstr(std::string(101, 'a') + "</textarea>"));
    EXPECT_EQ(intake.messages.size(), 1U);
}

TEST_F(HotlineFixture, MarksEveryPageOfADemonstration) {
    is_demo = true;
    figures = [](Day from, Day to) -> Result<figures::Figures> {
        figures::Figures made;
        made.frame.from = from;
        made.frame.to = to;
        made.frame.as_of = to;
        made.frame.log_size = 500;
        made.received[CategoryGroup::fraud] = 41;
        made.states[CategoryGroup::fraud][TipState::decided] = 41;
        return made;
    };
    open();
    for (const char* path : {"/", "/mailbox", "/rulebook", "/figures"}) {
        const Response page = get(path);
        EXPECT_EQ(page.status, 200) << path;
        EXPECT_THAT(page.body, HasSubstr("Demonstration.")) << path;
        look_at(page, std::string(path) == "/" ? "demo" : std::string(path).substr(1));
    }
    const Response page = get("/figures", {{"from", "2026-11-01"}, {"to", "2026-11-20"}});
    EXPECT_THAT(page.body, HasSubstr("<td class=\"number\">41</td>"));
    EXPECT_THAT(page.body, HasSubstr("From 1 November 2026 to 20 November 2026"));
    EXPECT_THAT(get("/figures", {{"from", "x"}}).body, HasSubstr("must be a day like"));
    EXPECT_EQ(get("/figures.json", {{"to", "2027-01-01"}}).status, 422);
    EXPECT_EQ(get("/figures.json").status, 200);
    EXPECT_EQ(get("/api/v1/status").body, R"({"ready":true,"tips":0,"processed":0,"jobs_waiting":0,"jobs_done":0,"jobs_failed":0,"ledger_size":0,"demo":true})");
}

TEST_F(HotlineFixture, ServesTheLogsFilesAndNoOthers) {
    std::filesystem::create_directories(folder + "/tile/0/x001");
    std::filesystem::create_directories(folder + "/tile/entries");
    for (const char* name : {"checkpoint", "tile/0/x001/067", "tile/entries/000", "secret", "tile/0/secret"}) std::ofstream(folder + "/" + name) << name;
    std::filesystem::create_symlink("/etc/passwd", folder + "/tile/0/001");
    open();
    for (const char* name : {"checkpoint", "tile/0/x001/067", "tile/entries/000"}) {
        const Response file = get(std::string("/ledger/") + name);
        EXPECT_EQ(file.status, 200);
        EXPECT_EQ(file.body, name);
    }
    EXPECT_THAT(get("/ledger/checkpoint").headers, testing::Contains(testing::Pair("Cache-Control", "no-cache")));
    EXPECT_THAT(get("/ledger/tile/entries/000").headers, testing::Contains(testing::Pair("Cache-Control", HasSubstr("immutable"))));
    for (const char* name : {"secret", "tile/0/secret", "tile/0/001", "tile/0", "tile/0/002", "tile/0/0001", "tile/0/x01/067", "tile/../secret", "tile/0/000.p/", "tile/0/000.p/1/2", ""})
        EXPECT_EQ(get(std::string("/ledger/") + name).status, 404) << name;
    std::filesystem::remove_all(folder);
}

struct Api : HotlineFixture {
    std::map<std::string, std::string> token{{"authorization", "Bearer secret-token"}};
    void open_with_token() {
        open();
        ASSERT_TRUE(store->put_token({sha256(view("secret-token")), "bank-a"}));
    }
};

TEST_F(Api, TakesATipAsJson) {
    open_with_token();
    const Response answer = post("/api/v1/tips", "application/json", R"({"text":"a","category":"fraud.phishing","origin":{"country":"DE"}})", token);
    EXPECT_EQ(answer.status, 201);
    const auto body = parse_json(answer.body);
    ASSERT_TRUE(body);
    EXPECT_EQ(*body->text_at("words"), test_words);
    EXPECT_THAT(*body->text_at("id"), testing::StartsWith("tip_"));
    EXPECT_THAT(*body->text_at("proof"), HasSubstr("proof of receipt"));
    ASSERT_EQ(intake.tips.size(), 1U);
    EXPECT_EQ(intake.tips[0].options.channel, TipChannel::api);
    EXPECT_EQ(intake.tips[0].options.partner, "bank-a");
    EXPECT_EQ(intake.tips[0].content.origin.country, "DE");
    EXPECT_EQ(intake.tips[0].options.dedup_source, std::nullopt);
}

TEST_F(Api, TakesATipWithFilesBeforeOrBehindIt) {
    open_with_token();
    const FormPart tip{"tip", R"({"text":"a"})"};
    const FormPart file{"evidence", std::string(100'000, 'x'), "a.eml"};
    EXPECT_EQ(post("/api/v1/tips", form_type, form_body({tip, file}), token).status, 201);
    EXPECT_EQ(post("/api/v1/tips", form_type, form_body({file, tip, file}), token).status, 201);
    ASSERT_EQ(intake.tips.size(), 2U);
    EXPECT_EQ(intake.tips[0].files.size(), 1U);
    EXPECT_EQ(intake.tips[1].files.size(), 2U);
    EXPECT_EQ(intake.tips[1].files[1].bytes, 100'000U);
    EXPECT_EQ(post("/api/v1/tips", form_type, form_body({file}), token).status, 422);
    EXPECT_EQ(post("/api/v1/tips", form_type, form_body({tip, tip}), token).status, 422);
    EXPECT_EQ(post("/api/v1/tips", form_type, form_body({tip, {"note", "x"}}), token).status, 422);
    EXPECT_EQ(intake.tips.size(), 2U);
    EXPECT_EQ(intake.writers, 0);
}

TEST_F(Api, PointsAtTheRefusedFieldAndItsLimit) {
    limits.tip_text_bytes_max = 10;
    open_with_token();
    const Response answer = post("/api/v1/tips", "application/json", R"({"text":"12345678901"})", token);
    EXPECT_EQ(answer.status, 422);
    EXPECT_THAT(answer.headers, testing::Contains(testing::Pair("Content-Type", "application/problem+json")));
    EXPECT_EQ(answer.body, R"({"type":"about:blank","title":"invalid","status":422,"detail":"text: must have at most 10 bytes, not 11","pointer":"/text"})");
    EXPECT_EQ(post("/api/v1/tips", "application/json", "{\"text\":", token).status, 422);
    limits.http_body_bytes_max = 5;
    EXPECT_EQ(post("/api/v1/tips", "application/json", R"({"text":"a"})", token).status, 413);
    EXPECT_EQ(post("/api/v1/tips", "text/plain", "x", token).status, 415);
    limits.http_body_bytes_max = 5000;
    intake.failure = Error{ErrorKind::invalid, "loss.currency: is not a code of ISO 4217"};
    EXPECT_THAT(post("/api/v1/tips", "application/json", R"({"text":"a"})", token).body, HasSubstr("\"pointer\":\"/loss/currency\""));
    intake.failure = Error{ErrorKind::unavailable, "disk full at /var/lib"};
    const Response full = post("/api/v1/tips", "application/json", R"({"text":"a"})", token);
    EXPECT_EQ(full.status, 503);
    EXPECT_THAT(full.body, Not(HasSubstr("/var")));
}

TEST_F(Api, WantsAToken) {
    open_with_token();
    for (const char* wrong : {"", "Bearer", "Bearer other", "Basic secret-token", "Bearer secret-toke"}) {
        const Response answer = post("/api/v1/tips", "application/json", R"({"text":"a"})", {{"authorization", wrong}});
        EXPECT_EQ(answer.status, 401) << wrong;
        EXPECT_THAT(answer.headers, testing::Contains(testing::Pair("WWW-Authenticate", "Bearer")));
    }
    EXPECT_TRUE(intake.tips.empty());
}

TEST_F(Api, TakesTheSameKeyOnce) {
    open_with_token();
    token["idempotency-key"] = "order-7";
    EXPECT_EQ(post("/api/v1/tips", "application/json", R"({"text":"a"})", token).status, 201);
    const Response again = post("/api/v1/tips", "application/json", R"({"text":"a"})", token);
    EXPECT_EQ(again.status, 200);
    EXPECT_THAT(again.body, testing::AllOf(HasSubstr("\"is_new\":false"), Not(HasSubstr("words"))));
    EXPECT_EQ(intake.tips.size(), 1U);
    token["idempotency-key"] = std::string(256, 'k');
    EXPECT_EQ(post("/api/v1/tips", "application/json", R"({"text":"a"})", token).status, 422);
}

TEST(Page, FillsAndEscapes) {
    const auto page = Page::parse("{{a}}|{{&a}}|{{#list}}<{{.}}{{#b}}{{x}}{{/b}}>{{/list}}{{^list}}none{{/list}}{{#no}}x{{/no}}{{^no}}no{{/no}}");
    ASSERT_TRUE(page) << page.error().message;
    Json values = Json::object();
    Json list = Json::array();
    list.push("1").push("&");
    values.set("a", "<\"'&>").set("list", std::move(list));
    EXPECT_EQ(page->render(values), "&lt;&quot;&#39;&amp;&gt;|<\"'&>|<1><&amp;>no");
    EXPECT_EQ(page->render(Json::object()), "||noneno");
    for (const char* bad : {"{{a", "{{}}", "{{#a}}", "{{#a}}{{/b}}", "{{/a}}"}) EXPECT_FALSE(Page::parse(bad)) << bad;
}

}  // namespace
}  // namespace plumbline::face
