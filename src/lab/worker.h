// SPDX-License-Identifier: Apache-2.0
// A lab at work: lease a job, fetch its evidence, check and open it in memory, examine it in the sandbox, make a finding,
// seal it to the desk, hand it in. Nothing of the evidence is written to a disk or to a log. A part too large to be held is
// read range by range; what there is of it goes to the desk from time to time, and whoever leases the job next goes on there.
//
//     Worker worker({source, sandbox, keys, clock, entropy, limits}, options);
//     std::jthread thread([&](std::stop_token stop) { worker.run(stop); });
//
// One thread a Worker; each with a JobSource of its own, all may share sandbox, keys, clock and entropy.
#pragma once
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/entropy.h"
#include "base/limits.h"
#include "base/time.h"
#include "lab/job_source.h"
#include "lab/lab_keys.h"
#include "lab/lease_keeper.h"
#include "model/job.h"
#include "sandbox/sandbox.h"
#include "seal/envelope.h"

namespace plumbline::lab {

inline constexpr std::string_view scan_task = "scan";   // the sandbox tasks are those of examination/examination.h

struct WorkerOptions {
    std::vector<std::string> skills{std::string(skill_examine_mail), std::string(skill_examine_file)};
    std::string engine = "plumbline scan";                   // with the version; stands in the finding
    unsigned wait_seconds = 10;                              // of one question for work; a stop takes this long at most
    std::uint64_t part_bytes_max = 1024ULL * 1024 * 1024;    // held in memory; larger parts are read in ranges
    std::chrono::milliseconds bookmark_every{30'000};      // of a part that is read in ranges; longer where one takes long; 0: after each stretch
    std::chrono::milliseconds pause_first{1000};             // after an error; doubles up to pause_max, with jitter
    std::chrono::milliseconds pause_max{60'000};
};

enum class WorkResult { idle, done, lost, given_back };   // idle: there was no job

class Worker {
  public:
    struct Parts {                 // all outlive the worker
        JobSource& source;
        Sandbox& sandbox;
        const LabKeys& keys;
        Clock& clock;
        Entropy& entropy;
        const Limits& limits;
    };
    Worker(Parts parts, WorkerOptions options) : parts_(parts), options_(std::move(options)) {}

    // One job, from lease to hand-in. An Error is of the source (no desk, refused); one job's own trouble is a result.
    Result<WorkResult> work_one();
    // Until `stop`: waits for jobs, works them, backs off after errors. The job under way is finished first,
    // or where it is a long one given back with what there is.
    void run(const std::stop_token& stop);
    // Until there is no job left or an error. The number of jobs done.
    Result<std::size_t> run_until_idle(const std::stop_token& stop);

  private:
    struct LongJob;                // what is kept while parts are read in ranges: worker_ranges.cc
    struct LongJobDeleter {
        void operator()(LongJob* job) const;
    };
    using LongJobPointer = std::unique_ptr<LongJob, LongJobDeleter>;
    Result<LongJobPointer> begin_long_job(const dispatch::LabLease& lease, const LeaseKeeper& keeper);
    Result<PartEvidence> examine_in_ranges(const dispatch::LabLease& lease, const LeaseKeeper& keeper, const seal::TipKey& key,
                                           const dispatch::LeasePart& part, LongJob& job);
    Result<void> keep_bookmark(const dispatch::LabLease& lease, const LeaseKeeper& keeper, LongJob& job);
    Result<WorkResult> work(const dispatch::LabLease& lease, const LeaseKeeper& keeper);
    Result<PartEvidence> examine(const dispatch::LabLease& lease, const LeaseKeeper& keeper, const seal::TipKey& key,
                                 const dispatch::LeasePart& part, LongJob* job);
    Result<WorkResult> give_back(const LeaseKeeper& keeper, const Error& why);
    std::chrono::milliseconds next_pause(std::chrono::milliseconds last);

    Parts parts_;
    WorkerOptions options_;
    std::stop_token stop_;         // of the run under way: a long job is given back with its bookmark
};

// Cuts a finding that would be over finding_json_bytes_max: texts first, then sightings from the end; the cut is named in
// `unread`. Its JSON text.
std::string fitting_json(Finding& finding, std::size_t bytes_max);

}  // namespace plumbline::lab
