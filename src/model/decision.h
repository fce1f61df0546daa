// SPDX-License-Identifier: Apache-2.0
// What the rulebook says of one tip: severity, deadline, queue and duties, with the rows that fired. It sorts, sets
// deadlines and routes; it never closes a tip, accuses anyone or takes anything down.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"

namespace plumbline {

// On-disk values: do not change.
enum class Severity : std::uint8_t { low = 1, medium = 2, high = 3, critical = 4 };
std::string_view name_of(Severity severity);
Result<Severity> severity_from(std::string_view text);

struct FiredRow {
    std::string table;       // the decision's name in the rulebook
    std::string row;         // the rule's id
    std::string words;       // the row's own annotation
};
struct Decision {
    Severity severity = Severity::low;
    std::int64_t deadline_hours = 0;     // from receipt to the first opening by a person
    std::string queue;                   // "urgent", "fraud", ...
    std::vector<std::string> duties;     // "recall-payment", "preserve-evidence", ...
    std::vector<FiredRow> fired;
    std::string rulebook;                // version: name and SHA-256 of the rule file
};
Json to_json(const Decision& decision);
Result<Decision> decision_from(const Json& json);

}  // namespace plumbline
