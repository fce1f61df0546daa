// SPDX-License-Identifier: Apache-2.0
// How long tips wait for a person, by queue, from what the log's entries say of it (model/wait.h): what waits at the end of
// a period and since when, and how many of those that fell due were opened in time. Pure.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/event.h"

namespace plumbline::figures {

struct QueueWaits {
    std::uint64_t unopened = 0;             // at the end of the period
    std::optional<Day> oldest_unopened;     // the day it was received
    std::uint64_t due = 0;                  // tips whose deadline's day is in the period and before the day of counting
    std::uint64_t in_time = 0;              // of these, opened by a person before the deadline
    bool operator==(const QueueWaits&) const = default;
};
// By queue; "" = not sorted yet: these have no deadline. A queue where nothing waits and nothing fell due is left out.
using Waits = std::map<std::string, QueueWaits>;

// Takes entries in log order; those after `to` are passed over. Entries of logs begun before the wait was public: a tip that
// left `received` without a day is taken as its group's oldest, and one that was sorted without a queue is not counted.
class WaitCount {
  public:
    WaitCount(Day from, Day to, Day as_of) : from_(from), to_(to), as_of_(as_of) {}
    void add(const LedgerEntry& entry);
    Waits waits() const;

  private:
    struct Place {
        std::string queue;
        Day received;
        auto operator<=>(const Place&) const = default;
    };
    void leave_received(CategoryGroup group, std::optional<Day> day);
    void count_due(const std::string& queue, Day due, std::int64_t change);
    const Day from_, to_, as_of_;
    std::map<CategoryGroup, std::map<Day, std::int64_t>> received_;   // not sorted and not opened
    std::map<Place, std::int64_t> waiting_;
    std::map<std::string, std::int64_t> due_;
    std::map<std::string, std::uint64_t> in_time_;
};

Json to_json(const Waits& waits, Day to);
Result<Waits> waits_from(const Json& json);     // invalid: names the member
// "waits fraud unopened", ... for comparing cell by cell.
std::map<std::string, std::string> cells_of(const Waits& waits);

}  // namespace plumbline::figures
