// SPDX-License-Identifier: Apache-2.0
// Promise 4, held by the compiler: with everything that decides included, Origin, TipContent and Money are names without a type
// behind them. This file must not include model/tip.h, by any way.
#include "rulebook/check.h"
#include "rulebook/compile.h"
#include "rulebook/decide.h"
#include "rulebook/dmn.h"
#include "rulebook/facts.h"
#include "rulebook/rulebook.h"

#include <gtest/gtest.h>

namespace plumbline {

struct Origin;
struct TipContent;
struct Money;

template <class T>
concept Complete = requires { sizeof(T); };
static_assert(!Complete<Origin> && !Complete<TipContent> && !Complete<Money>, "the deciding half of the rulebook must not see a tip's origin");

namespace rulebook {
namespace {

TEST(NoOrigin, TheFactsAreTheseAndNoOthers) {
    // A new fact is a decision about what may weigh on a person's report: it changes this list in the same commit.
    std::vector<std::string> members;
    Facts all;
    all.victim_is_older = all.victim_is_organisation = all.synthetic_content = Claim::no;   // written only where known
    const Json facts_json = to_json(all);
    for (const auto& member : facts_json.as_object()) members.push_back(member.first);
    const std::vector<std::string> expected{"category", "loss_band", "money_recallable", "still_happening", "danger_now", "victim_is_child", "victim_is_critical_service",
                                            "linked_tips", "identity_indicators", "has_files", "victim_is_older", "victim_is_organisation", "synthetic_content"};
    EXPECT_EQ(members, expected);
}

}  // namespace
}  // namespace rulebook
}  // namespace plumbline
