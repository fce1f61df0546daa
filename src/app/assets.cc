// SPDX-License-Identifier: Apache-2.0
#include "app/assets.h"

#include "app/data_folder.h"
#include "base/assets.h"
#include "base/json.h"

namespace plumbline::app {

Result<std::string_view> asset(std::string_view name) {
    for (const AssetRow& row : asset_rows())
        if (row.name == name) return std::string_view(row.begin, static_cast<std::size_t>(row.end - row.begin));
    return fail(ErrorKind::not_found, "{} is not compiled into this program", name);
}

Result<Categories> built_in_categories() { return Categories::from_json(TRY(parse_json(TRY(asset("rules/categories.json"))))); }
Result<rulebook::ReferenceRates> built_in_rates() {
    return rulebook::ReferenceRates::from_json(TRY(parse_json(TRY(asset("rules/reference_rates.json")))));
}

Result<rulebook::Rulebook> load_rulebook(const std::string& path, const Categories& categories) {
    if (path.empty()) return rulebook::Rulebook::load(TRY(asset("rules/plumbline.dmn")), categories);
    auto book = rulebook::Rulebook::load(TRY(read_small_file(path, 16 * 1024 * 1024)), categories);
    if (!book) return fail_in(path, book.error());
    return book;
}

}  // namespace plumbline::app
