// SPDX-License-Identifier: Apache-2.0
#include "rulebook/decide.h"

namespace plumbline::rulebook {

namespace {
FiredRow row_of(const Rulebook& rulebook, std::size_t table, std::size_t rule) {
    const Table& read = rulebook.model().tables[rulebook.compiled().tables[table].table];
    return {read.name, read.rules[rule].id, read.rules[rule].annotation};
}
}  // namespace

Verdict judge(const Rulebook& rulebook, const Facts& facts) {
    std::array<std::int64_t, slots_max> codes;
    Verdict verdict;
    rulebook.encode(facts, codes);
    evaluate(rulebook.compiled(), codes, verdict.fired);
    verdict.severity = rulebook.severity_at(codes);
    verdict.deadline_hours = rulebook.deadline_hours_at(codes);
    verdict.queue = rulebook.queue_code_at(codes);
    for (std::size_t i = 0; i < rulebook.duties().size(); ++i) verdict.duties |= static_cast<std::uint64_t>(codes[rulebook.duties()[i].slot]) << i;
    return verdict;
}

std::vector<FiredRow> trace_of(const Rulebook& rulebook, const Verdict& verdict) {
    std::vector<FiredRow> rows;
    for (std::size_t table = 0; table < rulebook.compiled().tables.size(); ++table) rows.push_back(row_of(rulebook, table, verdict.fired[table]));
    return rows;
}

Decision decide(const Rulebook& rulebook, const Facts& facts) {
    const Verdict verdict = judge(rulebook, facts);
    Decision decision;
    decision.severity = verdict.severity;
    decision.deadline_hours = verdict.deadline_hours;
    decision.queue = rulebook.queue_named(verdict.queue);
    decision.rulebook = rulebook.version();
    for (std::size_t i = 0; i < rulebook.duties().size(); ++i)
        if ((verdict.duties >> i & 1) != 0) decision.duties.push_back(rulebook.duties()[i].name);
    for (std::size_t table = 0; table < rulebook.compiled().tables.size(); ++table) {
        if (rulebook.is_silent(table, verdict.fired[table])) continue;
        decision.fired.push_back(row_of(rulebook, table, verdict.fired[table]));
    }
    return decision;
}

}  // namespace plumbline::rulebook
