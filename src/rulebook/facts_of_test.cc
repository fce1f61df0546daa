// SPDX-License-Identifier: Apache-2.0
// The gate between a tip and its facts: what passes, what does not, and that equal losses in any currency are equal.
#include "rulebook/facts_of.h"

#include <gtest/gtest.h>

#include <limits>

#include "rulebook/replay.h"
#include "rulebook/rules_for_test.h"

namespace plumbline::rulebook {
namespace {

ReferenceRates project_rates() {
    auto rates = ReferenceRates::from_json(*parse_json(file_text(PLUMBLINE_SOURCE_DIR "/rules/reference_rates.json")));
    CHECK(rates.has_value());
    return *std::move(rates);
}

PartEvidence part_with(std::initializer_list<std::pair<IndicatorKind, const char*>> values) {
    PartEvidence part;
    for (const auto& [kind, value] : values) {
        Sighting sighting;
        sighting.kind = kind;
        sighting.value = value;
        part.sightings.push_back(std::move(sighting));
    }
    return part;
}

TEST(FactsOf, TakesFactsAndCountsDifferentIdentities) {
    TipContent content;
    content.category = "fraud.investment";
    content.loss = Money{1'500'000, "EUR"};
    content.sent_within_72_hours = Answer::yes;
    content.still_happening = Answer::no;
    content.danger_now = Answer::no;
    content.victim_is_child = Answer::yes;
    content.victim_is_critical_service = Answer::yes;
    content.victim_is_older = Answer::yes;
    content.synthetic_content = Answer::no;
    content.payment_rail = "mobile_money";   // a way to pay, a way of contact and a role say where somebody lives or who reports: no facts
    content.contact_channel = "sms";
    content.reporter_role = "provider";
    content.recall.sent_to = "DE89370400440532013000";
    content.files.resize(1);
    Evidence evidence;
    evidence.parts.push_back(part_with({{IndicatorKind::btc, "1abc"}, {IndicatorKind::btc, "1abc"}, {IndicatorKind::email, "a@b.example"}}));
    evidence.parts.push_back(part_with({{IndicatorKind::btc, "1abc"}, {IndicatorKind::iban, "1abc"}, {IndicatorKind::phone, "+491"}, {IndicatorKind::domain, "b.example"}}));
    const Facts facts = facts_of(content, evidence, 7, project_rates());
    EXPECT_EQ(facts.category, "fraud.investment");
    EXPECT_EQ(facts.loss_band, LossBand::large);
    EXPECT_EQ(facts.money_recallable, Claim::yes);
    EXPECT_EQ(facts.still_happening, Claim::no);
    EXPECT_EQ(facts.danger_now, Claim::no);
    EXPECT_EQ(facts.victim_is_child, Claim::yes);
    EXPECT_EQ(facts.victim_is_critical_service, Claim::yes);
    EXPECT_EQ(facts.victim_is_older, Claim::yes);
    EXPECT_EQ(facts.victim_is_organisation, Claim::unknown);
    EXPECT_EQ(facts.synthetic_content, Claim::no);
    EXPECT_EQ(*facts_from(to_json(facts)), facts);
    EXPECT_EQ(facts.linked_tips, 7);
    EXPECT_EQ(facts.identity_indicators, 3);
    EXPECT_TRUE(facts.has_files);
    EXPECT_EQ(facts_of(TipContent{}, Evidence{}, -1, project_rates()), Facts{});
}

TEST(ReferenceRates, CutIntoBandsExactly) {
    const ReferenceRates rates = project_rates();
    EXPECT_EQ(rates.band_of({0, "EUR"}), LossBand::none);
    EXPECT_EQ(rates.band_of({1, "EUR"}), LossBand::small);
    EXPECT_EQ(rates.band_of({99'999, "EUR"}), LossBand::small);
    EXPECT_EQ(rates.band_of({100'000, "EUR"}), LossBand::medium);
    EXPECT_EQ(rates.band_of({999'999, "EUR"}), LossBand::medium);
    EXPECT_EQ(rates.band_of({1'000'000, "EUR"}), LossBand::large);
    EXPECT_EQ(rates.band_of({10'000'000, "EUR"}), LossBand::very_large);
    EXPECT_EQ(rates.band_of({std::numeric_limits<std::int64_t>::max(), "EUR"}), LossBand::very_large);
    EXPECT_EQ(rates.band_of({std::numeric_limits<std::int64_t>::max(), "LBP"}), LossBand::very_large);
    EXPECT_EQ(rates.band_of({-1, "EUR"}), LossBand::unknown);
    EXPECT_EQ(rates.band_of({100, "XXX"}), LossBand::unknown);
    EXPECT_EQ(rates.band_of({100, ""}), LossBand::unknown);
}

TEST(ReferenceRates, RefuseWhatCannotBeARate) {
    const std::string good = R"({"as_of":"2025-06-30","bands":{"medium_from":10,"large_from":20,"very_large_from":30},"units_for_100":{"EUR":100}})";
    const auto read = [&good](std::string_view from, std::string_view to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        CHECK(at != std::string::npos);
        return ReferenceRates::from_json(*parse_json(text.replace(at, from.size(), to)));
    };
    EXPECT_TRUE(read("100}", "100}"));
    EXPECT_FALSE(read("100}", "0}"));
    EXPECT_FALSE(read("100}", "-3}"));
    EXPECT_FALSE(read("100}", "1.5}"));
    EXPECT_FALSE(read("100}", "\"1\"}"));
    EXPECT_FALSE(read("EUR", "EURO"));
    EXPECT_FALSE(read("\"large_from\":20", "\"large_from\":10"));
    EXPECT_FALSE(read("\"medium_from\":10", "\"medium_from\":0"));
    EXPECT_FALSE(read("\"as_of\":\"2025-06-30\",", ""));
}

// In every currency of the table, and at the middle of every band: the same band and, for every category, the same decision.
TEST(FactsOf, EqualLossesInAnyCurrencyAreDecidedAlike) {
    const ReferenceRates rates = project_rates();
    const Categories categories = project_categories();
    const auto rulebook = Rulebook::load(project_rules(), categories);
    ASSERT_TRUE(rulebook);
    ASSERT_GT(rates.units_for_100().size(), 70u);
    const std::pair<std::int64_t, LossBand> middles[] = {{50'000, LossBand::small}, {550'000, LossBand::medium}, {5'500'000, LossBand::large}, {55'000'000, LossBand::very_large}};
    for (const auto& [minor_units, band] : middles)
        for (const auto& [currency, rate] : rates.units_for_100()) {
            const auto around = rates.equal_amount({minor_units, "EUR"}, currency);
            ASSERT_TRUE(around) << currency;
            EXPECT_EQ(rates.band_of({around->below, currency}), band) << currency;
            for (const Category& leaf : categories.leaves()) {
                TipContent in_euro;
                in_euro.category = leaf.code;
                in_euro.loss = Money{minor_units, "EUR"};
                TipContent in_other = in_euro;
                in_other.loss = Money{around->below, currency};
                ASSERT_EQ(judge(*rulebook, facts_of(in_euro, {}, 0, rates)), judge(*rulebook, facts_of(in_other, {}, 0, rates))) << leaf.code << " " << currency;
            }
        }
}

TEST(Replay, OriginsPermutedChangeNothing) {
    const ReferenceRates rates = project_rates();
    const Categories categories = project_categories();
    const auto rulebook = Rulebook::load(project_rules(), categories);
    ASSERT_TRUE(rulebook);
    std::mt19937 random(20261123);
    std::vector<std::string> currencies;
    for (const auto& [currency, rate] : rates.units_for_100()) currencies.push_back(currency);
    std::vector<ReplayedTip> tips;
    for (int i = 0; i < 300; ++i) {
        ReplayedTip tip;
        tip.name = fmt::format("tip {}", i);
        tip.content.category = categories.leaves()[random() % categories.leaves().size()].code;
        if (random() % 4 != 0) tip.content.loss = Money{static_cast<std::int64_t>(random() % 40'000'000), currencies[random() % currencies.size()]};
        tip.content.still_happening = static_cast<Answer>(random() % 3);
        tip.content.sent_within_72_hours = static_cast<Answer>(random() % 3);
        tip.content.victim_is_child = static_cast<Answer>(random() % 3);
        tip.linked_tips = static_cast<std::int64_t>(random() % 30);
        tips.push_back(std::move(tip));
    }
    const std::vector<Origin> origins{{"", "", ""}, {"DE", "de", ""}, {"NG", "en", "bank"}, {"JP", "ja", "cert"}, {"BR", "pt-BR", ""}, {"UA", "uk", "police"}};
    const Permuted result = permuted(*rulebook, rates, tips, origins);
    EXPECT_EQ(result.decisions, 300u * 6u);
    EXPECT_GT(result.in_other_currencies, 10'000u);
    EXPECT_LT(result.at_an_edge, result.in_other_currencies / 100);
    for (const Difference& difference : result.differences) ADD_FAILURE() << difference.name << " " << difference.words;
}

TEST(Replay, TellsWhatAnotherRulebookWouldDo) {
    const Categories categories = project_categories();
    const auto rulebook = Rulebook::load(project_rules(), categories);
    ASSERT_TRUE(rulebook);
    std::vector<Recorded> recorded;
    std::mt19937 random(5);
    for (int i = 0; i < 100; ++i) {
        const Facts facts = random_facts(random, categories);
        recorded.push_back({fmt::format("tip {}", i), facts, decide(*rulebook, facts)});
    }
    EXPECT_TRUE(replay(*rulebook, recorded).empty());
    std::string other = project_rules();
    const std::size_t at = other.find("<outputEntry><text>24</text>");
    ASSERT_NE(at, std::string::npos);
    other.replace(at, 28, "<outputEntry><text>12</text>");
    const auto changed = Rulebook::load(other, categories);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_NE(changed->version(), rulebook->version());
    std::size_t expected = 0;
    for (const Recorded& each : recorded) expected += each.decision.deadline_hours == 24 ? 1 : 0;
    const auto differences = replay(*changed, recorded);
    ASSERT_GT(expected, 0u);
    EXPECT_EQ(differences.size(), expected);
    EXPECT_EQ(differences.front().words, "deadline_hours: 24, now 12");
}

}  // namespace
}  // namespace plumbline::rulebook
