// SPDX-License-Identifier: Apache-2.0
// What guards people: identities for two, floods as one line, muted mailboxes, holds and erasure, pictures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "desk/flood_desk.h"
#include "desk/identity_desk.h"
#include "desk/picture_desk.h"
#include "desk/retention_desk.h"
#include "desk/test_desk.h"
#include "link/sketch.h"
#include "seal/identity.h"

namespace plumbline::desk {
namespace {

using testing::HasSubstr;

class CareTest : public testing::Test {
  protected:
    TestDesk desk{PLUMBLINE_SOURCE_DIR};
    DeskService service{desk.parts()};
    seal::BoxKeys identity = seal::make_box_keys(desk.entropy);
    IdentityDesk identities{{*desk.store, *desk.blobs, desk.opener, desk.clock, identity.secret}};
    FloodDesk floods{{*desk.store, desk.opener, desk.links, service, desk.clock}};

    static Session named(std::string name, int number) {
        IdBytes bytes{};
        bytes.back() = static_cast<std::byte>(number);
        return Session{StaffId::make({}, bytes), std::move(name), "analyst", {}, {}};
    }
    const Session ada = named("ada", 1);
    const Session ben = named("ben", 2);

    TipId named_tip(const std::string& contact) {
        desk.more_parts = [&](TipId id) {
            const Bytes sealed = seal::seal_identity(id, view(to_json(ReporterIdentity{contact}).dump()), identity.public_key, desk.entropy);
            SealedPart part;
            part.part = seal::identity_part;
            part.sealed_bytes = sealed.size();
            part.sealed_sha256 = sha256(sealed);
            part.where = sealed;
            return std::vector<SealedPart>{part};
        };
        const TipId id = desk.accept("They took all of it.");
        desk.more_parts = {};
        return id;
    }
    std::vector<std::string> kinds(TipId id) {
        std::vector<std::string> kinds;
        for (const StoredEntry& entry : desk.store->ledger_entries_of(id).take()) kinds.push_back(entry.entry.kind);
        return kinds;
    }
    std::string last_statement(TipId id) { return desk.opener.opening_of(desk.store->ledger_entries_of(id).take().back()).take().statement; }
    void close(TipId id, TipState from = TipState::received) {
        const TipRow row = desk.store->tip(id).take();
        Change change;
        change.moves.push_back({id, from, TipState::closed});
        change.entries.push_back(desk.opener.entry(row.header, kind_of_change(from, TipState::closed), day_of(desk.clock.now()), Json::object().set("act", "closed")));
        ASSERT_TRUE(desk.store->apply(std::move(change)));
    }
};

TEST_F(CareTest, OnePersonAloneLearnsNoName) {
    const TipId tip = named_tip("jo@example.com");
    EXPECT_EQ(identities.show(tip, ada).error().kind, ErrorKind::conflict);
    EXPECT_EQ(identities.approve(tip, ada).error().kind, ErrorKind::conflict);
    EXPECT_THAT(identities.ask(tip, "  ", ada).error().message, HasSubstr("reason"));
    ASSERT_TRUE(identities.ask(tip, "The bank asks for the account holder.", ada));
    EXPECT_EQ(identities.approve(tip, ada).error().kind, ErrorKind::denied);
    EXPECT_EQ(identities.show(tip, ada).error().kind, ErrorKind::conflict);
    EXPECT_EQ(identities.ask(tip, "me too", ben).error().kind, ErrorKind::conflict);
    // Nothing that the desk answers has the name in it.
    EXPECT_EQ(service.tip(tip).take().dump().find("jo@example.com"), std::string::npos);
    EXPECT_EQ(identities.state(tip, ada)->dump().find("jo@example.com"), std::string::npos);
    EXPECT_THAT(kinds(tip), testing::ElementsAre("tip.received", "identity.asked"));
}

TEST_F(CareTest, TwoPeopleAndAReasonShowItOnce) {
    const TipId tip = named_tip("jo@example.com");
    ASSERT_TRUE(identities.ask(tip, "The bank asks for the account holder.", ada));
    ASSERT_TRUE(identities.approve(tip, ben));
    EXPECT_EQ(identities.show(tip, ben).error().kind, ErrorKind::denied);   // who approves does not see
    const auto shown = identities.show(tip, ada);
    ASSERT_TRUE(shown) << shown.error().message;
    EXPECT_EQ(shown->text_at("contact").value(), "jo@example.com");
    EXPECT_EQ(identities.show(tip, ada).error().kind, ErrorKind::conflict);  // once
    EXPECT_THAT(kinds(tip), testing::ElementsAre("tip.received", "identity.asked", "identity.approved", "identity.shown"));
    EXPECT_THAT(last_statement(tip), HasSubstr("The bank asks"));
    EXPECT_EQ(last_statement(tip).find("jo@example.com"), std::string::npos);
}

TEST_F(CareTest, ApprovalsLapseAndCanBeRefused) {
    const TipId tip = named_tip("jo@example.com");
    ASSERT_TRUE(identities.ask(tip, "one", ada));
    desk.clock.advance(identity_asked_max + std::chrono::hours(1));
    EXPECT_EQ(identities.approve(tip, ben).error().kind, ErrorKind::conflict);
    ASSERT_TRUE(identities.ask(tip, "two", ada));
    ASSERT_TRUE(identities.approve(tip, ben));
    desk.clock.advance(identity_approved_max + std::chrono::hours(1));
    EXPECT_EQ(identities.show(tip, ada).error().kind, ErrorKind::conflict);
    ASSERT_TRUE(identities.ask(tip, "three", ada));
    ASSERT_TRUE(identities.refuse(tip, "not needed", ben));
    EXPECT_EQ(identities.approve(tip, ben).error().kind, ErrorKind::conflict);
    // A tip that names nobody, and a desk without the key.
    EXPECT_FALSE(identities.state(desk.accept("x"), ada)->find("is_named")->as_bool());
    IdentityDesk keyless({*desk.store, *desk.blobs, desk.opener, desk.clock, std::nullopt});
    ASSERT_TRUE(keyless.ask(tip, "four", ada));
    ASSERT_TRUE(keyless.approve(tip, ben));
    EXPECT_EQ(keyless.show(tip, ada).error().kind, ErrorKind::unavailable);
    EXPECT_TRUE(identities.show(tip, ada));   // the failed try has not used it up
}

TEST_F(CareTest, AFloodIsOneLineAndIsPutAsideTogether) {
    const std::string said = "This hotline is a fraud and everybody who works there should be ashamed of it, and we will say so again and again.";
    std::vector<TipId> flood;
    const auto add = [&](const std::string& text, Severity severity) {
        const TipId id = desk.accept(text);
        desk.decide(id, severity, 72);
        LinkFacts facts;
        facts.shingles = link::shingles_of(text);
        desk.links.insert(id, facts);
        desk.links.decided(id, facts, {severity, false});
        return id;
    };
    for (int i = 0; i < 300; ++i) flood.push_back(add(fmt::format("{} Number {}.", said, i), Severity::low));
    const TipId real = add(said + " But they have my daughter Ana since Tuesday and want money for her until tomorrow night.", Severity::critical);
    QueueQuery query;
    Json page = service.queue(query).take();
    ASSERT_EQ(page.find("rows")->as_array().size(), 2U);
    const Json* line = nullptr;
    bool has_real = false;
    for (const Json& row : page.find("rows")->as_array()) {
        if (!row.find("flood")->is_null()) line = &row;
        has_real = has_real || row.text_at("id").value() == real.text();
    }
    ASSERT_NE(line, nullptr);
    EXPECT_TRUE(has_real);
    EXPECT_EQ(line->find("flood")->integer_at("tips").value(), 300);
    query.is_folded = false;
    query.count = 200;
    EXPECT_EQ(service.queue(query)->find("rows")->as_array().size(), 200U);
    query = {};
    EXPECT_EQ(floods.look(flood[0], 290, 50)->find("rows")->as_array().size(), 10U);

    EXPECT_FALSE(floods.set_aside(flood[0], true, "", ada));
    ASSERT_EQ(floods.set_aside(flood[0], true, "The same text 300 times.", ada)->integer_at("tips").value(), 300);
    page = service.queue(query).take();
    ASSERT_EQ(page.find("rows")->as_array().size(), 1U);
    EXPECT_EQ(page.find("rows")->as_array()[0].text_at("id").value(), real.text());
    EXPECT_THAT(last_statement(flood[7]), HasSubstr("The same text 300 times."));
    EXPECT_EQ(kinds(flood[7]).back(), "tip.put_aside");
    EXPECT_EQ(desk.store->tip(flood[7])->state, TipState::decided);   // nothing is closed
    query.is_aside = true;
    page = service.queue(query).take();
    ASSERT_EQ(page.find("rows")->as_array().size(), 1U);
    EXPECT_EQ(page.find("rows")->as_array()[0].find("flood")->integer_at("aside").value(), 300);
    EXPECT_EQ(floods.set_aside(flood[0], true, "again", ada).error().kind, ErrorKind::conflict);
    ASSERT_TRUE(floods.set_aside(flood[0], false, "It was no flood.", ada));
    query = {};
    EXPECT_EQ(service.queue(query)->find("rows")->as_array().size(), 2U);
    // A person opens one: it stands on its own line from then on.
    ASSERT_TRUE(service.open(flood[5], ada));
    EXPECT_EQ(service.queue(query)->find("rows")->as_array().size(), 3U);
}

TEST_F(CareTest, AMutedMailboxIsNotAnsweredUntilItIsUnmuted) {
    const TipId tip = desk.accept("x");
    ASSERT_TRUE(service.open(tip, ada));
    ASSERT_TRUE(floods.set_muted(tip, true, "Threats in every message.", ada));
    EXPECT_EQ(service.answer(tip, "hello", ada).error().kind, ErrorKind::conflict);
    EXPECT_FALSE(service.tip(tip)->find("can_answer")->as_bool());
    EXPECT_TRUE(service.tip(tip)->find("is_muted")->as_bool());
    EXPECT_EQ(floods.set_muted(tip, true, "again", ada).error().kind, ErrorKind::conflict);
    ASSERT_TRUE(floods.set_muted(tip, false, "An apology came.", ben));
    EXPECT_TRUE(service.answer(tip, "hello", ada));
    EXPECT_THAT(kinds(tip), testing::IsSupersetOf({"tip.muted", "tip.unmuted"}));
}

TEST_F(CareTest, WhatIsDueIsErasedByAPersonAndAHeldTipStays) {
    RetentionRules rules;
    rules.days = 100;
    rules.days_of_category["fraud.phishing"] = 30;
    RetentionDesk retention({*desk.store, *desk.blobs, desk.opener, desk.links, desk.clock, rules});
    const TipId due = desk.accept("erase me", {{"a.bin", std::string(100'000, 'x'), true}});
    const TipId held = desk.accept("keep me");
    const TipId other = desk.accept("later", {}, "fraud.impostor");
    const TipId open = desk.accept("not closed");
    for (const TipId id : {due, held, other}) close(id);
    ASSERT_TRUE(floods.set_held(held, true, "A court asks for it.", ada));
    EXPECT_EQ(retention.due(10)->find("rows")->as_array().size(), 0U);
    EXPECT_EQ(retention.erase({due}, "due", ada).error().kind, ErrorKind::conflict);
    desk.clock.advance(std::chrono::hours(24 * 31));
    const Json listed = retention.due(10).take();
    ASSERT_EQ(listed.find("rows")->as_array().size(), 2U);
    // One that may not be erased stops all.
    EXPECT_THAT(retention.erase({due, held}, "due", ada).error().message, HasSubstr("held"));
    EXPECT_THAT(retention.erase({due, other}, "due", ada).error().message, HasSubstr("due on"));
    EXPECT_EQ(retention.erase({due, open}, "due", ada).error().kind, ErrorKind::conflict);
    EXPECT_TRUE(desk.opener.content(due));
    const auto erased = retention.erase({due}, "The list of today.", ada);
    ASSERT_TRUE(erased) << erased.error().message;
    EXPECT_FALSE(desk.opener.content(due));
    EXPECT_TRUE(desk.blobs->list()->empty());
    EXPECT_TRUE(desk.store->tip(due)->flags.has(TipFlag::erased));
    EXPECT_THAT(last_statement(due), HasSubstr("The list of today."));
    EXPECT_EQ(kinds(due).back(), "tip.erased");
    EXPECT_FALSE(desk.opener.opening_of(desk.store->ledger_entries_of(due).take().front()));   // a commitment that nobody can open
    EXPECT_EQ(retention.due(10)->find("rows")->as_array().size(), 1U);
    ASSERT_TRUE(floods.set_held(held, false, "The court is done.", ada));
    EXPECT_EQ(retention.erase_due("a rule", Session{{}, "rule", "rule", {}, {}})->integer_at("tips").value(), 1);
    EXPECT_FALSE(desk.opener.content(held));
    EXPECT_TRUE(desk.opener.content(other));
}

TEST_F(CareTest, RetentionRulesAreReadStrictly) {
    const auto from = [&](const char* text) { return RetentionRules::from_json(parse_json(text).take(), desk.categories); };
    const auto rules = from(R"({"days":90,"groups":{"child":3650},"categories":{"fraud.phishing":30}})");
    ASSERT_TRUE(rules) << rules.error().message;
    EXPECT_EQ(rules->days_for("fraud.phishing", CategoryGroup::fraud), 30);
    EXPECT_EQ(rules->days_for("fraud.impostor", CategoryGroup::fraud), 90);
    EXPECT_EQ(rules->days_for("", CategoryGroup::child), 3650);
    EXPECT_EQ(rules->days_min(), 30);
    for (const char* bad : {R"({"days":-1})", R"({"days":"90"})", R"({"groups":{"nobody":3}})", R"({"categories":{"no.such":3}})", R"({"day":3})", "[]"}) EXPECT_FALSE(from(bad)) << bad;
    std::ifstream file(PLUMBLINE_SOURCE_DIR "/rules/retention.json");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(from(text.str().c_str()));
}

TEST_F(CareTest, PicturesAreCountedForWhoAskedToSeeThem) {
    std::vector<unsigned> sides;
    PictureDesk pictures({*desk.store, desk.opener, desk.clock, [&sides](ByteView, unsigned side) -> Result<Bytes> {
                              sides.push_back(side);
                              return to_bytes("png");
                          }});
    const TipId tip = desk.accept("x", {{"a.jpg", "bytes"}});
    ASSERT_TRUE(pictures.blurred(tip, 1));
    EXPECT_EQ(pictures.exposed(0, ada)->integer_at("pictures").value(), 0);
    ASSERT_TRUE(pictures.shown(tip, 1, ada));
    EXPECT_THAT(sides, testing::ElementsAre(blurred_side_px, shown_side_px));
    EXPECT_EQ(pictures.shown(tip, 2, ada).error().kind, ErrorKind::not_found);
    const Json sum = pictures.exposed(45, ada).take();
    EXPECT_EQ(sum.integer_at("pictures").value(), 1);
    EXPECT_EQ(sum.integer_at("seconds").value(), 45);
    EXPECT_EQ(sum.text_at("notice").value(), "");
    EXPECT_EQ(pictures.exposed(0, ben)->integer_at("pictures").value(), 0);
    EXPECT_FALSE(pictures.exposed(61, ada));
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(pictures.exposed(60, ada));
    EXPECT_NE(pictures.exposed(0, ada)->text_at("notice").value(), "");
    desk.clock.advance(std::chrono::hours(24));
    EXPECT_EQ(pictures.exposed(0, ada)->integer_at("seconds").value(), 0);
}

}  // namespace
}  // namespace plumbline::desk
