// SPDX-License-Identifier: Apache-2.0
#include "model/category.h"

namespace plumbline {

namespace {
constexpr std::pair<CategoryGroup, std::string_view> names[] = {
    {CategoryGroup::sys, "sys"},         {CategoryGroup::fraud, "fraud"},       {CategoryGroup::id, "id"},
    {CategoryGroup::person, "person"},   {CategoryGroup::child, "child"},       {CategoryGroup::proceeds, "proceeds"},
    {CategoryGroup::trade, "trade"},     {CategoryGroup::terror, "terror"},     {CategoryGroup::ip, "ip"},
    {CategoryGroup::nuisance, "nuisance"}, {CategoryGroup::other, "other"},
};
}  // namespace

std::string_view name_of(CategoryGroup group) {
    for (const auto& [value, name] : names)
        if (value == group) return name;
    return "other";
}

Result<CategoryGroup> category_group_from(std::string_view text) {
    for (const auto& [value, name] : names)
        if (name == text) return value;
    return fail(ErrorKind::invalid, "no category group \"{}\"", text.substr(0, 40));
}

Result<Categories> Categories::from_json(const Json& tree) {
    Categories categories;
    categories.version_ = TRY(tree.text_at("version"));
    const Json* groups = TRY(tree.object_at("groups"));
    for (const auto& [name, title] : groups->as_object()) {
        if (!title.is_text()) return fail(ErrorKind::invalid, "groups.{}: must be a text", name);
        categories.group_titles_.emplace_back(TRY(category_group_from(name)), title.as_text());
    }
    const Json* leaves = TRY(tree.array_at("leaves"));
    for (const Json& leaf : leaves->as_array()) {
        Category category;
        category.code = TRY(leaf.text_at("code"));
        category.title = TRY(leaf.text_at("title"));
        category.plain = TRY(leaf.text_at("plain"));
        category.group = TRY(category_group_from(category.code.substr(0, category.code.find('.'))));
        if (categories.find(category.code) != nullptr) return fail(ErrorKind::invalid, "leaf {} stands twice", category.code);
        categories.leaves_.push_back(std::move(category));
    }
    if (categories.find(category_not_sure) == nullptr) return fail(ErrorKind::invalid, "leaf {} is missing", category_not_sure);
    return categories;
}

const Category* Categories::find(std::string_view code) const {
    for (const Category& category : leaves_)
        if (category.code == code) return &category;
    return nullptr;
}

std::string_view Categories::title_of(CategoryGroup group) const {
    for (const auto& [value, title] : group_titles_)
        if (value == group) return title;
    return name_of(group);
}

}  // namespace plumbline
