// SPDX-License-Identifier: Apache-2.0
#include "dispatch/dispatch.h"

#include <algorithm>

namespace plumbline::dispatch {

namespace {
constexpr std::int64_t severity_step = 10'000;  // more than the hours of a year, so that a deadline never outweighs a severity
constexpr std::string_view format_mail = "mail";
}  // namespace

int priority_of(const Decision& decision) {
    const std::int64_t hours = std::clamp<std::int64_t>(decision.deadline_hours, 0, severity_step - 1);
    return static_cast<int>(static_cast<std::int64_t>(decision.severity) * severity_step - hours);
}

std::vector<NewJobSpec> jobs_for(const Decision& decision, const Evidence& evidence, bool reads_pictures) {
    bool has_file = false;
    bool has_mail = false;
    bool has_picture = false;
    for (const PartEvidence& part : evidence.parts) {
        if (part.part == 0) continue;  // the reporter's own text is the desk's to read, not a lab's
        has_file = true;
        has_picture = has_picture || part.pictures > 0;
        has_mail = has_mail || part.format == format_mail;
    }
    if (!has_file) return {};
    std::vector<NewJobSpec> jobs{{std::string(has_mail ? skill_examine_mail : skill_examine_file), priority_of(decision), decision.deadline_hours}};
    if (reads_pictures && has_picture) jobs.push_back({std::string(skill_read_pictures), priority_of(decision), decision.deadline_hours});
    return jobs;
}

}  // namespace plumbline::dispatch
