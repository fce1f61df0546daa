// SPDX-License-Identifier: Apache-2.0
// From a decision to work for labs. Every tip with at least one file gets one job, whatever its severity: a light tip waits
// longer, it is not looked at less. A tip without a file gets none, for there is nothing that a lab could examine.
//
// A pure function: no id, clock or store; the line gives the job its id and commits it with the decision.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/decision.h"
#include "model/indicator.h"
#include "model/job.h"

namespace plumbline::dispatch {

struct NewJobSpec {
    std::string skill;                 // skill_examine_mail where one of the files is a mail, else skill_examine_file
    int priority = 0;                  // higher first: priority_of(decision)
    std::int64_t deadline_hours = 0;   // the decision's, from the receipt: when a person should have the finding beside the tip
    bool operator==(const NewJobSpec&) const = default;
};

// A higher severity always goes first; within one, the shorter deadline. 0 to 40,000.
int priority_of(const Decision& decision);
// `reads_pictures`: there are labs that read text in pictures; a tip with pictures then gets a job of that skill beside the other.
std::vector<NewJobSpec> jobs_for(const Decision& decision, const Evidence& evidence, bool reads_pictures = false);

}  // namespace plumbline::dispatch
