// SPDX-License-Identifier: Apache-2.0
// The conformance suite for jobs and leases. Included by store_conformance.h.
#pragma once
#include "store/store_conformance.h"

namespace plumbline::conformance {

inline std::string mail_skill() { return std::string(skill_examine_mail); }

TEST_P(StoreConformance, leases_the_best_job_of_a_skill) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    NewJob older = job_for(tip, 12, skill_examine_mail, 1);
    older.created_hour = hour_number(-5);
    ASSERT_WORKS(store_->apply(Change{.jobs = {job_for(tip, 10), job_for(tip, 11, skill_examine_mail, 1), older,
                                               job_for(tip, 13, skill_examine_file, 9)}}));
    const auto first = lease({mail_skill()}, hour_number(1));
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->job.id, id_of<JobId>(12));
    EXPECT_EQ(first->job.tip, tip);
    EXPECT_EQ(first->job.state, JobState::leased);
    EXPECT_EQ(first->job.tries, 1U);
    EXPECT_EQ(first->until, hour_number(1) + std::chrono::seconds(60));
    EXPECT_EQ(lease({mail_skill()}, hour_number(1))->job.id, id_of<JobId>(11));
    EXPECT_EQ(lease({mail_skill(), std::string(skill_examine_file)}, hour_number(1))->job.id, id_of<JobId>(13));
    EXPECT_EQ(lease({mail_skill()}, hour_number(1))->job.id, id_of<JobId>(10));
    EXPECT_FALSE(lease({mail_skill()}, hour_number(1)).has_value());
    EXPECT_FALSE(lease({}, hour_number(1)).has_value());
    EXPECT_EQ(store_->job(first->job.id)->state, JobState::leased);
}

TEST_P(StoreConformance, a_late_worker_cannot_complete) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    ASSERT_WORKS(store_->apply(Change{.jobs = {job_for(tip, 10)}}));
    const auto late = lease({mail_skill()}, hour_number(1));
    ASSERT_TRUE(late.has_value());
    const auto second = lease({mail_skill()}, hour_number(2));  // the first lease ran out
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->job.id, late->job.id);
    EXPECT_GT(second->fencing_token, late->fencing_token);
    Change finding{.products = {Product{tip, "finding", 1, to_bytes("late")}}};
    EXPECT_FAILS(ErrorKind::conflict, store_->complete_job(late->job.id, late->fencing_token, finding));
    EXPECT_FAILS(ErrorKind::conflict, store_->renew_lease(late->job.id, late->fencing_token, hour_number(2), 60));
    EXPECT_FAILS(ErrorKind::conflict, store_->give_back_job(late->job.id, late->fencing_token, hour_number(3), true, finding));
    EXPECT_FALSE(store_->product(tip, "finding")->has_value());
    ASSERT_WORKS(store_->complete_job(second->job.id, second->fencing_token, finding));
    EXPECT_TRUE(store_->product(tip, "finding")->has_value());
    EXPECT_EQ(store_->job(late->job.id)->state, JobState::done);
    EXPECT_FAILS(ErrorKind::conflict, store_->complete_job(second->job.id, second->fencing_token, finding));
    EXPECT_FAILS(ErrorKind::not_found, store_->complete_job(id_of<JobId>(77), 1, finding));
    EXPECT_EQ(store_->counts()->jobs_done, 1U);
}

TEST_P(StoreConformance, progress_is_kept_under_the_token_and_gives_the_tries_back) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    ASSERT_WORKS(store_->apply(Change{.jobs = {job_for(tip, 10)}}));
    ASSERT_TRUE(lease({mail_skill()}, hour_number(1)).has_value());
    const auto second = lease({mail_skill()}, hour_number(2));
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->job.tries, 2U);
    const Change half{.products = {Product{tip, "bookmark", 1, to_bytes("half")}}};
    EXPECT_FAILS(ErrorKind::conflict, store_->keep_progress(second->job.id, second->fencing_token - 1, half));
    EXPECT_FALSE(store_->product(tip, "bookmark")->has_value());
    ASSERT_WORKS(store_->keep_progress(second->job.id, second->fencing_token, half));
    EXPECT_TRUE(store_->product(tip, "bookmark")->has_value());
    EXPECT_EQ(store_->job(second->job.id)->tries, 1U);
    EXPECT_EQ(store_->job(second->job.id)->state, JobState::leased);
    ASSERT_WORKS(store_->complete_job(second->job.id, second->fencing_token, {}));
    EXPECT_FAILS(ErrorKind::conflict, store_->keep_progress(second->job.id, second->fencing_token, half));
    EXPECT_FAILS(ErrorKind::not_found, store_->keep_progress(id_of<JobId>(77), 1, half));
}

TEST_P(StoreConformance, a_failing_change_leaves_the_job_leased) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    ASSERT_WORKS(store_->apply(Change{.jobs = {job_for(tip, 10)}}));
    const auto held = lease({mail_skill()}, hour_number(1));
    ASSERT_TRUE(held.has_value());
    const Change broken{.products = {Product{tip, "finding", 1, {}}}, .moves = {StateMove{tip, TipState::opened, TipState::closed}}};
    EXPECT_FAILS(ErrorKind::conflict, store_->complete_job(held->job.id, held->fencing_token, broken));
    EXPECT_EQ(store_->job(held->job.id)->state, JobState::leased);
    EXPECT_FALSE(store_->product(tip, "finding")->has_value());
}

