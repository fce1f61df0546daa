// SPDX-License-Identifier: Apache-2.0
// Jobs and their leases in tables. Every function runs inside the transaction of its caller.
#pragma once
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace plumbline::sqlite {

Result<void> insert_job_of(Connection& connection, std::int64_t tip_number, const NewJob& job);

struct LeaseRequest {
    const std::vector<std::string>& skills;
    std::string_view worker;
    Instant now;
    unsigned lease_seconds = 0;
    unsigned tries_max = 0;
};
// Whether lease_best() would find something to do: a look that needs no writer.
Result<bool> has_candidate(Connection& connection, const LeaseRequest& request);
Result<std::optional<Lease>> lease_best(Connection& connection, const LeaseRequest& request, const LeaseEntryMaker& entry);
Result<void> extend_lease(Connection& connection, JobId job, std::uint64_t fencing_token, Instant until);
Result<void> finish_job(Connection& connection, JobId job, std::uint64_t fencing_token);
Result<void> begin_tries_anew(Connection& connection, JobId job, std::uint64_t fencing_token);
Result<void> return_job(Connection& connection, JobId job, std::uint64_t fencing_token, Instant retry_at, bool is_final);
Result<Job> job_by_id(Connection& connection, JobId id);
Result<std::vector<Job>> all_jobs_of(Connection& connection, TipId tip);

}  // namespace plumbline::sqlite
