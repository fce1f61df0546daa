// SPDX-License-Identifier: Apache-2.0
#include "desk/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "desk/ledger_proofs.h"
#include "desk/states.h"
#include "flow/recheck.h"
#include "intake/intake.h"
#include "seal/message.h"
#include "store/part_bytes.h"
#include "desk/test_desk.h"
#include "ledger/publisher.h"
#include "store/test_folder.h"

namespace plumbline::desk {

namespace {

const Json& at(const Json& json, std::string_view name) {
    const Json* found = json.find(name);
    CHECK(found != nullptr);
    return *found;
}
const Json& at(const Json& json, std::size_t index) { return json.as_array().at(index); }
std::size_t size_of(const Json& json) { return json.as_array().size(); }

Sighting seen(IndicatorKind kind, std::string text) {
    Sighting sighting;
    sighting.kind = kind;
    sighting.value = sighting.text = std::move(text);
    sighting.where = "0";
    return sighting;
}
Evidence evidence_with(std::vector<Sighting> sightings) {
    Evidence evidence;
    PartEvidence own;
    own.format = "text";
    own.sightings = std::move(sightings);
    evidence.parts.push_back(std::move(own));
    return evidence;
}

}  // namespace

class DeskTest : public testing::Test {
  protected:
    Json tip(TipId id) { return service_.tip(id).take(); }
    TipState state_of(TipId id) { return desk_.store->tip(id)->state; }
    std::vector<std::string> kinds_of(TipId id) {
        std::vector<std::string> kinds;
        for (const StoredEntry& entry : desk_.store->ledger_entries_of(id).take()) kinds.push_back(entry.entry.kind);
        return kinds;
    }
    TestDesk desk_{PLUMBLINE_SOURCE_DIR};
    DeskService service_{desk_.parts()};
    Session who_ = desk_.session();
};

TEST(States, the_table_closes_nothing_without_a_person_and_a_reason) {
    for (const StateRule& rule : state_rules()) {
        EXPECT_FALSE(is_opened_by_reading(rule.from)) << name_of(rule.from);
        EXPECT_NE(rule.to, TipState::received);
        EXPECT_NE(rule.to, TipState::decided);
        EXPECT_NE(rule.to, TipState::answered);
        const bool weighs = rule.to == TipState::closed || rule.to == TipState::referred || rule.from == TipState::closed;
        EXPECT_TRUE(!weighs || rule.reason == ReasonNeed::required);
    }
    EXPECT_FALSE(move_between(TipState::decided, TipState::closed).has_value());
    EXPECT_FALSE(can_be_answered(TipState::closed));
    EXPECT_FALSE(can_be_answered(TipState::decided));
}

TEST(FirstLine, is_the_first_with_a_word_and_short) {
    EXPECT_EQ(first_line_of("\n  \n---\n  Hello\tthere \nmore"), "Hello there");
    EXPECT_EQ(first_line_of(""), "");
    EXPECT_EQ(first_line_of("***"), "");
    std::string longer;
    for (int i = 0; i < 200; ++i) longer += "\xC3\xA9";
    EXPECT_EQ(first_line_of(longer).size(), 2 * first_line_characters_max);
    EXPECT_EQ(first_line_of("a\xFF" "b"), "a\xEF\xBF\xBD" "b");
}

TEST_F(DeskTest, the_queue_is_ordered_filtered_and_paged) {
    const TipId late = desk_.accept("The late one");
    const TipId soon = desk_.accept("The soon one");
    const TipId new_one = desk_.accept("Not decided");
    desk_.decide(late, Severity::critical, 48, {}, "urgent");
    desk_.decide(soon, Severity::low, 2);
    const Json by_deadline = service_.queue({}).take();
    ASSERT_EQ(size_of(at(by_deadline, "rows")), 3U);
    EXPECT_EQ(at(at(at(by_deadline, "rows"), 0), "id"), Json(soon.text()));
    EXPECT_EQ(at(at(at(by_deadline, "rows"), 0), "first_line"), Json("The soon one"));
    EXPECT_EQ(at(at(at(at(by_deadline, "rows"), 0), "category"), "title"), Json("Phishing message, call or site"));
    EXPECT_EQ(at(at(at(by_deadline, "rows"), 0), "deadline"), Json("2026-11-20T12:00:00Z"));
    EXPECT_EQ(at(at(at(by_deadline, "rows"), 2), "id"), Json(new_one.text()));
    EXPECT_TRUE(at(at(at(by_deadline, "rows"), 2), "severity").is_null());

    QueueQuery query;
    query.by_severity = true;
    query.count = 1;
    const Json first = service_.queue(query).take();
    EXPECT_EQ(at(at(at(first, "rows"), 0), "id"), Json(late.text()));
    EXPECT_TRUE(at(first, "has_more").as_bool());
    query.offset = 2;
    EXPECT_FALSE(at(service_.queue(query).take(), "has_more").as_bool());
    query = {};
    query.queue = "urgent";
    EXPECT_EQ(size_of(at(service_.queue(query).take(), "rows")), 1U);
    query = {};
    query.state = TipState::received;
    EXPECT_EQ(at(at(at(service_.queue(query).take(), "rows"), 0), "id"), Json(new_one.text()));
    query.count = queue_rows_max + 1;
    EXPECT_EQ(service_.queue(query).error().kind, ErrorKind::invalid);
}

// The reporter's side is the real one: words, sealed additions, answers that the words open.
TEST_F(DeskTest, files_go_both_ways_and_what_became_of_it_is_told) {
    const Limits limits;
    const seal::SigningKeys signing = seal::make_signing_keys(desk_.entropy);
    const auto intake = intake::Intake::make(*desk_.store, *desk_.blobs, desk_.clock, desk_.entropy, desk_.categories,
                                             {{desk_.keys.public_key}, signing.secret, Bytes(32, std::byte{1}), desk_.keys.public_key}, limits);
    TipContent content;
    content.text = "They took it.";
    content.category = "fraud.phishing";
    const intake::Receipt receipt = intake->begin({})->get()->finish(content).take();
    const TipId id = receipt.tip;
    auto addition = intake->begin_addition(receipt.words).take();
    ASSERT_TRUE(addition->begin_file("later.txt", "text/plain") && addition->file_data(view("write to thief@example.com")) && addition->end_file());
    ASSERT_TRUE(addition->finish("found this").has_value());

    const Json page = service_.tip(id).take();
    EXPECT_EQ(size_of(at(page, "troubles")), 0U) << at(page, "troubles").dump();
    EXPECT_EQ(at(at(at(page, "files"), 0), "name"), Json("later.txt"));
    EXPECT_EQ(at(at(at(page, "messages"), 0), "text"), Json("found this"));
    const auto reader = service_.file(id, 1).take();
    Bytes bytes;
    while (reader->next(bytes).take()) {}
    EXPECT_EQ(text_of(bytes), "write to thief@example.com");
    EXPECT_EQ(service_.file(id, 2).error().kind, ErrorKind::not_found);

    ASSERT_TRUE(service_.open(id, who_).has_value());
    auto answer = service_.begin_answer(id, who_).take();
    const std::string large(200'000, 'f');
    ASSERT_TRUE(answer->begin_file("form.pdf", "application/pdf") && answer->file_data(view(large)) && answer->end_file());
    ASSERT_TRUE(answer->finish("Please fill this in.").has_value());
    answer.reset();
    ASSERT_TRUE(service_.set_state(id, TipState::answered, TipState::referred, "internal note", who_, {"The police of Example Town", "They can look into the account."}).has_value());
    EXPECT_EQ(service_.set_state(id, TipState::referred, TipState::closed, "x", who_, {std::string(whom_bytes_max + 1, 'w'), ""}).error().kind, ErrorKind::invalid);

    const auto mailbox = intake->open_mailbox(receipt.words).take();
    ASSERT_EQ(mailbox.answers.size(), 2U);
    EXPECT_EQ(mailbox.answers[0]->text, "Please fill this in.");
    const auto file = intake->answer_file(receipt.words, mailbox.messages[1].id, 1).take();
    EXPECT_EQ(file.file.name, "form.pdf");
    bytes.clear();
    while (file.reader->next(bytes).take()) {}
    EXPECT_EQ(text_of(bytes), large);
    EXPECT_FALSE(intake->answer_file(receipt.words, mailbox.messages[1].id, 2).has_value());
    EXPECT_FALSE(intake->answer_file(receipt.words, mailbox.messages[0].id, 1).has_value()) << "what was sent to the desk opens for the desk alone";
    ASSERT_TRUE(mailbox.answers[1]->notice.has_value());
    EXPECT_EQ(mailbox.answers[1]->notice->whom, "The police of Example Town");
    EXPECT_EQ(mailbox.answers[1]->notice->words, "They can look into the account.");
    EXPECT_EQ(to_json(*mailbox.answers[1]).dump().find("internal note"), std::string::npos);
    const Json after = service_.tip(id).take();
    EXPECT_EQ(at(at(at(at(after, "messages"), 1), "files"), 0).find("size_bytes")->as_integer(), 200'000);
    const auto problems = flow::recheck_tip(*desk_.store, desk_.opener, id).take();
    for (const std::string& problem : problems) EXPECT_EQ(problem.find("message"), std::string::npos) << problem;
}

TEST_F(DeskTest, what_falls_due_soon_is_listed_soonest_first) {
    const TipId later = desk_.accept("later");
    const TipId sooner = desk_.accept("sooner");
    const TipId far = desk_.accept("far");
    desk_.decide(later, Severity::low, 20);
    desk_.decide(sooner, Severity::high, 2);
    desk_.decide(far, Severity::low, 100);
    const auto ids = [&](std::int64_t hours) {
        std::string text;
        const Json due = service_.due_soon(hours).take();
        for (const Json& row : at(due, "rows").as_array()) text += row.find("id")->as_text() + " ";
        return text;
    };
    EXPECT_EQ(ids(24), sooner.text() + " " + later.text() + " ");
    EXPECT_EQ(ids(3), sooner.text() + " ");
    desk_.clock.advance(std::chrono::hours(5));
    EXPECT_EQ(ids(0), sooner.text() + " ") << "overdue";
    ASSERT_TRUE(service_.open(sooner, who_).has_value());
    EXPECT_EQ(ids(0), "");
    EXPECT_EQ(service_.due_soon(-1).error().kind, ErrorKind::invalid);
}

TEST(States, what_nobody_has_opened_cannot_be_closed_or_passed_on) {
    for (const StateRule& rule : state_rules()) {
        EXPECT_NE(rule.from, TipState::received);
        EXPECT_NE(rule.from, TipState::decided);
        EXPECT_TRUE(rule.to != TipState::closed || rule.reason == ReasonNeed::required);
    }
}

TEST_F(DeskTest, the_first_opening_is_told_in_the_log_and_once) {
    const TipId id = desk_.accept("one");
    desk_.decide(id, Severity::high, 1);
    desk_.clock.advance(std::chrono::hours(3));
    EXPECT_TRUE(service_.open(id, who_).has_value());
    EXPECT_EQ(desk_.store->tip(id)->first_opened_hour, *instant_from("2026-11-20T13:00:00Z"));
    const std::vector<StoredEntry> entries = desk_.store->ledger_entries_of(id).take();
    EXPECT_EQ(entries.back().entry.about, "received=2026-11-20,queue=fraud,due=2026-11-20,opened=late");
    desk_.clock.advance(std::chrono::hours(3));
    EXPECT_TRUE(service_.open(id, who_).has_value());
    EXPECT_EQ(desk_.store->tip(id)->first_opened_hour, *instant_from("2026-11-20T13:00:00Z"));
    EXPECT_EQ(desk_.store->ledger_entries_of(id)->size(), entries.size());
    EXPECT_EQ(at(service_.tip(id).take(), "first_opened_hour"), Json("2026-11-20T13:00:00Z"));
}

TEST_F(DeskTest, the_status_counts_what_waits) {
    const TipId one = desk_.accept("one");
    desk_.accept("two");
    desk_.decide(one, Severity::high, 1);
    ASSERT_TRUE(desk_.store->put_setting("demo", "true").has_value());
    Json status = service_.status().take();
    EXPECT_EQ(at(at(status, "counts"), "tips"), Json(2));
    EXPECT_EQ(at(at(at(at(status, "tally"), "queues"), 0), "unopened"), Json(1));
    EXPECT_EQ(at(at(at(at(status, "tally"), "queues"), 0), "oldest_unopened_hour"), Json("2026-11-20T10:00:00Z"));
    EXPECT_EQ(at(at(status, "counts"), "processed"), Json(1));
    EXPECT_TRUE(at(status, "is_demo").as_bool());
    EXPECT_EQ(at(at(status, "tally"), "overdue"), Json(0));
    desk_.clock.advance(std::chrono::hours(2));
    status = service_.status().take();
    EXPECT_EQ(at(at(status, "tally"), "overdue"), Json(1));
    EXPECT_TRUE(at(at(status, "tally"), "is_exact").as_bool());
    EXPECT_TRUE(service_.open(one, who_).has_value());
    desk_.clock.advance(tally_age_max);
    EXPECT_EQ(at(at(service_.status().take(), "tally"), "overdue"), Json(0));
}

TEST_F(DeskTest, a_tip_shows_its_text_with_marks_and_never_its_origin) {
    const TipId id = desk_.accept("Pay to jo@example.com now", {{"a.eml", "From: x"}});
    Evidence evidence = evidence_with({seen(IndicatorKind::email, "jo@example.com")});
    PartEvidence file;
    file.part = 1;
    file.name = "a.eml";
    file.format = "mail";
    file.text = "text of the mail";
    file.unread.push_back({"0-zip:x", "zip: encrypted"});
    evidence.parts.push_back(file);
    desk_.decide(id, Severity::high, 24, evidence);
    const Json json = tip(id);
    EXPECT_EQ(at(at(at(json, "parts"), 0), "text"), Json("Pay to jo@example.com now"));
    const Json& mark = at(at(at(at(json, "parts"), 0), "marks"), 0);
    EXPECT_EQ(at(mark, "from"), Json(7));
    EXPECT_EQ(at(mark, "to"), Json(21));
    EXPECT_EQ(at(at(at(json, "files"), 0), "format"), Json("mail"));
    EXPECT_EQ(at(at(at(at(at(json, "parts"), 1), "unread"), 0), "reason"), Json("zip: encrypted"));
    EXPECT_EQ(at(at(json, "loss"), "minor_units"), Json(120050));
    EXPECT_EQ(at(at(at(at(json, "decision"), "fired"), 0), "words"), Json("because of a test"));
    EXPECT_EQ(at(json, "partner"), Json("partner one"));
    EXPECT_EQ(json.dump().find("xx-secret"), std::string::npos);
    EXPECT_EQ(json.dump().find("\"XX\""), std::string::npos);
    EXPECT_EQ(size_of(at(json, "troubles")), 0U);
    EXPECT_EQ(state_of(id), TipState::decided);   // reading changes nothing
    EXPECT_EQ(service_.tip(TipId{}).error().kind, ErrorKind::not_found);
}

TEST_F(DeskTest, an_imported_tip_is_told_apart_by_its_file) {
    const TipId id = desk_.accept("handed in", {{"message.eml", "Subject: Win now"}}, "nuisance.spam", true, TipChannel::import);
    EXPECT_EQ(at(at(at(service_.queue({}).take(), "rows"), 0), "first_line"), Json("handed in"));   // nothing read yet
    PartEvidence file;
    file.part = 1;
    file.text = "From: x@example.org\nSubject: Win now\n\nbody";
    Evidence evidence;
    evidence.parts.push_back(file);
    desk_.decide(id, Severity::low, 24, evidence);
    EXPECT_EQ(at(at(at(service_.queue({}).take(), "rows"), 0), "first_line"), Json("Win now"));
}

TEST_F(DeskTest, a_section_that_does_not_open_is_named_and_the_rest_stands) {
    const TipId id = desk_.accept("some words");
    desk_.decide(id, Severity::high, 24);
    Change change;
    change.products.push_back({id, std::string(flow::product_evidence), 1, to_bytes("not sealed at all")});
    ASSERT_TRUE(desk_.store->apply(std::move(change)).has_value());
    const Json json = tip(id);
    ASSERT_EQ(size_of(at(json, "troubles")), 1U);
    EXPECT_THAT(at(at(json, "troubles"), 0).as_text(), testing::StartsWith("evidence: "));
    EXPECT_EQ(at(at(at(json, "parts"), 0), "text"), Json("some words"));
    EXPECT_FALSE(at(json, "decision").is_null());
}

TEST_F(DeskTest, the_first_opening_is_an_act_with_its_entry) {
    const TipId id = desk_.accept("some words");
    desk_.decide(id, Severity::high, 24);
    EXPECT_TRUE(at(service_.open(id, who_).take(), "was_moved").as_bool());
    EXPECT_FALSE(at(service_.open(id, who_).take(), "was_moved").as_bool());
    EXPECT_EQ(state_of(id), TipState::opened);
    EXPECT_THAT(kinds_of(id), testing::ElementsAre("tip.received", "tip.received>decided", "tip.decided>opened"));
    const Json custody = at(tip(id), "custody");
    ASSERT_EQ(size_of(custody), 3U);
    for (const Json& entry : custody.as_array()) EXPECT_EQ(at(at(entry, "opening"), "state"), Json("opens"));
    const Json statement = parse_json(at(at(at(custody, 2), "opening"), "statement").as_text()).take();
    EXPECT_EQ(at(statement, "tip"), Json(id.text()));
    EXPECT_EQ(at(statement, "staff"), Json(who_.staff.text()));
    EXPECT_EQ(at(statement, "hour"), Json("2026-11-20T10:00:00Z"));
}

TEST_F(DeskTest, only_moves_of_the_table_are_taken) {
    const TipId id = desk_.accept("some words");
    using enum TipState;
    EXPECT_EQ(service_.set_state(id, received, closed, "why", who_).error().kind, ErrorKind::invalid);
    ASSERT_TRUE(service_.open(id, who_).has_value());
    EXPECT_EQ(service_.set_state(id, received, closed, "why", who_).error().kind, ErrorKind::conflict);
    const auto without = service_.set_state(id, opened, closed, " \n", who_);
    ASSERT_FALSE(without.has_value());
    EXPECT_THAT(without.error().message, testing::StartsWith("reason: "));
    EXPECT_EQ(service_.set_state(id, opened, closed, std::string(reason_bytes_max + 1, 'x'), who_).error().kind, ErrorKind::invalid);
    EXPECT_EQ(service_.set_state(id, opened, answered, "why", who_).error().kind, ErrorKind::invalid);
    EXPECT_EQ(state_of(id), opened);
    ASSERT_TRUE(service_.set_state(id, opened, closed, "a copy of another tip", who_).has_value());
    EXPECT_EQ(state_of(id), closed);
    EXPECT_EQ(kinds_of(id).back(), "tip.opened>closed");
    EXPECT_THAT(at(at(at(at(tip(id), "custody"), 2), "opening"), "statement").as_text(), testing::HasSubstr("a copy of another tip"));
    ASSERT_TRUE(service_.set_state(id, closed, opened, "new facts", who_).has_value());
}

TEST_F(DeskTest, with_lab_makes_one_job_where_there_are_files) {
    using enum TipState;
    const TipId without = desk_.accept("no file");
    ASSERT_TRUE(service_.open(without, who_).has_value());
    ASSERT_TRUE(service_.set_state(without, opened, with_lab, "", who_).has_value());
    EXPECT_EQ(desk_.store->jobs_of(without)->size(), 1U);   // the line's own
    const TipId id = desk_.accept("a file", {{"a.bin", "bytes"}});
    desk_.decide(id, Severity::high, 24);
    ASSERT_TRUE(service_.open(id, who_).has_value());
    ASSERT_TRUE(service_.set_state(id, opened, with_lab, "", who_).has_value());
    ASSERT_TRUE(service_.set_state(id, with_lab, opened, "", who_).has_value());
    ASSERT_TRUE(service_.set_state(id, opened, with_lab, "", who_).has_value());   // the first still waits
    const auto jobs = desk_.store->jobs_of(id).take();
    ASSERT_EQ(jobs.size(), 2U);
    EXPECT_EQ(jobs[1].skill, skill_examine_file);
}

TEST_F(DeskTest, an_answer_opens_with_the_reporters_key_only) {
    const TipId id = desk_.accept("some words");
    EXPECT_EQ(service_.answer(id, "too early", who_).error().kind, ErrorKind::conflict);
    ASSERT_TRUE(service_.open(id, who_).has_value());
    EXPECT_EQ(service_.answer(id, " ", who_).error().kind, ErrorKind::invalid);
    EXPECT_EQ(service_.answer(id, std::string(Limits{}.message_text_bytes_max + 1, 'x'), who_).error().kind, ErrorKind::invalid);
    ASSERT_TRUE(service_.answer(id, "Your bank was told.", who_).has_value());
    EXPECT_EQ(state_of(id), TipState::answered);
    const auto messages = desk_.store->messages_of(id).take();
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(seal::open_message(desk_.reporters.at(0).secret, id, messages[0].id, messages[0].sealed)->text, "Your bank was told.");
    EXPECT_FALSE(seal::open_message(desk_.keys.secret, id, messages[0].id, messages[0].sealed).has_value());
    const Json shown = at(at(tip(id), "messages"), 0);
    EXPECT_EQ(at(shown, "text"), Json("Your bank was told."));
    EXPECT_EQ(at(shown, "staff"), Json("desk"));
    EXPECT_TRUE(service_.answer(id, "And once more.", who_).has_value());
    const TipId deaf = desk_.accept("no mailbox", {}, "fraud.phishing", false);
    ASSERT_TRUE(service_.open(deaf, who_).has_value());
    EXPECT_EQ(service_.answer(deaf, "hello", who_).error().kind, ErrorKind::conflict);
    desk_.has_foreign_mailbox_key = true;
    const TipId turned = desk_.accept("whose row was changed");
    ASSERT_TRUE(service_.open(turned, who_).has_value());
    EXPECT_EQ(service_.answer(turned, "for the reporter alone", who_).error().kind, ErrorKind::corrupt);
    EXPECT_TRUE(desk_.store->messages_of(turned)->empty());
}

TEST_F(DeskTest, a_message_of_the_reporter_is_read) {
    const TipId id = desk_.accept("some words");
    Message message;
    message.id = MessageId::make(desk_.clock.now(), {});
    message.tip = id;
    message.direction = MessageDirection::from_reporter;
    message.hour = hour_of(desk_.clock.now());
    message.sealed = seal::seal_message(desk_.keys.public_key, id, message.id, MessageContent{"One thing more", {}, "", {}}, desk_.entropy);
    Change change;
    change.messages.push_back(message);
    ASSERT_TRUE(desk_.store->apply(std::move(change)).has_value());
    EXPECT_EQ(at(at(at(tip(id), "messages"), 0), "text"), Json("One thing more"));
}

TEST_F(DeskTest, files_come_whole_from_row_and_blob) {
    const std::string large(300'000, 'x');
    const TipId id = desk_.accept("files", {{"small.txt", "small"}, {"large.bin", large, true}, {"empty", ""}});
    const std::string expected[] = {"small", large, ""};
    for (std::uint32_t n = 1; n <= 3; ++n) {
        const auto reader = service_.file(id, n).take();
        Bytes bytes;
        for (bool goes_on = true; goes_on;) {
            Bytes piece;
            goes_on = reader->next(piece).take();
            EXPECT_LE(piece.size(), 2 * seal::chunk_plain_bytes);
            append(bytes, piece);
        }
        EXPECT_EQ(text_of(bytes), expected[n - 1]);
        EXPECT_EQ(reader->size_bytes(), expected[n - 1].size());
    }
    EXPECT_EQ(service_.file(id, 0).error().kind, ErrorKind::not_found);
    EXPECT_EQ(service_.file(id, 4).error().kind, ErrorKind::not_found);
}

TEST_F(DeskTest, links_and_graph_say_what_is_shared) {
    LinkFacts facts;
    facts.values = {{IndicatorKind::btc, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}};
    std::vector<TipId> tips;
    for (int i = 0; i < 3; ++i) {
        tips.push_back(desk_.accept("tip with a wallet"));
        desk_.links.insert(tips.back(), facts);
    }
    desk_.links.insert(desk_.accept("alone"), {});
    const Json json = tip(tips[0]);
    EXPECT_EQ(at(json, "links_total"), Json(2));
    EXPECT_EQ(at(at(json, "cluster"), "total"), Json(3));
    EXPECT_EQ(at(at(at(json, "links"), 0), "first_line"), Json("tip with a wallet"));
    EXPECT_THAT(at(at(at(at(at(json, "links"), 0), "reasons"), 0), "words").as_text(), testing::HasSubstr("Bitcoin"));
    const Json graph = service_.graph(tips[0]).take();
    EXPECT_EQ(size_of(at(graph, "nodes")), 4U);   // three tips, one value
    EXPECT_EQ(size_of(at(graph, "edges")), 3U);
    EXPECT_TRUE(at(at(at(graph, "nodes"), 0), "is_self").as_bool());
    EXPECT_EQ(at(graph, "left_off"), Json(0));
}

TEST_F(DeskTest, the_graph_is_bounded) {
    LinkFacts facts;
    facts.values = {{IndicatorKind::btc, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"}};
    std::vector<TipId> tips;
    for (int i = 0; i < 80; ++i) {
        tips.push_back(desk_.accept("tip with a wallet"));
        LinkFacts own = facts;
        own.values.emplace_back(IndicatorKind::btc, fmt::format("wallet{:03}", i / 2));
        desk_.links.insert(tips.back(), own);
    }
    const Json graph = service_.graph(tips[0]).take();
    EXPECT_LE(size_of(at(graph, "nodes")), graph_nodes_max);
    for (const Json& edge : at(graph, "edges").as_array()) {
        std::size_t ends = 0;
        for (const Json& node : at(graph, "nodes").as_array()) ends += at(node, "id") == at(edge, "from") || at(node, "id") == at(edge, "to");
        EXPECT_EQ(ends, 2U);
    }
}

TEST_F(DeskTest, verify_says_plainly_what_it_did_not_check) {
    const TipId id = desk_.accept("some words");
    const Json report = service_.verify(id).take();
    EXPECT_FALSE(at(report, "is_ok").as_bool());
    EXPECT_TRUE(at(report, "checkpoint").is_null());
    const Json& entry = at(at(report, "entries"), 0);
    EXPECT_TRUE(at(at(entry, "opening"), "is_ok").as_bool());
    EXPECT_FALSE(at(at(entry, "inclusion"), "was_checked").as_bool());
    EXPECT_EQ(size_of(at(report, "not_checked")), 1U);
}

TEST_F(DeskTest, verify_checks_each_entry_against_the_published_log) {
    const TestFolder folder;
    const seal::SigningKeys signing = seal::make_signing_keys(desk_.entropy);
    const std::string origin = "test.example/ledger";
    auto publisher = ledger::TilePublisher::open(*desk_.store, signing.secret, {folder.file("ledger"), origin}).take();
    DeskService::Parts parts = desk_.parts();
    parts.proofs = proofs_from_published_log(folder.file("ledger"), signing.verify_key, origin);
    DeskService service(std::move(parts));
    const TipId id = desk_.accept("some words");
    desk_.accept("another");
    desk_.decide(id, Severity::high, 24);
    ASSERT_TRUE(publisher->publish().has_value());
    const Json report = service.verify(id).take();
    EXPECT_TRUE(at(report, "is_ok").as_bool()) << report.pretty();
    EXPECT_EQ(at(at(report, "checkpoint"), "size"), Json(3));
    EXPECT_EQ(size_of(at(report, "not_checked")), 0U);

    // An entry after the checkpoint is not checked yet; after the next one it is.
    ASSERT_TRUE(service.open(id, who_).has_value());
    const Json early = service.verify(id).take();
    EXPECT_FALSE(at(early, "is_ok").as_bool());
    EXPECT_THAT(at(at(early, "not_checked"), 0).as_text(), testing::HasSubstr("younger"));
    ASSERT_TRUE(publisher->publish().has_value());
    EXPECT_TRUE(at(service.verify(id).take(), "is_ok").as_bool());

    // Another key than the one that signed says nothing.
    DeskService::Parts wrong = desk_.parts();
    wrong.proofs = proofs_from_published_log(folder.file("ledger"), seal::make_signing_keys(desk_.entropy).verify_key, origin);
    EXPECT_FALSE(at(DeskService(std::move(wrong)).verify(id).take(), "is_ok").as_bool());
}

TEST_F(DeskTest, a_proof_of_another_entry_does_not_pass) {
    const TestFolder folder;
    const seal::SigningKeys signing = seal::make_signing_keys(desk_.entropy);
    auto publisher = ledger::TilePublisher::open(*desk_.store, signing.secret, {folder.file("ledger"), "test.example/ledger"}).take();
    const TipId id = desk_.accept("some words");
    desk_.accept("another");
    ASSERT_TRUE(publisher->publish().has_value());
    DeskService::Parts parts = desk_.parts();
    const LedgerProofs honest = proofs_from_published_log(folder.file("ledger"), signing.verify_key, "test.example/ledger");
    parts.proofs.key = honest.key;
    parts.proofs.proof_of = [&honest](std::uint64_t) { return honest.proof_of(1); };
    const Json report = DeskService(std::move(parts)).verify(id).take();
    const Json& inclusion = at(at(at(report, "entries"), 0), "inclusion");
    EXPECT_TRUE(at(inclusion, "was_checked").as_bool());
    EXPECT_FALSE(at(inclusion, "is_ok").as_bool());
    EXPECT_FALSE(at(report, "is_ok").as_bool());
}

}  // namespace plumbline::desk
