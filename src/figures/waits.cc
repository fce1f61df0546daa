// SPDX-License-Identifier: Apache-2.0
#include "figures/waits.h"

#include <algorithm>

#include "model/wait.h"

namespace plumbline::figures {

namespace {
constexpr std::string_view unsorted = "unsorted";   // how "" is named where a name must stand

Result<std::uint64_t> count_at(const Json& json, std::string_view name) {
    const std::int64_t count = TRY(json.integer_at(name));
    if (count < 0) return fail(ErrorKind::invalid, "{}: must be a count", name);
    return static_cast<std::uint64_t>(count);
}
}  // namespace

void WaitCount::leave_received(CategoryGroup group, std::optional<Day> day) {
    auto& days = received_[group];
    const auto found = day ? days.find(*day) : days.begin();
    if (found != days.end() && --found->second == 0) days.erase(found);
}

void WaitCount::count_due(const std::string& queue, Day due, std::int64_t change) {
    // The day of counting is not over: what falls due today may still be met.
    if (due >= from_ && due <= to_ && due < as_of_) due_[queue] += change;
}

void WaitCount::add(const LedgerEntry& entry) {
    if (entry.day > to_) return;
    if (entry.kind == kind_of_received()) {
        ++received_[entry.group][entry.day];
        return;
    }
    const auto change = state_change_of(entry.kind);
    if (!change && entry.kind != kind_of_ranking()) return;
    const auto read = public_wait_from(entry.about);
    const PublicWait wait = read ? *read : PublicWait{};
    if (change && change->from == TipState::received) leave_received(entry.group, wait.received);
    if (!wait.received || !wait.due) return;
    if (wait.was_due) {
        --waiting_[{wait.was_queue, *wait.received}];
        count_due(wait.was_queue, *wait.was_due, -1);
    }
    const bool ends = change && change->to == TipState::opened;
    if (!ends) count_due(wait.queue, *wait.due, 1);
    if (ends) --waiting_[{wait.queue, *wait.received}];
    else if (!wait.in_time) ++waiting_[{wait.queue, *wait.received}];
    const bool is_due_counted = *wait.due >= from_ && *wait.due <= to_ && *wait.due < as_of_;
    if (wait.in_time.value_or(false) && is_due_counted) ++in_time_[wait.queue];
}

Waits WaitCount::waits() const {
    Waits waits;
    const auto add = [](QueueWaits& row, Day day, std::int64_t tips) {
        if (tips <= 0) return;
        row.unopened += static_cast<std::uint64_t>(tips);
        row.oldest_unopened = std::min(row.oldest_unopened.value_or(day), day);
    };
    for (const auto& [group, days] : received_)
        for (const auto& [day, tips] : days) add(waits[""], day, tips);
    for (const auto& [place, tips] : waiting_) add(waits[place.queue], place.received, tips);
    for (const auto& [queue, tips] : due_) waits[queue].due = static_cast<std::uint64_t>(std::max<std::int64_t>(tips, 0));
    for (const auto& [queue, tips] : in_time_) waits[queue].in_time = tips;
    std::erase_if(waits, [](const auto& row) { return row.second.unopened == 0 && row.second.due == 0; });
    return waits;
}

Json to_json(const Waits& waits, Day to) {
    Json rows = Json::array();
    for (const auto& [queue, row] : waits) {
        Json json = Json::object();
        json.set("queue", queue.empty() ? Json() : Json(queue)).set("unopened", row.unopened);
        json.set("oldest_unopened", row.oldest_unopened ? Json(to_text(*row.oldest_unopened)) : Json());
        json.set("oldest_days", row.oldest_unopened ? Json(static_cast<std::int64_t>((to - *row.oldest_unopened).count())) : Json());
        json.set("due", row.due).set("in_time", row.in_time);
        rows.push(std::move(json));
    }
    return rows;
}

Result<Waits> waits_from(const Json& json) {
    if (!json.is_array()) return fail(ErrorKind::invalid, "waits: must be an array");
    Waits waits;
    for (const Json& row : json.as_array()) {
        const Json* queue = row.find("queue");
        if (queue == nullptr || !(queue->is_null() || queue->is_text())) return fail(ErrorKind::invalid, "waits: a row has no queue");
        QueueWaits& read = waits[queue->is_null() ? "" : queue->as_text()];
        read.unopened = TRY(count_at(row, "unopened"));
        const Json* oldest = row.find("oldest_unopened");
        if (oldest != nullptr && oldest->is_text()) read.oldest_unopened = TRY(day_from(oldest->as_text()));
        read.due = TRY(count_at(row, "due"));
        read.in_time = TRY(count_at(row, "in_time"));
    }
    return waits;
}

std::map<std::string, std::string> cells_of(const Waits& waits) {
    std::map<std::string, std::string> cells;
    for (const auto& [queue, row] : waits) {
        const std::string name = fmt::format("waits {}", queue.empty() ? unsorted : std::string_view(queue));
        cells[name + " unopened"] = fmt::to_string(row.unopened);
        cells[name + " oldest"] = row.oldest_unopened ? to_text(*row.oldest_unopened) : "none";
        cells[name + " due"] = fmt::to_string(row.due);
        cells[name + " in time"] = fmt::to_string(row.in_time);
    }
    return cells;
}

}  // namespace plumbline::figures
