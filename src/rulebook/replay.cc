// SPDX-License-Identifier: Apache-2.0
#include "rulebook/replay.h"

#include <algorithm>

#include "rulebook/facts_of.h"

namespace plumbline::rulebook {

namespace {

std::string list_of(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
    return out.empty() ? "none" : out;
}

std::string difference_between(const Decision& then, const Decision& now) {
    std::string words;
    const auto add = [&words](std::string_view what, std::string_view before, std::string_view after) {
        if (before != after) words += fmt::format("{}{}: {}, now {}", words.empty() ? "" : "; ", what, before, after);
    };
    add("severity", name_of(then.severity), name_of(now.severity));
    add("deadline_hours", std::to_string(then.deadline_hours), std::to_string(now.deadline_hours));
    add("queue", then.queue, now.queue);
    add("duties", list_of(then.duties), list_of(now.duties));
    return words;
}

// One permutation of one tip: facts and verdict must be what they were.
class Comparison {
  public:
    Comparison(const Rulebook& rulebook, const ReferenceRates& rates, const ReplayedTip& tip, Permuted& out)
        : rulebook_(rulebook), rates_(rates), tip_(tip), out_(out), facts_(facts_of(tip.content, tip.evidence, tip.linked_tips, rates)), verdict_(judge(rulebook, facts_)) {}

    void with(const TipContent& content, std::string_view what) {
        const Facts facts = facts_of(content, tip_.evidence, tip_.linked_tips, rates_);
        const Verdict verdict = judge(rulebook_, facts);
        if (facts == facts_ && verdict == verdict_) return;
        const std::string words = difference_between(decide(rulebook_, facts_), decide(rulebook_, facts));
        out_.differences.push_back({tip_.name, fmt::format("with {}: {}", what, words.empty() ? "other facts or rows, the same outcome" : words)});
    }

  private:
    const Rulebook& rulebook_;
    const ReferenceRates& rates_;
    const ReplayedTip& tip_;
    Permuted& out_;
    Facts facts_;
    Verdict verdict_;
};

}  // namespace

std::vector<Difference> replay(const Rulebook& rulebook, std::span<const Recorded> recorded) {
    std::vector<Difference> differences;
    for (const Recorded& each : recorded) {
        std::string words = difference_between(each.decision, decide(rulebook, each.facts));
        if (!words.empty()) differences.push_back({each.name, std::move(words)});
    }
    return differences;
}

Permuted permuted(const Rulebook& rulebook, const ReferenceRates& rates, std::span<const ReplayedTip> tips, std::span<const Origin> origins) {
    Permuted out;
    for (const ReplayedTip& tip : tips) {
        Comparison comparison(rulebook, rates, tip, out);
        TipContent content = tip.content;
        for (const Origin& origin : origins) {
            content.origin = origin;
            content.contact = content.contact.empty() ? "somebody" : "";
            comparison.with(content, "another origin");
            ++out.decisions;
        }
        if (!tip.content.loss) continue;
        for (const auto& [currency, rate] : rates.units_for_100()) {
            const auto around = rates.equal_amount(*tip.content.loss, currency);
            if (!around || rates.band_of({around->below, currency}) != rates.band_of({around->above, currency})) {
                ++out.at_an_edge;
                continue;
            }
            content.loss = Money{around->below, currency};
            comparison.with(content, "the loss in " + currency);
            ++out.in_other_currencies;
        }
    }
    return out;
}

}  // namespace plumbline::rulebook
