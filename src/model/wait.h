// SPDX-License-Identifier: Apache-2.0
// What a ledger entry says in public of a tip's wait for a person: the day it came, the queue it waits in, the day until which
// a person must have opened it, and whether one did. Days only. The wait ends at the first opening and never begins again.
//
//   kind                    words                               what it does to the wait
//   tip.received>decided    received queue due                  begins in a queue
//   tip.decided>opened      received queue due opened           ends there
//   tip.received>opened     received                            a person was faster than the rules
//   tip.ranked              received queue due was              the rules put it elsewhere while it waits
//   tip.ranked              received queue due opened           the rules came after the person: due, and met or not
//   tip.ranked              (none)                              the rules read it again after the wait
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace plumbline {

struct PublicWait {
    std::optional<Day> received;
    std::string queue;                  // as public_queue_name() gives it
    std::optional<Day> due;
    std::optional<bool> in_time;        // opened before its deadline, to the microsecond; only the answer is public
    std::string was_queue;              // with was_due: where it waited before
    std::optional<Day> was_due;
    bool operator==(const PublicWait&) const = default;
};

std::string kind_of_ranking();                                    // "tip.ranked"
// "received=2026-11-23,queue=fraud,due=2026-11-24,opened=in_time": always in this order; "" where all is empty.
std::string about_text(const PublicWait& wait);
Result<PublicWait> public_wait_from(std::string_view about);      // corrupt: not in its one spelling
bool is_about_text(std::string_view about);                       // the letters and length that an entry may have there
// A queue's name in the log: letters, digits, "_" and "-"; whatever else a rulebook has in it becomes "_". At most 40.
std::string public_queue_name(std::string_view queue);

}  // namespace plumbline
