// SPDX-License-Identifier: Apache-2.0
// Inserting whole tips into an index of 100,000, asking for links, asking for clusters after each insertion, and a flood
// of like texts. The tips are made: 30 campaigns in 100 tips, each with its hosts, wallet and a text of 60 words of which
// a few change, the rest single tips with values and a text of their own; zipf-like common hosts in all of them.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <fstream>
#include <random>
#include <string>

#include "link/link_index.h"

namespace plumbline::link {
namespace {

constexpr unsigned resident_tips = 100'000;

TipId tip_number(std::uint64_t number) {
    IdBytes bytes{};
    for (std::size_t at = 0; at < 8; ++at) bytes[8 + at] = static_cast<std::byte>((number + 1) * 0x9e3779b97f4a7c15ULL >> 8 * at);
    return TipId(bytes);
}

std::string text_of(std::uint64_t story, std::mt19937_64& random, unsigned changed) {
    std::mt19937_64 base(story);
    std::vector<std::uint64_t> words(60);
    for (std::uint64_t& word : words) word = base() % 20'000;
    for (unsigned at = 0; at < changed; ++at) words[random() % words.size()] = random() % 20'000;
    std::string text;
    for (std::uint64_t word : words) {
        for (int letter = 0; letter < 4; ++letter, word /= 13) text += static_cast<char>('a' + word % 13);
        text += ' ';
    }
    return text;
}

LinkFacts made_facts(std::uint64_t number) {
    std::mt19937_64 random(number * 77 + 5);
    const bool is_campaign = random() % 100 < 30;
    const std::uint64_t story = is_campaign ? random() % 2'000 : 1'000'000 + number;
    LinkFacts facts;
    facts.values.emplace_back(IndicatorKind::email, fmt::format("u{}@h{}.net", is_campaign ? random() % 3 : number, story));
    facts.values.emplace_back(IndicatorKind::url, fmt::format("http://h{}.net/{}", story, is_campaign ? random() % 5 : number));
    facts.values.emplace_back(IndicatorKind::domain, fmt::format("h{}.net", story));
    facts.values.emplace_back(IndicatorKind::domain, fmt::format("common{}.net", random() % (1 + random() % 1'000)));
    facts.values.emplace_back(IndicatorKind::ipv4, fmt::format("45.{}.{}.{}", random() % 4, random() % 256, random() % 256));
    if (random() % 4 == 0) facts.values.emplace_back(IndicatorKind::btc, fmt::format("1Boat{}", story));
    std::sort(facts.values.begin(), facts.values.end());
    facts.shingles = shingles_of(text_of(story, random, is_campaign ? 3 : 0));
    return facts;
}

std::size_t resident_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    }
    return 0;
}

LinkIndex& resident_index() {
    static LinkIndex index;
    if (index.tips() == 0) {
        const std::size_t before = resident_kib();
        for (unsigned at = 0; at < resident_tips; ++at) index.insert(tip_number(at), made_facts(at));
        std::printf("%u tips resident: %zu bytes a tip, %zu clusters\n", resident_tips, (resident_kib() - before) * 1024 / resident_tips, index.clusters().size());
    }
    return index;
}

void facts_of_a_text(benchmark::State& state) {
    std::mt19937_64 random(1);
    const std::string text = text_of(1, random, 0);
    for (auto _ : state) benchmark::DoNotOptimize(shingles_of(text));
    state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(facts_of_a_text);

// One tip in, one out: the index stays at 100,000.
void insert_and_withdraw(benchmark::State& state) {
    LinkIndex& index = resident_index();
    std::vector<LinkFacts> facts;
    for (unsigned at = 0; at < 2'000; ++at) facts.push_back(made_facts(1'000'000 + at));
    std::size_t at = 0;
    for (auto _ : state) {
        index.insert(tip_number(5'000'000 + at % 2'000), facts[at % 2'000]);
        if (at >= 1'000) index.withdraw(tip_number(5'000'000 + (at - 1'000) % 2'000));
        ++at;
    }
    for (unsigned left = 0; left < 2'000; ++left) index.withdraw(tip_number(5'000'000 + left));
    (void)index.clusters();
}
BENCHMARK(insert_and_withdraw);

void insert_then_ask_for_its_cluster(benchmark::State& state) {
    LinkIndex& index = resident_index();
    std::size_t at = 0;
    for (auto _ : state) {
        state.PauseTiming();
        const LinkFacts facts = made_facts(2'000'000 + at);
        state.ResumeTiming();
        index.insert(tip_number(6'000'000 + at), facts);
        benchmark::DoNotOptimize(index.cluster_of(tip_number(6'000'000 + at)));
        ++at;
    }
    for (std::size_t gone = 0; gone < at; ++gone) index.withdraw(tip_number(6'000'000 + gone));
    (void)index.clusters();
}
BENCHMARK(insert_then_ask_for_its_cluster);

void links_of_a_tip(benchmark::State& state) {
    const LinkIndex& index = resident_index();
    std::uint64_t at = 0;
    for (auto _ : state) benchmark::DoNotOptimize(index.links_of(tip_number(at++ * 7919 % resident_tips)));
}
BENCHMARK(links_of_a_tip);

// Every tip a like text of one story: what a reporting campaign or an attacker sends. One insertion and its cluster.
void flood_of_like_texts(benchmark::State& state) {
    LinkIndex index;
    std::mt19937_64 random(9);
    std::uint64_t at = 0;
    const auto next = [&random] {
        LinkFacts facts;
        facts.shingles = shingles_of(text_of(4, random, 1));
        return facts;
    };
    while (at < 10'000) index.insert(tip_number(at++), next());
    (void)index.clusters();
    for (auto _ : state) {
        state.PauseTiming();
        const LinkFacts facts = next();
        state.ResumeTiming();
        index.insert(tip_number(at), facts);
        benchmark::DoNotOptimize(index.links_of(tip_number(at++)));
        if (at % 64 == 0) benchmark::DoNotOptimize(index.clusters());
    }
}
BENCHMARK(flood_of_like_texts)->Iterations(640);

}  // namespace
}  // namespace plumbline::link
