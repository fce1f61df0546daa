// SPDX-License-Identifier: Apache-2.0
// What this room's tests and benchmark share: the project's own rules from the source tree, and random facts.
#pragma once
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "base/check.h"
#include "model/category.h"
#include "rulebook/facts.h"
#include "rulebook/rulebook.h"

namespace plumbline::rulebook {

inline std::string file_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
inline Categories project_categories() {
    auto categories = Categories::from_json(*parse_json(file_text(PLUMBLINE_SOURCE_DIR "/rules/categories.json")));
    CHECK(categories.has_value());
    return *std::move(categories);
}
inline std::string project_rules() { return file_text(PLUMBLINE_SOURCE_DIR "/rules/plumbline.dmn"); }

inline Facts random_facts(std::mt19937& random, const Categories& categories) {
    const auto claim = [&random] { return static_cast<Claim>(random() % 3); };
    Facts facts;
    facts.category = categories.leaves()[random() % categories.leaves().size()].code;
    facts.loss_band = static_cast<LossBand>(random() % 6);
    facts.money_recallable = claim();
    facts.still_happening = claim();
    facts.danger_now = claim();
    facts.victim_is_child = claim();
    facts.victim_is_critical_service = claim();
    facts.linked_tips = static_cast<std::int64_t>(random() % 40);
    facts.identity_indicators = static_cast<std::int64_t>(random() % 4);
    facts.has_files = random() % 2 == 0;
    facts.victim_is_older = claim();
    facts.victim_is_organisation = claim();
    facts.synthetic_content = claim();
    return facts;
}

}  // namespace plumbline::rulebook
