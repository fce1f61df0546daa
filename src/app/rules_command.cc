// SPDX-License-Identifier: Apache-2.0
#include "app/rules_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/assets.h"
#include "app/data_folder.h"
#include "rulebook/dmn.h"
#include "rulebook/page.h"

namespace plumbline::app {

namespace {

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

struct RuleText {
    std::string name;
    std::string text;
};
// A file that cannot be read is the world's fault; what it says is judged by the caller.
Result<RuleText> rule_text_of(const Command& command) {
    if (command.paths.empty()) return RuleText{"the built-in rulebook", std::string(TRY(asset("rules/plumbline.dmn")))};
    return RuleText{command.paths.front(), TRY(read_small_file(command.paths.front(), rulebook::dmn_bytes_max))};
}

// An `invalid` of ours would read as wrong usage; a refused rulebook is an answer.
int say_refused(std::string_view name, const Error& error) {
    print(fmt::format("{}: refused\n{}\n", name, error.message));
    return 1;
}

}  // namespace

Result<int> run_rules_check(const Command& command) {
    const RuleText rules = TRY(rule_text_of(command));
    const Categories categories = TRY(built_in_categories());
    const auto rulebook = rulebook::Rulebook::load(rules.text, categories);
    if (!rulebook) return say_refused(rules.name, rulebook.error());
    std::size_t count = 0;
    for (const rulebook::Table& table : rulebook->model().tables) count += table.rules.size();
    print(fmt::format("{}: proven. Exactly one rule of each table matches every combination of facts.\n{} tables, {} rules, {} duties\n{}\n", rules.name,
                      rulebook->model().tables.size(), count, rulebook->duties().size(), rulebook->version()));
    return 0;
}

Result<int> run_rules_show(const Command& command) {
    const RuleText rules = TRY(rule_text_of(command));
    const Categories categories = TRY(built_in_categories());
    const auto rulebook = rulebook::Rulebook::load(rules.text, categories);
    if (!rulebook) return say_refused(rules.name, rulebook.error());
    print(command.format == "json" ? rulebook::rulebook_as_json(*rulebook).pretty() + "\n" : rulebook::rulebook_text(*rulebook));
    return 0;
}

}  // namespace plumbline::app
