// SPDX-License-Identifier: Apache-2.0
// A job is a piece of work on one tip, leased with a deadline and a fencing token: a worker whose lease ran out cannot
// complete it any more. The line's own step is a job too (skill "line").
#pragma once
#include <string>

#include "base/json.h"
#include "base/time.h"
#include "model/indicator.h"
#include "model/ids.h"

namespace plumbline {

enum class JobState : std::uint8_t { waiting = 1, leased = 2, done = 3, failed = 4 };  // on-disk values: do not change
std::string_view name_of(JobState state);

inline constexpr std::string_view skill_line = "line";            // evidence, link, decide, dispatch: the desk's own
inline constexpr std::string_view skill_examine_mail = "examine-mail";
inline constexpr std::string_view skill_examine_file = "examine-file";
inline constexpr std::string_view skill_read_pictures = "read-pictures";   // the text in them: slow, and letters are guessed

// Parts up to this size are read by the line; larger ones are left to a lab, and only of those does a finding hold the text.
inline constexpr std::uint64_t line_part_bytes_max = 256ULL * 1024 * 1024;

struct Job {
    JobId id;
    TipId tip;
    std::string skill;
    JobState state = JobState::waiting;
    unsigned tries = 0;
    Instant created_hour;
};
struct Lease {
    Job job;
    std::uint64_t fencing_token = 0;   // grows with every lease of the job; an older one is refused
    Instant until;
};

// How far a worker is with a job that takes long. No time of day: a rate and a span say nothing of when a tip came in.
struct JobProgress {
    std::uint64_t done_bytes = 0;
    std::uint64_t all_bytes = 0;
    std::uint64_t bytes_per_second = 0;  // of the last half minute; 0 while that is not known
    std::uint64_t seconds_left = 0;      // what is left at that rate
};
inline std::string product_progress(JobId job) { return "progress/" + job.text(); }   // the product that holds it
Json to_json(const JobProgress& progress);
Result<JobProgress> job_progress_from(const Json& json);

// What a lab says of one job.
struct Finding {
    FindingId id;
    JobId job;
    TipId tip;
    LabId lab;
    std::string engine;                // "plumbline scan 0.1.0"
    Evidence evidence;                 // what the lab read, with its own hashes of what it was given
    std::string summary;               // in words
    bool is_guess = false;             // of text in pictures: a weaker source than bytes that stand there
};
Json to_json(const Finding& finding);
std::string json_text(const Finding& finding);   // the same as to_json(finding).dump(), without building the Json
Result<Finding> finding_from(const Json& json);

}  // namespace plumbline
