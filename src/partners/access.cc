// SPDX-License-Identifier: Apache-2.0
#include "partners/access.h"

#include <algorithm>

namespace plumbline::partners {

bool has_scope(const TokenRow& token, std::string_view scope) {
    std::string_view rest = token.scopes;
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        if (word == scope) return true;
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    return false;
}

Result<std::string> scopes_from(std::string_view text) {
    bool has_tips = false, has_reports = false;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find_first_of(" ,"));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (word == scope_tips) has_tips = true;
        else if (word == scope_reports) has_reports = true;
        else if (!word.empty()) return fail(ErrorKind::invalid, "scopes: tips, reports, or both");
    }
    if (!has_tips && !has_reports) return fail(ErrorKind::invalid, "scopes: tips, reports, or both");
    return std::string(has_tips && has_reports ? "tips reports" : has_tips ? "tips" : "reports");
}

Result<TokenRow> token_of(Store& store, std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer ";
    if (!authorization.starts_with(scheme)) return fail(ErrorKind::not_found, "no token");
    const Sha256 hash = sha256(view(authorization.substr(scheme.size())));
    for (TokenRow& row : TRY(store.tokens()))
        if (equal_in_constant_time(row.token_sha256.bytes, hash.bytes)) return std::move(row);
    return fail(ErrorKind::not_found, "no such token");
}

Result<TokenRow> token_of_partner(Store& store, std::string_view partner) {
    for (TokenRow& row : TRY(store.tokens()))
        if (row.partner == partner && has_scope(row, scope_reports)) return std::move(row);
    return fail(ErrorKind::not_found, "no token of {} with the scope reports (plumbline keys token)", partner);
}

bool RateCounter::take(const std::string& partner, std::uint32_t items_per_hour, Instant now) {
    if (items_per_hour == 0) return true;
    const std::lock_guard lock(mutex_);
    Used& used = used_[partner];
    if (used.hour != hour_of(now)) used = Used{hour_of(now), 0};
    if (used.items >= items_per_hour) return false;
    ++used.items;
    return true;
}

bool RateCounter::is_used_up(const std::string& partner, std::uint32_t items_per_hour, Instant now) const {
    if (items_per_hour == 0) return false;
    const std::lock_guard lock(mutex_);
    const auto found = used_.find(partner);
    return found != used_.end() && found->second.hour == hour_of(now) && found->second.items >= items_per_hour;
}

std::int64_t seconds_to_next_hour(Instant now) {
    return std::chrono::ceil<std::chrono::seconds>(hour_of(now) + std::chrono::hours(1) - now).count();
}

Result<std::vector<SilentPartner>> silent_partners(Store& store, Instant now) {
    std::map<std::string, Instant> last;
    for (const PartnerHour& row : TRY(store.partner_hours())) last[row.partner] = row.hour;
    // The strictest of a partner's tokens counts, and the oldest says since when something was to come.
    struct Expected {
        std::uint32_t hours = 0;
        Instant since;
    };
    std::map<std::string, Expected> expected;
    for (const TokenRow& token : TRY(store.tokens())) {
        if (token.silent_after_hours == 0) continue;
        const auto [row, is_first] = expected.emplace(token.partner, Expected{token.silent_after_hours, token.created_hour});
        if (is_first) continue;
        row->second.hours = std::min(row->second.hours, token.silent_after_hours);
        row->second.since = std::min(row->second.since, token.created_hour);
    }
    std::vector<SilentPartner> silent;
    for (const auto& [partner, wanted] : expected) {
        const auto found = last.find(partner);
        const Instant since = found == last.end() ? wanted.since : std::max(found->second, wanted.since);
        const std::int64_t hours = std::chrono::floor<std::chrono::hours>(now - since).count();
        // A whole hour more than the period: what came is known to the hour only.
        if (hours <= static_cast<std::int64_t>(wanted.hours)) continue;
        silent.push_back(SilentPartner{partner, found == last.end() ? std::nullopt : std::optional<Instant>(found->second), wanted.hours, hours});
    }
    std::sort(silent.begin(), silent.end(), [](const SilentPartner& a, const SilentPartner& b) { return a.silent_hours > b.silent_hours; });
    return silent;
}

Result<Json> alarms(Store& store, Instant now) {
    Json list = Json::array();
    for (const SilentPartner& silent : TRY(silent_partners(store, now))) {
        Json row = Json::object();
        row.set("kind", "silent_partner").set("partner", silent.partner).set("last_hour", silent.last_hour ? Json(to_text(*silent.last_hour)) : Json());
        row.set("silent_hours", silent.silent_hours).set("silent_after_hours", silent.silent_after_hours);
        list.push(std::move(row));
    }
    Json json = Json::object();
    json.set("alarms", std::move(list));
    return json;
}

}  // namespace plumbline::partners
