// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/doorbell.h"

namespace plumbline::sqlite {

namespace {
constexpr std::chrono::milliseconds look_interval{250};

Result<std::int64_t> newest_job_number(Connection& connection) {
    Query query = TRY(connection.query("SELECT coalesce(max(number), 0) FROM job"));
    TRY(query.step());
    return query.integer(0);
}
}  // namespace

void Doorbell::ring() {
    {
        const std::lock_guard lock(mutex_);
        ++rung_;
    }
    rings_.notify_all();
}

bool Doorbell::sees_new_job() {
    const std::unique_lock lock(look_mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return false;
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_at_ < look_interval) return false;
    looked_at_ = now;
    const auto newest = newest_job_number(*connection_);
    if (!newest) return false;
    const bool is_new = newest_job_ >= 0 && *newest > newest_job_;
    newest_job_ = *newest;
    return is_new;
}

void Doorbell::wait(std::chrono::milliseconds at_most) {
    const auto until = std::chrono::steady_clock::now() + at_most;
    std::unique_lock lock(mutex_);
    const std::uint64_t before = rung_;
    const auto has_rung = [&] { return rung_ != before; };
    while (std::chrono::steady_clock::now() < until) {
        lock.unlock();
        const bool sees = sees_new_job();
        if (sees) ring();
        lock.lock();
        if (rings_.wait_until(lock, std::min(until, std::chrono::steady_clock::now() + look_interval), has_rung)) return;
    }
}

}  // namespace plumbline::sqlite
