// SPDX-License-Identifier: Apache-2.0
// All small tables: what an outsider who knows the total and the rule can conclude from what is shown.
#include "figures/suppress.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>
#include <string>

namespace plumbline::figures {
namespace {

using Table = std::vector<std::uint64_t>;

void all_tables(std::size_t leaves, std::uint64_t total, Table& table, std::vector<Table>& out) {
    if (leaves == 1) {
        table.push_back(total);
        out.push_back(table);
        table.pop_back();
        return;
    }
    for (std::uint64_t count = 0; count <= total; ++count) {
        table.push_back(count);
        all_tables(leaves - 1, total - count, table, out);
        table.pop_back();
    }
}

// For each table shown, the tables that would be shown the same; of each hidden small cell more than one value must be
// possible, however well the rule is known.
TEST(Suppress, NoSmallCountCanBeToldEvenByWhoKnowsTheRule) {
    std::size_t hidden_small = 0;
    for (const std::uint64_t below : {std::uint64_t{3}, std::uint64_t{4}, std::uint64_t{5}}) {
        for (std::size_t leaves = 2; leaves <= 5; ++leaves) {
            for (std::uint64_t total = 0; total <= (leaves == 5 ? 12U : 18U); ++total) {
                std::vector<Table> tables;
                Table start;
                all_tables(leaves, total, start, tables);
                std::map<std::vector<std::optional<std::uint64_t>>, std::vector<std::set<std::uint64_t>>> possible;
                for (const Table& table : tables) {
                    auto& values = possible[suppress_small(table, below)];
                    values.resize(leaves);
                    for (std::size_t leaf = 0; leaf < leaves; ++leaf) values[leaf].insert(table[leaf]);
                }
                for (const Table& table : tables) {
                    const auto shown = suppress_small(table, below);
                    for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
                        if (shown[leaf]) {
                            ASSERT_EQ(*shown[leaf], table[leaf]);
                            ASSERT_TRUE(table[leaf] == 0 || table[leaf] >= below);
                            continue;
                        }
                        if (table[leaf] == 0 || table[leaf] >= below) continue;
                        ++hidden_small;
                        ASSERT_GE(possible[shown][leaf].size(), 2U) << "below " << below << " leaves " << leaves << " total " << total << " leaf " << leaf;
                    }
                }
            }
        }
    }
    EXPECT_GT(hidden_small, 10'000U);
}

TEST(Suppress, HidesNoMoreThanItMust) {
    using Shown = std::vector<std::optional<std::uint64_t>>;
    EXPECT_EQ(suppress_small({10, 20, 0}), (Shown{10, 20, 0}));
    EXPECT_EQ(suppress_small({10, 20, 3}), (Shown{std::nullopt, 20, std::nullopt}));
    EXPECT_EQ(suppress_small({4, 0, 30, 7, 7}), (Shown{std::nullopt, std::nullopt, 30, std::nullopt, std::nullopt}));
    EXPECT_EQ(suppress_small({4, 3}), (Shown{std::nullopt, std::nullopt}));
    EXPECT_EQ(suppress_small({3}), (Shown{std::nullopt}));
    EXPECT_EQ(suppress_small({}), Shown{});
}

}  // namespace
}  // namespace plumbline::figures
