// SPDX-License-Identifier: Apache-2.0
#include "desk/flood_desk.h"

#include "base/log.h"
#include "desk/act_entry.h"

namespace plumbline::desk {

Result<Json> FloodDesk::look(TipId of, std::size_t offset, std::size_t count) {
    if (count == 0 || count > queue_rows_max) return fail(ErrorKind::invalid, "count: 1 to {}", queue_rows_max);
    TRY(parts_.store.tip(of));
    const link::Flood flood = parts_.links.flood_of(of);
    Json rows = Json::array();
    for (std::size_t i = offset; i < flood.folded.size() && i < offset + count; ++i) rows.push(TRY(parts_.desk.queue_row(flood.folded[i])));
    Json json = Json::object();
    json.set("tips", static_cast<std::uint64_t>(flood.folded.size())).set("aside", static_cast<std::uint64_t>(flood.aside.size()));
    json.set("standing", static_cast<std::uint64_t>(flood.standing.size())).set("offset", static_cast<std::uint64_t>(offset)).set("rows", std::move(rows));
    return json;
}

Result<Json> FloodDesk::set_aside(TipId of, bool is_aside, std::string_view reason, const Session& who) {
    TRY(check_reason(reason));
    std::vector<TipId> tips = parts_.links.flood_of(of).folded;
    if (std::find(tips.begin(), tips.end(), of) == tips.end()) tips = {of};
    std::uint64_t moved = 0;
    for (std::size_t at = 0; at < tips.size();) {
        Change change;
        std::vector<TipId> changed;
        for (; at < tips.size() && changed.size() < aside_tips_in_change; ++at) {
            const TipRow row = TRY(parts_.store.tip(tips[at]));
            if (row.flags.has(TipFlag::aside) == is_aside) continue;
            if (is_aside && row.state == TipState::closed) return fail(ErrorKind::conflict, "a closed tip waits nowhere: there is nothing to put aside");
            Json statement = Json::object();
            statement.set("act", is_aside ? "put aside" : "brought back").set("reason", reason).set("with", static_cast<std::uint64_t>(tips.size()));
            change.flags.push_back({tips[at], TipFlag::aside, is_aside});
            change.entries.push_back(act_entry(parts_.opener, row.header, is_aside ? "tip.put_aside" : "tip.brought_back", std::move(statement), who, parts_.clock.now()));
            changed.push_back(tips[at]);
        }
        if (changed.empty()) continue;
        TRY(parts_.store.apply(std::move(change)));
        for (const TipId tip : changed) parts_.links.set_aside(tip, is_aside);
        moved += changed.size();
    }
    if (moved == 0) return fail(ErrorKind::conflict, "{}", is_aside ? "it is put aside already" : "it is not put aside");
    log_event(LogLevel::info, is_aside ? "desk.put_aside" : "desk.brought_back", {{"tip", of.text()}, {"tips", moved}, {"staff", who.staff.text()}});
    return Json::object().set("tips", moved);
}

Result<Json> FloodDesk::set_flag(TipId tip, TipFlag flag, bool is_set, std::string_view kind, std::string_view act, std::string_view reason, const Session& who) {
    TRY(check_reason(reason));
    const TipRow row = TRY(parts_.store.tip(tip));
    if (row.flags.has(flag) == is_set) return fail(ErrorKind::conflict, "it is so already: load the tip again");
    if (row.flags.has(TipFlag::erased)) return fail(ErrorKind::conflict, "the tip is erased");
    Change change;
    change.flags.push_back({tip, flag, is_set});
    change.entries.push_back(act_entry(parts_.opener, row.header, std::string(kind), Json::object().set("act", act).set("reason", reason), who, parts_.clock.now()));
    TRY(parts_.store.apply(std::move(change)));
    log_event(LogLevel::info, "desk.flag_set", {{"kind", kind}, {"tip", tip.text()}, {"staff", who.staff.text()}});
    return Json::object().set("is_set", is_set);
}

Result<Json> FloodDesk::set_muted(TipId tip, bool is_muted, std::string_view reason, const Session& who) {
    return set_flag(tip, TipFlag::muted, is_muted, is_muted ? "tip.muted" : "tip.unmuted", is_muted ? "muted its mailbox" : "unmuted its mailbox", reason, who);
}
Result<Json> FloodDesk::set_held(TipId tip, bool is_held, std::string_view reason, const Session& who) {
    return set_flag(tip, TipFlag::held, is_held, is_held ? "tip.held" : "tip.released", is_held ? "set a legal hold" : "lifted the legal hold", reason, who);
}

}  // namespace plumbline::desk
