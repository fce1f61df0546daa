// SPDX-License-Identifier: Apache-2.0
// The naive interpreter: it reads a model as a person would, rule by rule and test by test, over names and values. It is slow and
// shares nothing with the compiled form but the reader; tests and the benchmark hold the two against each other. Pure.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/category.h"
#include "rulebook/dmn.h"
#include "rulebook/facts.h"

namespace plumbline::rulebook {

struct Interpreted {
    std::map<std::string, Value> values;                       // the inputs and every table's outputs by name
    std::map<std::string, std::vector<std::string>> matched;   // by table: the ids of all rules that match
};
// `invalid` where a table has none or more than one rule that matches, or an input is missing.
Result<Interpreted> interpret(const Model& model, std::map<std::string, Value> inputs);
std::map<std::string, Value> named_values_of(const Facts& facts, const Categories& categories);

}  // namespace plumbline::rulebook
