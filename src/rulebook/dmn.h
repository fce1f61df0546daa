// SPDX-License-Identifier: Apache-2.0
// Reads the decision tables of a DMN model file (OMG DMN 1.3 sections 8 and 13.2; 1.4 and 1.5 write tables the same way):
// each <decision> with its one <decisionTable>, hit policy UNIQUE, rules as rows. What is outside that subset is
// `unsupported` by name, never skipped: literal expressions, functions, imports, other hit policies.
//
//     const Model model = TRY(read_dmn(text));
//     model.tables[0].rules[0].annotation      // "Life is in danger now."
//
// Hostile or broken text is an Error that names the table and the rule. A DOCTYPE or an entity is `unsupported`. Bounded by the
// limits below. A pure function; pugixml stays inside dmn.cc.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rulebook/sfeel.h"

namespace plumbline::rulebook {

inline constexpr std::size_t dmn_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t dmn_depth_max = 32;      // elements in one another
inline constexpr std::size_t tables_max = 32;
inline constexpr std::size_t columns_max = 32;        // inputs, and outputs, of one table
inline constexpr std::size_t rules_max = 1024;        // of one table
inline constexpr std::size_t name_bytes_max = 200;
inline constexpr std::size_t words_bytes_max = 2000;  // of an annotation or a question

struct InputColumn {
    std::string name;                          // the input expression: a field's name
    std::string label;                         // for people; the name where there is none
    ValueType type = ValueType::text;
    std::optional<UnaryTests> allowed;         // <inputValues>
};
struct OutputColumn {
    std::string name;                          // "" allowed where it is the only one
    ValueType type = ValueType::text;
    std::vector<Value> allowed;                // <outputValues>; empty: not said
};
struct Rule {
    std::string id;                            // unique in the model
    std::vector<UnaryTests> when;              // one per input
    std::vector<Value> then;                   // one per output
    std::string annotation;                    // first annotationEntry, else the description
};
struct Table {
    std::string name;                          // the decision's name
    std::string question;                      // <question>, "" where none
    std::vector<InputColumn> inputs;
    std::vector<OutputColumn> outputs;
    std::vector<Rule> rules;
};
struct Model {
    std::string name;
    std::vector<Table> tables;                 // in the file's order
};

Result<Model> read_dmn(std::string_view text);

}  // namespace plumbline::rulebook
