// SPDX-License-Identifier: Apache-2.0
#include "desk/retention_desk.h"

#include <algorithm>

#include "base/log.h"
#include "desk/act_entry.h"

namespace plumbline::desk {

namespace {
constexpr int days_max = 36'500;

Result<int> days_from(std::string_view name, const Json& value) {
    if (!value.is_integer() || value.as_integer() < 0 || value.as_integer() > days_max) return fail(ErrorKind::invalid, "{}: a number of days, 0 to {}", name, days_max);
    return static_cast<int>(value.as_integer());
}
}  // namespace

Result<RetentionRules> RetentionRules::from_json(const Json& json, const Categories& categories) {
    if (!json.is_object()) return fail(ErrorKind::invalid, "retention: must be an object");
    RetentionRules rules;
    for (const auto& [name, value] : json.as_object()) {
        if (name == "days") {
            rules.days = TRY(days_from(name, value));
        } else if (name == "groups" || name == "categories") {
            if (!value.is_object()) return fail(ErrorKind::invalid, "{}: must be an object", name);
            for (const auto& [key, days] : value.as_object()) {
                if (name == "groups" && !category_group_from(key)) return fail(ErrorKind::invalid, "groups: no group {}", key);
                if (name == "categories" && categories.find(key) == nullptr) return fail(ErrorKind::invalid, "categories: no category {}", key);
                (name == "groups" ? rules.days_of_group : rules.days_of_category)[key] = TRY(days_from(key, days));
            }
        } else if (name != "about") {
            return fail(ErrorKind::invalid, "{}: no such rule", name);
        }
    }
    return rules;
}

int RetentionRules::days_for(std::string_view category, CategoryGroup group) const {
    if (const auto found = days_of_category.find(std::string(category)); found != days_of_category.end()) return found->second;
    if (const auto found = days_of_group.find(std::string(name_of(group))); found != days_of_group.end()) return found->second;
    return days;
}

int RetentionRules::days_min() const {
    int least = days;
    for (const auto& [name, value] : days_of_group) least = std::min(least, value);
    for (const auto& [name, value] : days_of_category) least = std::min(least, value);
    return least;
}

RetentionDesk::Due RetentionDesk::due_of(const ClosedTip& tip) {
    Due due;
    due.tip = tip;
    // Only where a leaf has a rule of its own is the tip opened for it.
    if (!parts_.rules.days_of_category.empty())
        if (const auto content = parts_.opener.content(tip.row.header.id)) due.category = content->category;
    due.days = parts_.rules.days_for(due.category, tip.row.header.group);
    due.when = tip.closed + std::chrono::days(due.days);
    return due;
}

Result<Json> RetentionDesk::due(std::size_t count_max) {
    const Day today = day_of(parts_.clock.now());
    const std::size_t most = std::min(count_max, due_listed_max);
    Json rows = Json::array();
    bool has_more = false;
    for (const ClosedTip& tip : TRY(parts_.store.closed_tips(today - std::chrono::days(parts_.rules.days_min()), 20 * due_listed_max))) {
        const Due due = due_of(tip);
        if (due.when > today) continue;
        has_more = rows.as_array().size() >= most;
        if (has_more) break;
        Json row = Json::object();
        row.set("id", tip.row.header.id.text()).set("group", name_of(tip.row.header.group)).set("category", due.category);
        row.set("closed", to_text(tip.closed)).set("days", due.days).set("due", to_text(due.when)).set("is_held", tip.row.flags.has(TipFlag::held));
        rows.push(std::move(row));
    }
    return Json::object().set("today", to_text(today)).set("has_more", has_more).set("rows", std::move(rows));
}

Result<Json> RetentionDesk::erase(const std::vector<TipId>& tips, std::string_view reason, const Session& who) {
    TRY(check_reason(reason));
    if (tips.empty() || tips.size() > erased_in_call_max) return fail(ErrorKind::invalid, "tips: 1 to {}", erased_in_call_max);
    const Instant now = parts_.clock.now();
    const std::vector<ClosedTip> closed = TRY(parts_.store.closed_tips(day_of(now) - std::chrono::days(parts_.rules.days_min()), SIZE_MAX));
    std::vector<Due> all;
    for (const TipId id : tips) {
        const auto found = std::find_if(closed.begin(), closed.end(), [id](const ClosedTip& tip) { return tip.row.header.id == id; });
        if (found == closed.end()) return fail(ErrorKind::conflict, "{} is not due: nothing was erased", id.text());
        all.push_back(due_of(*found));
        if (all.back().when > day_of(now)) return fail(ErrorKind::conflict, "{} is due on {}: nothing was erased", id.text(), to_text(all.back().when));
        if (found->row.flags.has(TipFlag::held)) return fail(ErrorKind::conflict, "{} is held: nothing was erased", id.text());
    }
    for (const Due& due : all) {
        const TipHeader& header = due.tip.row.header;
        Json statement = Json::object();
        statement.set("act", "erased").set("reason", reason).set("closed", to_text(due.tip.closed)).set("days", due.days);
        const std::vector<BlobRef> blobs = TRY(parts_.store.erase_tip(header.id, act_entry(parts_.opener, header, kind_of_erased(), std::move(statement), who, now)));
        parts_.opener.forget(header.id);
        parts_.links.withdraw(header.id);
        // One that cannot be removed now is named by no row: it is swept at a later start.
        for (const BlobRef& ref : blobs)
            if (const auto removed = parts_.blobs.remove(ref); !removed) log_event(LogLevel::warning, "erase.blob_left", {{"error", removed.error().message}});
        log_event(LogLevel::info, "desk.erased", {{"tip", header.id.text()}, {"staff", who.staff.text()}});
    }
    bool is_cut = false;
    for (int round = 0; round < 5 && !is_cut; ++round) is_cut = parts_.store.forget_removed().has_value();
    if (!is_cut) log_event(LogLevel::warning, "erase.log_left", {});
    return Json::object().set("tips", static_cast<std::uint64_t>(all.size())).set("log_is_cut", is_cut);
}

Result<Json> RetentionDesk::erase_due(std::string_view reason, const Session& rule) {
    std::vector<TipId> tips;
    const Json listed = TRY(due(due_listed_max));
    for (const Json& row : TRY(listed.array_at("rows"))->as_array())
        if (!row.find("is_held")->as_bool()) tips.push_back(TRY(TipId::from_text(TRY(row.text_at("id")))));
    if (tips.empty()) return Json::object().set("tips", 0);
    return erase(tips, reason, rule);
}

}  // namespace plumbline::desk