TEST_P(StoreConformance, a_renewed_lease_holds) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    ASSERT_WORKS(store_->apply(Change{.jobs = {job_for(id_of<TipId>(1), 10)}}));
    const auto held = lease({mail_skill()}, hour_number(1));
    ASSERT_TRUE(held.has_value());
    const auto until = store_->renew_lease(held->job.id, held->fencing_token, hour_number(1), 7200);
    ASSERT_WORKS(until);
    EXPECT_EQ(*until, hour_number(3));
    EXPECT_FALSE(lease({mail_skill()}, hour_number(2)).has_value());
    EXPECT_TRUE(lease({mail_skill()}, hour_number(3)).has_value());
}

TEST_P(StoreConformance, a_job_given_back_waits_and_then_fails) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    ASSERT_WORKS(store_->apply(Change{.jobs = {job_for(tip, 10), job_for(tip, 11)}}));
    const auto first = lease({mail_skill()}, hour_number(1));
    ASSERT_TRUE(first.has_value());
    ASSERT_WORKS(store_->give_back_job(first->job.id, first->fencing_token, hour_number(5), false,
                                       Change{.entries = {entry_for(tip, "custody.lease_lost")}}));
    EXPECT_EQ(store_->job(first->job.id)->state, JobState::waiting);
    EXPECT_EQ(*store_->ledger_size(), 2U);
    const auto other = lease({mail_skill()}, hour_number(2));
    ASSERT_TRUE(other.has_value());
    EXPECT_EQ(other->job.id, id_of<JobId>(11));
    ASSERT_WORKS(store_->give_back_job(other->job.id, other->fencing_token, hour_number(2), true, {}));
    EXPECT_EQ(store_->job(other->job.id)->state, JobState::failed);
    EXPECT_FALSE(lease({mail_skill()}, hour_number(4)).has_value());
    const auto again = lease({mail_skill()}, hour_number(5), 2);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->job.id, first->job.id);
    EXPECT_EQ(again->job.tries, 2U);
    EXPECT_FALSE(lease({mail_skill()}, hour_number(9), 2).has_value());  // leased twice already
    EXPECT_EQ(store_->job(first->job.id)->state, JobState::failed);
    EXPECT_EQ(store_->counts()->jobs_failed, 2U);
}

TEST_P(StoreConformance, a_lease_writes_its_custody_entry) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    const TipId tip = id_of<TipId>(1);
    ASSERT_WORKS(store_->apply(Change{.jobs = {job_for(tip, 10), job_for(tip, 11, skill_examine_file)}}));
    const auto held = lease({mail_skill()}, hour_number(1), 5, [&](const Lease& made, const TipHeader& header) {
        EXPECT_EQ(header.id, tip);
        EXPECT_EQ(header.group, CategoryGroup::fraud);
        EXPECT_EQ(made.fencing_token, 1U);
        return entry_for(made.job.tip, "custody.leased");
    });
    ASSERT_TRUE(held.has_value());
    const auto entries = store_->ledger_entries_of(tip);
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_EQ((*entries)[1].entry.kind, "custody.leased");
    // An entry without a kind is none.
    ASSERT_TRUE(lease({std::string(skill_examine_file)}, hour_number(1), 5, [](const Lease&, const TipHeader&) { return NewEntry(); }));
    EXPECT_EQ(*store_->ledger_size(), 2U);
}

TEST_P(StoreConformance, two_workers_never_hold_the_same_job) {
    ASSERT_NO_FATAL_FAILURE(accept(1, 60));
    std::mutex mutex;
    std::multiset<JobId> taken;
    std::vector<std::thread> workers;
    for (int worker = 0; worker < 6; ++worker)
        workers.emplace_back([&] {
            const std::vector<std::string> skills{std::string(skill_line)};
            while (true) {
                const auto leased = store_->lease_job(skills, "worker", hour_number(1), 60, 5, {});
                if (!leased || !leased->has_value()) break;
                if (!store_->complete_job((*leased)->job.id, (*leased)->fencing_token, {})) break;
                const std::lock_guard lock(mutex);
                taken.insert((*leased)->job.id);
            }
        });
    for (std::thread& worker : workers) worker.join();
    EXPECT_EQ(taken.size(), 60U);
    EXPECT_EQ(std::set<JobId>(taken.begin(), taken.end()).size(), 60U);
}

TEST_P(StoreConformance, the_doorbell_rings_for_a_new_job) {
    const auto start = std::chrono::steady_clock::now();
    store_->wait_for_job(std::chrono::milliseconds(20));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    std::atomic<bool> has_woken{false};
    std::thread waiter([&] {
        while (store_->counts()->tips == 0) store_->wait_for_job(std::chrono::seconds(30));
        has_woken = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const auto rung = std::chrono::steady_clock::now();
    ASSERT_NO_FATAL_FAILURE(accept(1, 1));
    waiter.join();
    EXPECT_TRUE(has_woken);
    EXPECT_LT(std::chrono::steady_clock::now() - rung, std::chrono::seconds(15));
}

}  // namespace plumbline::conformance
