// SPDX-License-Identifier: Apache-2.0
#include "desk/reminders.h"

#include <algorithm>

#include "base/log.h"

namespace plumbline::desk {

std::chrono::microseconds reminder_before(Instant received, Instant deadline) {
    const std::chrono::microseconds quarter = (deadline - received) / 4;
    return std::clamp<std::chrono::microseconds>(quarter, std::chrono::hours(1), std::chrono::hours(24));
}

Result<std::vector<Reminder>> Reminders::due() {
    const Instant now = clock_.now();
    std::vector<Reminder> reminders;
    std::map<TipId, ReminderKind> told;
    for (const TipRow& row : TRY(store_.unopened_due_before(now + std::chrono::hours(24), tips_max))) {
        if (row.flags.has(TipFlag::muted) || row.flags.has(TipFlag::aside)) continue;
        const TipId tip = row.header.id;
        const Instant deadline = row.ranking->deadline;
        if (now < deadline - reminder_before(row.header.received_hour, deadline)) continue;
        const ReminderKind kind = deadline < now ? ReminderKind::overdue : ReminderKind::due_soon;
        told[tip] = kind;
        const auto before = told_.find(tip);
        if (before != told_.end() && before->second == kind) continue;
        reminders.push_back({tip, kind, row.ranking->queue, std::chrono::duration_cast<std::chrono::minutes>(deadline - now).count()});
    }
    // What was opened is forgotten: memory holds what is due alone.
    told_ = std::move(told);
    return reminders;
}

Result<void> Reminders::tell() {
    for (const Reminder& reminder : TRY(due()))
        log_event(LogLevel::warning, reminder.kind == ReminderKind::overdue ? "desk.overdue" : "desk.due_soon",
                  {{"tip", reminder.tip.text()}, {"queue", reminder.queue}, {"minutes_left", reminder.minutes_left}});
    return {};
}

}  // namespace plumbline::desk
