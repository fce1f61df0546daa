// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/writer.h"

namespace plumbline::sqlite {

Writer::Writer(std::unique_ptr<Connection> connection, WriterOptions options)
    : connection_(std::move(connection)), options_(options), thread_([this] { loop(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    something_to_do_.notify_one();
    thread_.join();
}

Result<void> Writer::run(Write write) {
    Pending pending{std::move(write), {}};
    std::future<Result<void>> done = pending.done.get_future();
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= options_.queue_max)
            return fail(ErrorKind::busy, "{} writes wait already (writer_queue_max)", queue_.size());
        queue_.push_back(std::move(pending));
    }
    something_to_do_.notify_one();
    return done.get();
}

namespace {
// Where the last commit had company, the next one waits this long for more: a sync costs the same for one write and for many.
// A lone writer never waits.
constexpr std::chrono::microseconds gather_time{1500};
constexpr std::size_t gathered_is_enough = 64;
}  // namespace

void Writer::loop() {
    std::vector<Pending> group;
    bool had_company = false;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            something_to_do_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
            if (had_company && !is_stopping_ && queue_.size() < gathered_is_enough) {
                lock.unlock();
                std::this_thread::sleep_for(gather_time);
                lock.lock();
            }
            if (queue_.empty()) return;
            while (!queue_.empty() && group.size() < options_.group_max) {
                group.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
        }
        had_company = group.size() > 1;
        commit_group(group);
        group.clear();
    }
}

Result<void> Writer::run_group(std::vector<Pending>& group, std::vector<Result<void>>& outcomes) {
    TRY(connection_->run("BEGIN IMMEDIATE"));
    for (Pending& pending : group) {
        TRY(connection_->run("SAVEPOINT one_write"));
        outcomes.push_back(pending.write(*connection_));
        const Result<void>& outcome = outcomes.back();
        if (!outcome) {
            // A full disk may have rolled back everything already: then the neighbours are lost too, and must hear it.
            if (!connection_->is_in_transaction()) return fail(outcome.error());
            TRY(connection_->run("ROLLBACK TO one_write"));
        }
        TRY(connection_->run("RELEASE one_write"));
    }
    return connection_->run("COMMIT");
}

void Writer::commit_group(std::vector<Pending>& group) {
    std::vector<Result<void>> outcomes;
    outcomes.reserve(group.size());
    const Result<void> committed = run_group(group, outcomes);
    if (!committed && connection_->is_in_transaction()) {
        // Where even this fails, the next BEGIN fails and says so: nothing is acknowledged in between.
        const Result<void> rolled_back = connection_->run("ROLLBACK");
        (void)rolled_back;
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (committed || (i < outcomes.size() && !outcomes[i])) {
            group[i].done.set_value(std::move(outcomes[i]));
            continue;
        }
        const ErrorKind kind = committed.error().kind == ErrorKind::busy ? ErrorKind::busy : ErrorKind::unavailable;
        group[i].done.set_value(fail(kind, "not committed: {}", committed.error().message));
    }
}

}  // namespace plumbline::sqlite
