// SPDX-License-Identifier: Apache-2.0
#include "rulebook/decide.h"

#include <gtest/gtest.h>

#include "model/tip.h"
#include "rulebook/facts_of.h"
#include "rulebook/interpret.h"
#include "rulebook/rules_for_test.h"

namespace plumbline::rulebook {
namespace {

// ---- by compiling: decide() takes facts, and facts hold no origin ----
template <class T>
concept Decidable = requires(const Rulebook& rulebook, const T& value) { decide(rulebook, value); };
template <class T>
concept Judgeable = requires(const Rulebook& rulebook, const T& value) { judge(rulebook, value); };
template <class T>
concept TellsOrigin = requires(T value) { value.origin; } || requires(T value) { value.country; } || requires(T value) { value.language; } ||
                      requires(T value) { value.currency; } || requires(T value) { value.nationality; } || requires(T value) { value.partner; } ||
                      requires(T value) { value.contact; } || requires(T value) { value.loss; } || requires(T value) { value.text; };
struct LikeFactsWithOrigin {
    Facts facts;
    Origin origin;
};
static_assert(Decidable<Facts> && Judgeable<Facts>);
static_assert(!Decidable<Origin> && !Decidable<TipContent> && !Decidable<Money> && !Decidable<LikeFactsWithOrigin>);
static_assert(!Judgeable<Origin> && !Judgeable<TipContent>);
static_assert(TellsOrigin<TipContent> && TellsOrigin<Money> && !TellsOrigin<Facts>);
static_assert(std::is_final_v<Facts>, "a type derived from Facts could carry an origin in");

class Decide : public ::testing::Test {
  protected:
    void SetUp() override {
        auto loaded = Rulebook::load(project_rules(), categories);
        ASSERT_TRUE(loaded) << loaded.error().message;
        rulebook.emplace(*std::move(loaded));
    }
    Decision decided(const Facts& facts) const { return decide(*rulebook, facts); }
    static bool has_duty(const Decision& decision, std::string_view duty) {
        return std::find(decision.duties.begin(), decision.duties.end(), duty) != decision.duties.end();
    }
    const Categories categories = project_categories();
    std::optional<Rulebook> rulebook;
};

TEST_F(Decide, SaysWhatAPersonWouldSay) {
    Facts facts;
    facts.category = "nuisance.spam";
    EXPECT_EQ(decided(facts).severity, Severity::low);
    EXPECT_EQ(decided(facts).deadline_hours, 720);
    EXPECT_EQ(decided(facts).queue, "bulk");
    EXPECT_TRUE(decided(facts).duties.empty());

    facts.danger_now = Claim::yes;  // whatever the box that was ticked
    EXPECT_EQ(decided(facts).severity, Severity::critical);
    EXPECT_EQ(decided(facts).deadline_hours, 1);
    EXPECT_TRUE(has_duty(decided(facts), "emergency-call"));

    Facts child;
    child.category = "child.exploitation";
    child.still_happening = Claim::yes;
    EXPECT_EQ(decided(child).severity, Severity::critical);
    EXPECT_EQ(decided(child).queue, "child");
    EXPECT_TRUE(has_duty(decided(child), "child-protection-referral"));

    Facts transfer;
    transfer.category = "fraud.impostor";
    transfer.loss_band = LossBand::small;
    transfer.money_recallable = Claim::yes;
    EXPECT_EQ(decided(transfer).severity, Severity::high);
    EXPECT_EQ(decided(transfer).deadline_hours, 4);
    EXPECT_TRUE(has_duty(decided(transfer), "recall-payment"));
    transfer.money_recallable = Claim::no;
    EXPECT_EQ(decided(transfer).severity, Severity::medium);
    EXPECT_FALSE(has_duty(decided(transfer), "recall-payment"));

    Facts hospital;
    hospital.category = "sys.ransomware";
    hospital.victim_is_critical_service = Claim::yes;
    EXPECT_EQ(decided(hospital).severity, Severity::critical);
    EXPECT_EQ(decided(hospital).queue, "urgent");
    EXPECT_TRUE(has_duty(decided(hospital), "notify-critical-service"));

    EXPECT_EQ(decided(Facts{}).queue, "triage");
    EXPECT_EQ(decided(Facts{}).severity, Severity::medium);
}

TEST_F(Decide, ACategoryThatNobodyKnowsCountsAsNotSure) {
    Facts unknown;
    unknown.category = "no.such";
    EXPECT_EQ(judge(*rulebook, unknown), judge(*rulebook, Facts{}));
}

TEST_F(Decide, EveryDecisionNamesItsRows) {
    Facts facts;
    facts.category = "fraud.phishing";
    facts.loss_band = LossBand::large;
    const Decision decision = decided(facts);
    ASSERT_GE(decision.fired.size(), 4u);
    EXPECT_EQ(decision.fired[0].table, "gravity");
    EXPECT_EQ(decision.fired[0].row, "gravity-3");
    EXPECT_EQ(decision.fired[1].row, "severity-18");
    EXPECT_EQ(decision.fired[1].words, "A large loss, from 10,000 reference units.");
    EXPECT_TRUE(decision.rulebook.starts_with("plumbline-rulebook-1 sha256:"));
    // A row that says no to a duty stands in the whole trace alone.
    EXPECT_EQ(trace_of(*rulebook, judge(*rulebook, facts)).size(), rulebook->model().tables.size());
    for (const FiredRow& row : decision.fired)
        if (row.table.starts_with("duty ")) {
            EXPECT_TRUE(has_duty(decision, row.table.substr(5))) << row.table;
        }
    const auto again = decision_from(to_json(decision));
    ASSERT_TRUE(again);
    EXPECT_EQ(to_json(*again), to_json(decision));
}

// Facts that make an act heavier never make it wait longer: danger, a child, a critical service, recallable money, more
// loss, more links, going on.
TEST_F(Decide, WorseFactsNeverWaitLonger) {
    std::mt19937 random(7);
    for (int round = 0; round < 20'000; ++round) {
        const Facts facts = random_facts(random, categories);
        Facts worse = facts;
        switch (random() % 7) {
            case 0: worse.danger_now = Claim::yes; break;
            case 1: worse.victim_is_child = Claim::yes; break;
            case 2: worse.victim_is_critical_service = Claim::yes; break;
            case 3: worse.money_recallable = Claim::yes; break;
            case 4:
                worse.loss_band = facts.loss_band == LossBand::unknown || facts.loss_band == LossBand::very_large
                                      ? LossBand::very_large
                                      : static_cast<LossBand>(static_cast<int>(facts.loss_band) + 1);
                break;
            case 5: worse.linked_tips += 1 + static_cast<std::int64_t>(random() % 30); break;
            case 6: worse.still_happening = facts.still_happening == Claim::no ? Claim::unknown : Claim::yes; break;
        }
        const Verdict before = judge(*rulebook, facts);
        const Verdict after = judge(*rulebook, worse);
        ASSERT_GE(after.severity, before.severity) << to_json(facts).dump() << " then " << to_json(worse).dump();
        ASSERT_LE(after.deadline_hours, before.deadline_hours) << to_json(facts).dump() << " then " << to_json(worse).dump();
    }
}

TEST_F(Decide, AgreesWithTheNaiveInterpreter) {
    std::mt19937 random(20261123);
    for (int round = 0; round < 4'000; ++round) {
        const Facts facts = random_facts(random, categories);
        const auto naive = interpret(rulebook->model(), named_values_of(facts, categories));
        ASSERT_TRUE(naive) << naive.error().message;
        const Verdict verdict = judge(*rulebook, facts);
        EXPECT_EQ(naive->values.at("severity"), Value(std::string(name_of(verdict.severity))));
        EXPECT_EQ(naive->values.at("deadline_hours"), Value(verdict.deadline_hours));
        EXPECT_EQ(naive->values.at("queue"), Value(rulebook->queue_named(verdict.queue)));
        for (std::size_t i = 0; i < rulebook->duties().size(); ++i)
            EXPECT_EQ(naive->values.at("duty " + rulebook->duties()[i].name), Value((verdict.duties >> i & 1) != 0));
        for (const FiredRow& row : trace_of(*rulebook, verdict)) ASSERT_EQ(naive->matched.at(row.table), std::vector<std::string>{row.row}) << to_json(facts).dump();
    }
}

TEST_F(Decide, FactsSurviveAsASnapshot) {
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        const Facts facts = random_facts(random, categories);
        const auto again = facts_from(to_json(facts));
        ASSERT_TRUE(again);
        EXPECT_EQ(*again, facts);
    }
    Json extra = to_json(Facts{});
    extra.set("country", "XX");
    EXPECT_FALSE(facts_from(extra));
    Json wrong = to_json(Facts{});
    wrong.set("loss_band", "enormous");
    EXPECT_FALSE(facts_from(wrong));
}

}  // namespace
}  // namespace plumbline::rulebook
