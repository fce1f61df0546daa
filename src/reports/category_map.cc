// SPDX-License-Identifier: Apache-2.0
#include "reports/category_map.h"

namespace plumbline::reports {

namespace {

constexpr std::string_view not_sure = "other.unclassified";

// A report's own detail, where a name maps to several leaves; "" is the default of the name.
struct Closer {
    std::string_view name, detail, code;
};
constexpr Closer closer_table[] = {
    {"content/fraud", "investment", "fraud.investment"},
    {"content/fraud", "cryptocurrency", "fraud.investment"},
    {"content/fraud", "romance", "fraud.romance"},
    {"content/fraud", "tech_support", "fraud.impostor"},
    {"content/fraud", "government_impersonation", "fraud.impostor"},
    {"content/fraud", "lottery", "fraud.advance"},
    {"content/fraud", "advance_fee", "fraud.advance"},
    {"content/fraud", "employment", "fraud.advance"},
    {"content/fraud", "charity", "fraud.trade"},
    {"content/fraud", "shopping", "fraud.trade"},
    {"content/fraud", "", not_sure},
    {"content/malware", "ransomware", "sys.ransomware"},
    {"content/malware", "", "sys.malware"},
    {"infrastructure/botnet", "", "sys.malware"},
    {"content/brand_infringement", "brand_impersonation", "id.theft"},
    {"content/brand_infringement", "typosquatting", "id.theft"},
    {"content/brand_infringement", "lookalike", "id.theft"},
    {"content/brand_infringement", "homograph", "id.theft"},
    {"content/brand_infringement", "", "ip.infringement"},
    {"content/csem", "grooming", "child.solicitation"},
    {"content/csem", "solicitation", "child.solicitation"},
    {"content/csem", "sextortion", "child.solicitation"},
    {"content/csem", "", "child.exploitation"},
    {"messaging/bulk_messaging", "", "nuisance.spam"},
};
// Types that no published list has: what their class is mostly about.
constexpr std::pair<std::string_view, std::string_view> class_table[] = {
    {"messaging", "nuisance.spam"}, {"copyright", "ip.infringement"}, {"connection", "sys.access"},
    {"infrastructure", "sys.access"}, {"vulnerability", "sys.tools"}, {"reputation", "sys.tools"}};

std::string_view trimmed(std::string_view text) {
    const std::size_t end = text.find(" (");
    return end == std::string_view::npos ? text : text.substr(0, end);
}

}  // namespace

Result<CategoryMap> CategoryMap::from_json(const Json& categories) {
    CategoryMap map;
    for (const Json& leaf : TRY(categories.array_at("leaves"))->as_array()) {
        const std::string code = TRY(leaf.text_at("code"));
        map.codes_[code] = true;
        const std::pair<const char*, Names*> schemes[] = {{"xarf_v4", &map.xarf_}, {"rsit", &map.rsit_}, {"cybertipline", &map.cybertipline_}};
        for (const auto& [scheme, names] : schemes) {
            const Json* list = leaf.find(scheme);
            if (list == nullptr || !list->is_array()) continue;
            for (const Json& name : list->as_array())
                if (name.is_text()) (*names)[std::string(scheme == std::string_view("cybertipline") ? std::string_view(name.as_text()) : trimmed(name.as_text()))].push_back(code);
        }
    }
    for (const Closer& row : closer_table)
        if (!map.has(row.code)) return fail(ErrorKind::invalid, "categories: no leaf {}", row.code);
    return map;
}

CategoryMap::Mapped CategoryMap::xarf(std::string_view category, std::string_view type, std::string_view detail) const {
    const std::string name = fmt::format("{}/{}", category, type);
    std::string_view otherwise;
    for (const Closer& row : closer_table) {
        if (row.name != name) continue;
        if (row.detail == detail && !detail.empty()) return {std::string(row.code), false};
        if (row.detail.empty()) otherwise = row.code;
    }
    if (!otherwise.empty()) return {std::string(otherwise), otherwise == not_sure};
    if (const auto found = xarf_.find(name); found != xarf_.end()) return {found->second.front(), false};
    if (const auto found = xarf_.find(std::string(category) + "/*"); found != xarf_.end()) return {found->second.front(), false};
    for (const auto& [known, code] : class_table)
        if (known == category) return {std::string(code), true};
    return {std::string(not_sure), true};
}

CategoryMap::Mapped CategoryMap::rsit(std::string_view name) const {
    std::string wanted;
    for (const char c : name) wanted += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' || c == '_' ? '-' : c;
    if (const auto found = rsit_.find(wanted); found != rsit_.end()) return {found->second.front(), found->second.size() > 1};
    const std::size_t colon = wanted.find(':');
    if (colon != std::string::npos) {
        if (const auto found = rsit_.find(wanted.substr(0, colon) + ":*"); found != rsit_.end()) return {found->second.front(), false};
    } else {
        for (const auto& [known, codes] : rsit_)
            if (known.size() > wanted.size() && !wanted.empty() && known.ends_with(":" + wanted)) return {codes.front(), codes.size() > 1};
    }
    return {std::string(not_sure), true};
}

CategoryMap::Mapped CategoryMap::cybertipline(std::string_view incident_type) const {
    if (const auto found = cybertipline_.find(incident_type); found != cybertipline_.end()) return {found->second.front(), false};
    // The same words with another explanation in brackets behind them.
    for (const auto& [known, codes] : cybertipline_)
        if (trimmed(known) == trimmed(incident_type)) return {codes.front(), false};
    return {std::string(not_sure), true};
}

}  // namespace plumbline::reports
