// SPDX-License-Identifier: Apache-2.0
#include "app/replay_command.h"

#include <cstdio>

#include "app/assets.h"
#include "app/data_folder.h"
#include "app/open_store.h"
#include "flow/flow.h"
#include "rulebook/replay.h"

namespace plumbline::app {

namespace {

constexpr std::size_t tips_at_once = 500;

// The origins that every tip is given in turn, beside those that the tips themselves have.
const std::vector<Origin>& foreign_origins() {
    static const std::vector<Origin> origins{{"", "", ""}, {"DE", "de", ""}, {"NG", "en", "partner"}, {"CN", "zh-Hans", ""}, {"BR", "pt", ""}, {"RU", "ru", ""}, {"SA", "ar", ""}};
    return origins;
}

struct Outcome {
    std::uint64_t tips = 0, undecided = 0, decisions = 0, differences = 0;
};

Result<void> replay_some(const std::vector<TipRow>& rows, vault::TipOpener& opener, const rulebook::Rulebook& book, const rulebook::ReferenceRates& rates, Outcome& outcome) {
    std::vector<rulebook::Recorded> recorded;
    std::vector<rulebook::ReplayedTip> tips;
    for (const TipRow& row : rows) {
        const TipId id = row.header.id;
        const std::optional<Json> facts = TRY(opener.product(id, flow::product_facts));
        const std::optional<Json> decision = TRY(opener.product(id, flow::product_decision));
        const std::optional<Json> evidence = TRY(opener.product(id, flow::product_evidence));
        if (!facts || !decision || !evidence) {
            ++outcome.undecided;
            continue;
        }
        recorded.push_back({id.text(), TRY(rulebook::facts_from(*facts)), TRY(decision_from(*decision))});
        tips.push_back({id.text(), TRY(opener.content(id)), TRY(evidence_from(*evidence)), recorded.back().facts.linked_tips});
    }
    std::vector<rulebook::Difference> differences = rulebook::replay(book, recorded);
    const rulebook::Permuted permuted = rulebook::permuted(book, rates, tips, foreign_origins());
    differences.insert(differences.end(), permuted.differences.begin(), permuted.differences.end());
    for (const rulebook::Difference& difference : differences) std::printf("DIFFERS  %s: %s\n", difference.name.c_str(), difference.words.c_str());
    outcome.tips += recorded.size();
    outcome.decisions += permuted.decisions + permuted.in_other_currencies + recorded.size();
    outcome.differences += differences.size();
    return {};
}

}  // namespace

Result<int> run_rules_replay(const Command& command, Entropy& entropy) {
    const std::string data = data_folder_of(command);
    const OpenStore open = TRY(open_store(data, Limits(), false));
    const seal::SecretKey key = TRY(read_desk_secret_key(data, TRY(read_passphrase(command.passphrase_file))));
    vault::TipOpener opener(*open.store, *open.blobs, key, entropy);
    const Categories categories = TRY(built_in_categories());
    const rulebook::Rulebook book = TRY(load_rulebook("", categories));
    const rulebook::ReferenceRates rates = TRY(built_in_rates());
    Outcome outcome;
    TipFilter filter;
    filter.count_max = tips_at_once;
    for (;; filter.offset += filter.count_max) {
        const std::vector<TipRow> rows = TRY(open.store->tips(filter));
        TRY(replay_some(rows, opener, book, rates, outcome));
        if (rows.size() < filter.count_max) break;
    }
    std::printf("%s: %llu tips decided %llu times again, with %zu other origins and every currency; %llu not decided yet\n", outcome.differences == 0 ? "no decision changed" : "DECISIONS CHANGED",
                static_cast<unsigned long long>(outcome.tips), static_cast<unsigned long long>(outcome.decisions), foreign_origins().size(), static_cast<unsigned long long>(outcome.undecided));
    return outcome.differences == 0 ? 0 : 1;
}

}  // namespace plumbline::app
