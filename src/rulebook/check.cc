// SPDX-License-Identifier: Apache-2.0
// The walk goes input by input with the bitmap of the rules that still match. Two boxes that reach the same input with the
// same bitmap have the same flaws below them, so a pair (input, bitmap) that was walked is not walked again.
#include "rulebook/check.h"

#include <algorithm>
#include <bit>
#include <set>

namespace plumbline::rulebook {

namespace {

using Bitmap = std::vector<std::uint64_t>;

int count_of(const Bitmap& bits) {
    int count = 0;
    for (const std::uint64_t word : bits) count += std::popcount(word);
    return count;
}

class Walk {
  public:
    Walk(const Table& table, const CompiledTable& compiled, const std::vector<Field>& slots) : table_(table), compiled_(compiled), slots_(slots) {}

    Result<std::vector<Flaw>> run() {
        find_dead_rules();
        TRY(step(0, compiled_.all_rules));
        return std::move(flaws_);
    }

  private:
    Result<void> step(std::size_t column, const Bitmap& bits) {
        if (flaws_.size() >= flaws_max) return {};
        if (column == compiled_.columns.size() || count_of(bits) == 0) {
            judge(bits);
            return {};
        }
        if (++steps_ > steps_max) return fail(ErrorKind::too_large, "table {}: the proof takes more than {} boxes", table_.name, steps_max);
        if (!walked_.insert({column, bits}).second) return {};
        const CompiledColumn& each = compiled_.columns[column];
        for (std::size_t cell = 0; cell < each.starts.size(); ++cell) {
            Bitmap rest = bits;
            for (std::size_t word = 0; word < rest.size(); ++word) rest[word] &= each.bits[cell * compiled_.words + word];
            path_.push_back(each.starts[cell]);
            TRY(step(column + 1, rest));
            path_.pop_back();
        }
        return {};
    }

    void judge(const Bitmap& bits) {
        const int count = count_of(bits);
        if (count == 1) return;
        Flaw flaw;
        flaw.kind = count == 0 ? Flaw::Kind::gap : Flaw::Kind::overlap;
        flaw.table = table_.name;
        for (std::size_t rule = 0; rule < table_.rules.size() && flaw.rules.size() < 2; ++rule)
            if ((bits[rule / 64] >> (rule % 64) & 1) != 0) flaw.rules.push_back(table_.rules[rule].id);
        // One overlap of a pair is enough to tell.
        if (count > 1 && !told_pairs_.insert({flaw.rules[0], flaw.rules[1]}).second) return;
        std::string where;
        for (std::size_t i = 0; i < compiled_.columns.size(); ++i) {
            const Field& field = slots_[compiled_.columns[i].slot];
            const Value value = field.value_of(i < path_.size() ? path_[i] : field.code_first());
            where += fmt::format("{}{}={}", i == 0 ? "" : ", ", field.name, text_of(value));
            flaw.witness.push_back(value);
        }
        flaw.words = count == 0 ? fmt::format("table {}: no rule matches {}", table_.name, where)
                                : fmt::format("table {}: rules {} and {} both match {}", table_.name, flaw.rules[0], flaw.rules[1], where);
        flaws_.push_back(std::move(flaw));
    }

    void find_dead_rules() {
        for (std::size_t rule = 0; rule < table_.rules.size(); ++rule)
            for (const CompiledColumn& column : compiled_.columns) {
                bool is_alive = false;
                for (std::size_t cell = 0; cell < column.starts.size(); ++cell) is_alive = is_alive || (column.bits[cell * compiled_.words + rule / 64] >> (rule % 64) & 1) != 0;
                if (is_alive || flaws_.size() >= flaws_max) continue;
                const std::string& id = table_.rules[rule].id;
                flaws_.push_back({Flaw::Kind::dead_rule, table_.name, {id}, {}, fmt::format("table {}: rule {} can never match: no value of {} passes", table_.name, id, slots_[column.slot].name)});
                break;
            }
    }

    const Table& table_;
    const CompiledTable& compiled_;
    const std::vector<Field>& slots_;
    std::vector<Flaw> flaws_;
    std::vector<std::int64_t> path_;
    std::set<std::pair<std::size_t, Bitmap>> walked_;
    std::set<std::pair<std::string, std::string>> told_pairs_;
    std::uint64_t steps_ = 0;
};

}  // namespace

Result<std::vector<Flaw>> flaws_of(const Model& model, const Compiled& compiled) {
    std::vector<Flaw> flaws;
    for (const CompiledTable& table : compiled.tables) {
        std::vector<Flaw> found = TRY(Walk(model.tables[table.table], table, compiled.slots).run());
        for (Flaw& flaw : found) flaws.push_back(std::move(flaw));
    }
    return flaws;
}

}  // namespace plumbline::rulebook
