// SPDX-License-Identifier: Apache-2.0
// The compiled form of a model. Each input of a table is cut into cells: the coarsest ranges of codes within which no rule
// changes its mind. Each cell carries a bitmap of the rules that match there. A table is then evaluated by one AND per
// input, and proven (check.h) by walking the same cells: what runs and what is proven are one thing.
//
// A slot holds one code: first come the fields that the caller gives (facts), then the outputs of the tables. A table of
// one output gives a slot by the table's name, else "table.output"; another table may take either as its input. Tables
// are put in an order in which each comes after those that it reads. Values; no thread rules.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "rulebook/dmn.h"
#include "rulebook/field.h"

namespace plumbline::rulebook {

inline constexpr std::size_t words_max = rules_max / 64;  // of a rule bitmap

struct CompiledColumn {
    std::size_t slot = 0;
    std::vector<std::int64_t> starts;        // first code of each cell, ascending; a cell ends where the next starts
    std::vector<std::uint16_t> cell_of;      // by code, from `starts[0]`; empty where the codes are too many for it
    std::vector<std::uint64_t> bits;         // `words` of the table for each cell
    std::size_t cell_at(std::int64_t code) const;
};
struct CompiledTable {
    std::size_t table = 0;                   // its place in the model
    std::size_t words = 1;
    std::vector<std::uint64_t> all_rules;    // a bitmap of every rule
    std::vector<CompiledColumn> columns;     // by the table's inputs
    std::vector<std::size_t> output_slots;
    std::vector<std::int64_t> output_codes;  // outputs of rule 0, of rule 1, ...
};
struct Compiled {
    std::vector<Field> slots;
    std::size_t given_slots = 0;             // how many of them the caller fills
    std::vector<CompiledTable> tables;       // in the order of evaluation
};

// `invalid` names the table, rule and column: an input that no field or table gives, another type, a value that the field
// cannot have, allowed values that differ from the field's, a ring of tables.
Result<Compiled> compile(const Model& model, std::vector<Field> given);

// Fills the tables' slots in `codes` (one for each slot; the given ones are set and within their fields) and for each
// table in the order of `tables` the rule that fired. The tables must have been proven; CHECKs that a rule matches.
void evaluate(const Compiled& compiled, std::span<std::int64_t> codes, std::span<std::uint16_t> fired);

}  // namespace plumbline::rulebook
