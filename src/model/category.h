// SPDX-License-Identifier: Apache-2.0
// Offence categories: 32 leaves in 11 groups, each an act with a victim or a protected asset. The tree is data
// (rules/categories.json, from the published taxonomy); a tip names a leaf, the public log only its group.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace plumbline {

// On-disk values: do not change.
enum class CategoryGroup : std::uint8_t {
    sys = 1, fraud = 2, id = 3, person = 4, child = 5, proceeds = 6, trade = 7, terror = 8, ip = 9, nuisance = 10, other = 11,
};
inline constexpr std::array<CategoryGroup, 11> category_groups{
    CategoryGroup::sys,   CategoryGroup::fraud,  CategoryGroup::id, CategoryGroup::person,   CategoryGroup::child, CategoryGroup::proceeds,
    CategoryGroup::trade, CategoryGroup::terror, CategoryGroup::ip, CategoryGroup::nuisance, CategoryGroup::other,
};
std::string_view name_of(CategoryGroup group);                  // "fraud"
Result<CategoryGroup> category_group_from(std::string_view name);

struct Category {
    std::string code;    // "fraud.phishing"
    CategoryGroup group = CategoryGroup::other;
    std::string title;   // "Phishing message, call or site"
    std::string plain;   // in a reporter's words
};

// A value; find() is a linear walk over 32 rows.
class Categories {
  public:
    static Result<Categories> from_json(const Json& tree);
    const Category* find(std::string_view code) const;          // nullptr where unknown
    const std::vector<Category>& leaves() const { return leaves_; }
    std::string_view title_of(CategoryGroup group) const;
    const std::string& version() const { return version_; }

  private:
    std::vector<Category> leaves_;
    std::vector<std::pair<CategoryGroup, std::string>> group_titles_;
    std::string version_;
};
inline constexpr std::string_view category_not_sure = "other.unclassified";

}  // namespace plumbline
