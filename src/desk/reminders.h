// SPDX-License-Identifier: Apache-2.0
// Reminds of tips that no person has opened before their deadline passes, and once more when it has: events in the program's log
// (desk.due_soon, desk.overdue), for whatever watches the log. The desk's page lists the same by itself (DeskService::due_soon).
#pragma once
#include <map>
#include <vector>

#include "base/time.h"
#include "store/store.h"

namespace plumbline::desk {

enum class ReminderKind { due_soon, overdue };
struct Reminder {
    TipId tip;
    ReminderKind kind = ReminderKind::due_soon;
    std::string queue;
    std::int64_t minutes_left = 0;   // negative: so long past
};

// One thread. Each tip is told once of each kind; after a restart once more.
class Reminders {
  public:
    Reminders(Store& store, Clock& clock) : store_(store), clock_(clock) {}
    // What is new since the last call, soonest first; at most tips_max tips are watched at a time.
    Result<std::vector<Reminder>> due();
    Result<void> tell();             // due(), as events

    static constexpr std::size_t tips_max = 10'000;

  private:
    Store& store_;
    Clock& clock_;
    std::map<TipId, ReminderKind> told_;
};

// When the first reminder is due: a quarter of the time before the deadline, at least one hour, at most a day.
std::chrono::microseconds reminder_before(Instant received, Instant deadline);

}  // namespace plumbline::desk
