// SPDX-License-Identifier: Apache-2.0
// Decisions a second: the compiled rulebook with the places of its whole trace (judge), with every word of it (decide), and
// the naive interpreter over the same facts. The goal for the first is 5 M/s on one core (DESIGN section 6).
#include <benchmark/benchmark.h>

#include "rulebook/decide.h"
#include "rulebook/interpret.h"
#include "rulebook/rules_for_test.h"

namespace plumbline::rulebook {
namespace {

struct Setting {
    Categories categories = project_categories();
    Rulebook rulebook = *Rulebook::load(project_rules(), categories);
    std::vector<Facts> facts;
    Setting() {
        std::mt19937 random(20261123);
        for (int i = 0; i < 4096; ++i) facts.push_back(random_facts(random, categories));
    }
};
const Setting& setting() {
    static const Setting made;
    return made;
}

void judge_with_trace(benchmark::State& state) {
    const Setting& use = setting();
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(judge(use.rulebook, use.facts[i++ & 4095]));
    state.SetItemsProcessed(state.iterations());
}
void decide_in_words(benchmark::State& state) {
    const Setting& use = setting();
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(decide(use.rulebook, use.facts[i++ & 4095]));
    state.SetItemsProcessed(state.iterations());
}
void interpret_naively(benchmark::State& state) {
    const Setting& use = setting();
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(interpret(use.rulebook.model(), named_values_of(use.facts[i++ & 4095], use.categories)));
    state.SetItemsProcessed(state.iterations());
}
void load_and_prove(benchmark::State& state) {
    const Setting& use = setting();
    const std::string rules = project_rules();
    for (auto _ : state) benchmark::DoNotOptimize(Rulebook::load(rules, use.categories));
}
BENCHMARK(judge_with_trace);
BENCHMARK(decide_in_words);
BENCHMARK(interpret_naively);
BENCHMARK(load_and_prove)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace plumbline::rulebook
