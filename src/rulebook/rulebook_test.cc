// SPDX-License-Identifier: Apache-2.0
// Models that a rulebook must refuse, each with a witness that a person can check, and random tables whose proof is held
// against trying every combination.
#include "rulebook/rulebook.h"

#include <gtest/gtest.h>

#include <random>

#include "rulebook/interpret.h"
#include "rulebook/rules_for_test.h"

namespace plumbline::rulebook {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(Rulebook, TheProjectsOwnRulesAreProven) {
    const auto rulebook = Rulebook::load(project_rules(), project_categories());
    ASSERT_TRUE(rulebook) << rulebook.error().message;
    EXPECT_EQ(rulebook->model().tables.size(), 12u);
    for (const Table& table : rulebook->model().tables) {
        EXPECT_FALSE(table.question.empty()) << table.name;
        for (const Rule& rule : table.rules) EXPECT_FALSE(rule.annotation.empty()) << rule.id;
    }
}

TEST(Rulebook, RefusesGapsOverlapsAndNamesAWitness) {
    const Categories categories = project_categories();
    const std::string rules = project_rules();
    const struct {
        std::string text;
        const char* says;
    } cases[] = {
        // "< 20" becomes "< 19": nobody decides about exactly 19.
        {replaced(rules, "<inputEntry><text>&lt; 20</text>", "<inputEntry><text>&lt; 19</text>"), "no rule matches danger_now=\"unknown\", gravity=\"serious\""},
        {replaced(rules, "<inputEntry><text>&gt;= 20</text>", "<inputEntry><text>&gt;= 19</text>"), "rules severity-15 and severity-17 both match"},
        {replaced(rules, "<inputEntry><text>&gt;= 20</text>", "<inputEntry><text>&gt; 2000000</text>"), "rule severity-17 can never match: no value of linked_tips passes"},
        {replaced(rules, "\"trade.gambling\",\"ip.infringement\",\"nuisance.spam\"</text></inputEntry>", "\"trade.gambling\",\"nuisance.spam\"</text></inputEntry>"),
         "table gravity: no rule matches category=\"ip.infringement\""},
        {replaced(rules, "<text>\"trade.gambling\",\"ip.infringement\"", "<text>\"terror.act\",\"trade.gambling\",\"ip.infringement\""),
         "rules gravity-1 and gravity-4 both match category=\"terror.act\""},
        {replaced(rules, "<text>\"trade.gambling\",\"ip.infringement\"", "<text>\"opinion.wrong\",\"trade.gambling\",\"ip.infringement\""),
         "table gravity: rule gravity-4: column category: \"opinion.wrong\" is none of the values of category"},
        {replaced(rules, "<text>danger_now</text>", "<text>country</text>"), "table severity: column country: no fact and no table has this name"},
        {replaced(rules, "<text>danger_now</text>", "<text>queue</text>"), "table severity: column queue: no fact and no table has this name"},
        {replaced(rules, "name=\"deadline_hours\"", "name=\"deadline\""), "the model has no decision named deadline_hours"},
        {replaced(rules, "name=\"duty emergency-call\"", "name=\"emergency\""), "table emergency decides nothing"},
        {replaced(rules, "<outputEntry><text>720</text>", "<outputEntry><text>0</text>"), "deadline_hours: the output must be a number, 1 to"},
        {replaced(rules, "\"low\",\"medium\",\"high\",\"critical\"</text>\n        </outputValues>", "\"low\",\"medium\",\"high\",\"critical\",\"severe\"</text>\n        </outputValues>"),
         "column severity: inputValues leaves out values that severity can have"},
        {replaced(rules, "name=\"duty recall-payment\"", "name=\"duty Recall Payment\""), "duty's name"},
    };
    for (const auto& each : cases) {
        const auto rulebook = Rulebook::load(each.text, categories);
        ASSERT_FALSE(rulebook) << each.says;
        EXPECT_EQ(rulebook.error().kind, ErrorKind::invalid) << rulebook.error().message;
        EXPECT_NE(rulebook.error().message.find(each.says), std::string::npos) << rulebook.error().message << " | " << each.says;
    }
}

// Random tables that split the space exactly, half of them then spoilt in one entry: what the proof says is what trying every
// combination says, and every witness is one.
void split(std::mt19937& random, std::array<std::string, 3> entries, int depth, std::vector<std::array<std::string, 3>>& out) {
    const std::size_t column = random() % 3;
    if (depth == 0 || entries[column] != "-") {
        out.push_back(entries);
        return;
    }
    std::pair<std::string, std::string> halves{"true", "not(true)"};
    if (column == 0) halves = {"\"b\"", "not(\"b\")"};
    if (column == 1) halves = {fmt::format("< {}", 1 + random() % 8), ""};
    if (column == 1) halves.second = ">=" + halves.first.substr(1);
    entries[column] = halves.first;
    split(random, entries, depth - 1, out);
    entries[column] = halves.second;
    split(random, entries, depth - 1, out);
}

TEST(Rulebook, TheProofAgreesWithTryingEverything) {
    std::mt19937 random(42);
    const std::vector<Field> fields{{"t", ValueType::text, {"a", "b", "c"}, 0, 0}, {"n", ValueType::number, {}, 0, 9}, {"f", ValueType::boolean, {}, 0, 0}};
    const char* spoilt[3][4] = {{"-", "\"a\"", "\"b\",\"c\"", "not(\"c\")"}, {"-", "[2..7)", "not(3)", "0,9"}, {"-", "true", "false", "not(true)"}};
    int unique = 0;
    for (int round = 0; round < 2000; ++round) {
        Model model;
        Table table;
        table.name = "x";
        for (const Field& field : fields) table.inputs.push_back({field.name, field.name, field.type, std::nullopt});
        table.outputs.push_back({"", ValueType::number, {}});
        std::vector<std::array<std::string, 3>> rows;
        split(random, {"-", "-", "-"}, 3, rows);
        if (random() % 2 == 0) {
            const std::size_t column = random() % 3;
            rows[random() % rows.size()][column] = spoilt[column][random() % 4];
        }
        for (const std::array<std::string, 3>& row : rows) {
            Rule rule;
            rule.id = fmt::format("r{}", table.rules.size());
            for (std::size_t column = 0; column < 3; ++column) rule.when.push_back(*parse_unary_tests(row[column], fields[column].type));
            rule.then.emplace_back(static_cast<std::int64_t>(table.rules.size()));
            table.rules.push_back(std::move(rule));
        }
        model.tables.push_back(table);
        const auto compiled = compile(model, fields);
        ASSERT_TRUE(compiled) << compiled.error().message;
        const auto flaws = flaws_of(model, *compiled);
        ASSERT_TRUE(flaws);
        bool has_gap = false, has_overlap = false;
        for (const char* t : {"a", "b", "c"})
            for (std::int64_t n = 0; n < 10; ++n)
                for (const bool f : {false, true}) {
                    int count = 0;
                    for (const Rule& rule : table.rules) count += matches(rule.when[0], std::string(t)) && matches(rule.when[1], n) && matches(rule.when[2], f) ? 1 : 0;
                    has_gap = has_gap || count == 0;
                    has_overlap = has_overlap || count > 1;
                }
        bool told_gap = false, told_overlap = false;
        for (const Flaw& flaw : *flaws) {
            told_gap = told_gap || flaw.kind == Flaw::Kind::gap;
            told_overlap = told_overlap || flaw.kind == Flaw::Kind::overlap;
            if (flaw.kind == Flaw::Kind::dead_rule) continue;
            std::size_t count = 0;
            for (const Rule& rule : table.rules) count += matches(rule.when[0], flaw.witness[0]) && matches(rule.when[1], flaw.witness[1]) && matches(rule.when[2], flaw.witness[2]) ? 1 : 0;
            ASSERT_TRUE(flaw.kind == Flaw::Kind::gap ? count == 0 : count > 1) << flaw.words;
        }
        if (flaws->size() < flaws_max) {
            ASSERT_EQ(told_gap, has_gap);
            ASSERT_EQ(told_overlap, has_overlap);
        }
        unique += !has_gap && !has_overlap ? 1 : 0;
    }
    EXPECT_GT(unique, 500);
    EXPECT_LT(unique, 1900);  // some of the spoilt ones are broken
}

// More rules than one word of bits, over a field with too many values for a table of codes and over a small one.
TEST(Rulebook, ManyRulesAreStillOneEach) {
    for (const std::int64_t highest : {std::int64_t{1000}, count_max}) {
        Model model;
        Table table;
        table.name = "x";
        table.inputs.push_back({"f", "f", ValueType::boolean, std::nullopt});
        table.inputs.push_back({"n", "n", ValueType::number, std::nullopt});
        table.outputs.push_back({"", ValueType::number, {}});
        for (int i = 0; i < 150; ++i)
            for (const char* truth : {"true", "false"}) {
                Rule rule;
                rule.id = fmt::format("r{}{}", i, truth);
                rule.when.push_back(*parse_unary_tests(truth, ValueType::boolean));
                rule.when.push_back(*parse_unary_tests(i == 149 ? fmt::format(">= {}", i * 6) : fmt::format("[{}..{})", i * 6, i * 6 + 6), ValueType::number));
                rule.then.emplace_back(static_cast<std::int64_t>(table.rules.size()));
                table.rules.push_back(std::move(rule));
            }
        model.tables.push_back(table);
        const std::vector<Field> fields{{"f", ValueType::boolean, {}, 0, 0}, {"n", ValueType::number, {}, 0, highest}};
        const auto compiled = compile(model, fields);
        ASSERT_TRUE(compiled);
        ASSERT_EQ(compiled->tables[0].words, 5u);
        EXPECT_EQ(compiled->tables[0].columns[1].cell_of.empty(), highest > 1024);
        const auto flaws = flaws_of(model, *compiled);
        ASSERT_TRUE(flaws && flaws->empty());
        for (std::int64_t n = 0; n <= 1000; ++n)
            for (const std::int64_t f : {0, 1}) {
                std::int64_t codes[3] = {f, n, -1};
                std::uint16_t fired[1] = {0};
                evaluate(*compiled, codes, fired);
                const std::int64_t expected = std::min<std::int64_t>(n / 6, 149) * 2 + (f == 1 ? 0 : 1);
                ASSERT_EQ(fired[0], expected) << n;
                ASSERT_EQ(compiled->slots[2].value_of(codes[2]), Value(expected));
            }
        // Without one of them there is one gap, in the words of its first value.
        model.tables[0].rules.erase(model.tables[0].rules.begin() + 200);
        const auto with_gap = flaws_of(model, *compile(model, fields));
        ASSERT_TRUE(with_gap);
        ASSERT_EQ(with_gap->size(), 1u);
        EXPECT_EQ(with_gap->front().words, "table x: no rule matches f=true, n=600");
    }
}

TEST(Rulebook, TablesThatWaitForOneAnotherAreRefused) {
    Model model;
    for (const auto& [name, other] : {std::pair{"a", "b"}, std::pair{"b", "a"}}) {
        Table table;
        table.name = name;
        table.inputs.push_back({other, other, ValueType::boolean, std::nullopt});
        table.outputs.push_back({"", ValueType::boolean, {}});
        table.rules.push_back({std::string(name) + "1", {*parse_unary_tests("-", ValueType::boolean)}, {Value(true)}, ""});
        model.tables.push_back(std::move(table));
    }
    const auto compiled = compile(model, {});
    ASSERT_FALSE(compiled);
    EXPECT_NE(compiled.error().message.find("wait for one another"), std::string::npos);
}

}  // namespace
}  // namespace plumbline::rulebook
