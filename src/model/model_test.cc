// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "model/decision.h"
#include "model/event.h"
#include "model/indicator.h"
#include "model/job.h"
#include "model/tip.h"

namespace plumbline {
namespace {

TEST(Tip, ContentGoesBothWays) {
    TipContent content;
    content.text = "They took 1,200 from my account.";
    content.category = "fraud.payment";
    content.loss = Money{120000, "EUR"};
    content.still_happening = Answer::yes;
    content.origin.language = "de";
    content.files.push_back({"letter.eml", "message/rfc822", 4711});
    const Json json = to_json(content);
    EXPECT_EQ(to_json(*tip_content_from(json)), json);
}

TEST(Tip, MinorDigits) {
    EXPECT_EQ(minor_digits_of("EUR"), 2);
    EXPECT_EQ(minor_digits_of("JPY"), 0);
    EXPECT_EQ(minor_digits_of("KWD"), 3);
    EXPECT_FALSE(minor_digits_of("QQQ").has_value());
}

TEST(Event, EntryHasOneSpelling) {
    LedgerEntry entry;
    entry.kind = kind_of_change(TipState::received, TipState::decided);
    entry.day = *day_from("2026-11-23");
    entry.group = CategoryGroup::fraud;
    entry.commitment = sha256(view("x"));
    const std::string bytes = entry_bytes(entry);
    EXPECT_EQ(ledger_entry_from(bytes), entry);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        const auto read = ledger_entry_from(changed);
        if (read) { EXPECT_NE(*read, entry) << i; }
    }
    EXPECT_EQ(state_change_of(entry.kind)->from, TipState::received);
    EXPECT_FALSE(state_change_of("custody.leased").has_value());
}

TEST(Evidence, GoesBothWays) {
    Evidence evidence;
    evidence.parts.push_back({1, "a.eml", std::string(64, '0'), 9, "mail", "hello",
                              {{IndicatorKind::email, "a@b.org", "A@b.org", "3", 3, "x A@b.org y"}}, {{"5-zip", "encrypted"}}});
    EXPECT_EQ(to_json(*evidence_from(to_json(evidence))), to_json(evidence));
    evidence.parts.push_back({2, "b\x80\"\\.bin", "", 1ULL << 40, "unknown", "\xc3\xa9\n\x01", {}, {}});
    evidence.parts[0].sightings.push_back({IndicatorKind::url, "http://x.org/\xff", "raw\xff", "3-qp-7", 7, ""});
    EXPECT_EQ(json_text(evidence), to_json(evidence).dump());
    EXPECT_EQ(json_text(Evidence{}), to_json(Evidence{}).dump());
}

}  // namespace
}  // namespace plumbline
