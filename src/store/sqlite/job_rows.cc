// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/job_rows.h"

#include <tuple>

#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/tip_rows.h"

namespace plumbline::sqlite {

namespace {

constexpr Literal select_job =
    "SELECT job.id, tip.id, job.skill, job.state, job.tries, job.created_hour, job.fencing_token, job.priority, job.number, "
    "job.tip FROM job JOIN tip ON tip.number = job.tip ";
constexpr Literal best_first = "AND job.skill = ?1 AND job.ready_at <= ?2 ORDER BY job.priority DESC, job.created_hour, job.number LIMIT 1";

struct Candidate {
    Job job;
    std::uint64_t fencing_token = 0;
    std::int64_t priority = 0;
    std::int64_t number = 0;
    std::int64_t tip_number = 0;
    // Higher priority first, then older first.
    auto rank() const { return std::tuple(-priority, job.created_hour, number); }
};

Result<Candidate> candidate_from(const Query& query) {
    Candidate row;
    row.job.id = TRY(query.value<JobId>(0));
    row.job.tip = TRY(query.value<TipId>(1));
    row.job.skill = query.text(2);
    row.job.state = query.enumeration<JobState>(3);
    row.job.tries = static_cast<unsigned>(query.integer(4));
    row.job.created_hour = query.instant(5);
    row.fencing_token = query.count(6);
    row.priority = query.integer(7);
    row.number = query.integer(8);
    row.tip_number = query.integer(9);
    return row;
}

// Two walks along an index for each skill, one for what waits and one for what ran out.
Result<std::optional<Candidate>> best_candidate(Connection& connection, const LeaseRequest& request) {
    std::optional<Candidate> best;
    const auto consider = [&best](Query query) -> Result<void> {
        if (!TRY(query.step())) return {};
        Candidate candidate = TRY(candidate_from(query));
        if (!best || candidate.rank() < best->rank()) best = std::move(candidate);
        return {};
    };
    for (const std::string& skill : request.skills) {
        TRY(consider(TRY(connection.query(sql<select_job, "WHERE job.state = 1 ", best_first>, {skill, request.now}))));
        TRY(consider(TRY(connection.query(sql<select_job, "WHERE job.state = 2 ", best_first>, {skill, request.now}))));
    }
    return best;
}

// Says why a job could not be changed by this token.
Result<void> changed_or_why(Connection& connection, JobId job, std::string_view verb) {
    if (connection.changes() == 1) return {};
    TRY(job_by_id(connection, job));
    return fail(ErrorKind::conflict, "{} cannot be {}: the lease is not the job's last one, or has ended", job.text(), verb);
}

}  // namespace

Result<void> insert_job_of(Connection& connection, std::int64_t tip_number, const NewJob& job) {
    return connection.run("INSERT INTO job (id, tip, skill, priority, state, created_hour) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                          {job.id, tip_number, job.skill, job.priority, JobState::waiting, job.created_hour});
}

Result<bool> has_candidate(Connection& connection, const LeaseRequest& request) {
    return TRY(best_candidate(connection, request)).has_value();
}

Result<std::optional<Lease>> lease_best(Connection& connection, const LeaseRequest& request, const LeaseEntryMaker& entry) {
    for (;;) {
        std::optional<Candidate> best = TRY(best_candidate(connection, request));
        if (!best) return std::optional<Lease>();
        if (best->job.tries >= request.tries_max) {
            TRY(connection.run("UPDATE job SET state = ?2, ready_at = 0 WHERE number = ?1", {best->number, JobState::failed}));
            continue;
        }
        Lease lease;
        lease.job = best->job;
        lease.job.state = JobState::leased;
        lease.job.tries += 1;
        lease.fencing_token = best->fencing_token + 1;
        lease.until = request.now + std::chrono::seconds(request.lease_seconds);
        TRY(connection.run("UPDATE job SET state = ?2, tries = ?3, fencing_token = ?4, worker = ?5, ready_at = ?6 WHERE number = ?1",
                           {best->number, JobState::leased, lease.job.tries, lease.fencing_token, request.worker, lease.until}));
        if (entry) {
            const NewEntry made = entry(lease, TRY(header_of_number(connection, best->tip_number)));
            if (!made.entry.kind.empty()) TRY(insert_entry(connection, made));
        }
        return std::optional<Lease>(std::move(lease));
    }
}

Result<void> extend_lease(Connection& connection, JobId job, std::uint64_t fencing_token, Instant until) {
    TRY(connection.run("UPDATE job SET ready_at = ?3 WHERE id = ?1 AND fencing_token = ?2 AND state = 2", {job, fencing_token, until}));
    return changed_or_why(connection, job, "renewed");
}

// The end of a lease is finer than the hour, and close to when the tip came in: it goes with the lease.
Result<void> finish_job(Connection& connection, JobId job, std::uint64_t fencing_token) {
    TRY(connection.run("UPDATE job SET state = 3, ready_at = 0 WHERE id = ?1 AND fencing_token = ?2 AND state = 2", {job, fencing_token}));
    return changed_or_why(connection, job, "completed");
}

Result<void> begin_tries_anew(Connection& connection, JobId job, std::uint64_t fencing_token) {
    TRY(connection.run("UPDATE job SET tries = 1 WHERE id = ?1 AND fencing_token = ?2 AND state = 2", {job, fencing_token}));
    return changed_or_why(connection, job, "kept");
}

Result<void> return_job(Connection& connection, JobId job, std::uint64_t fencing_token, Instant retry_at, bool is_final) {
    TRY(connection.run("UPDATE job SET state = ?3, ready_at = ?4 WHERE id = ?1 AND fencing_token = ?2 AND state = 2",
                       {job, fencing_token, is_final ? JobState::failed : JobState::waiting, is_final ? Instant{} : retry_at}));
    return changed_or_why(connection, job, "given back");
}

Result<Job> job_by_id(Connection& connection, JobId id) {
    Query query = TRY(connection.query(sql<select_job, "WHERE job.id = ?1">, {id}));
    if (!TRY(query.step())) return fail(ErrorKind::not_found, "no job {}", id.text());
    return TRY(candidate_from(query)).job;
}

Result<std::vector<Job>> all_jobs_of(Connection& connection, TipId tip) {
    const std::int64_t number = TRY(number_of_tip(connection, tip));
    Query query = TRY(connection.query(sql<select_job, "WHERE job.tip = ?1 ORDER BY job.number">, {number}));
    std::vector<Job> jobs;
    while (TRY(query.step())) jobs.push_back(TRY(candidate_from(query)).job);
    return jobs;
}

}  // namespace plumbline::sqlite
