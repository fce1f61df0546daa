// SPDX-License-Identifier: Apache-2.0
#include "lab/lease_keeper.h"

#include <algorithm>

#include "base/log.h"

namespace plumbline::lab {

LeaseKeeper::LeaseKeeper(JobSource& source, const dispatch::LabLease& lease)
    : source_(source), text_(lease.text), seconds_(lease.seconds), thread_([this](const std::stop_token& stop) { run(stop); }) {}

LeaseKeeper::~LeaseKeeper() {
    thread_.request_stop();
    thread_.join();
}

std::string LeaseKeeper::lease() const {
    const std::lock_guard lock(mutex_);
    return text_;
}

bool LeaseKeeper::is_lost() const {
    const std::lock_guard lock(mutex_);
    return is_lost_;
}

void LeaseKeeper::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    for (;;) {
        // By the span and not by the desk's clock, which may differ from ours.
        const auto pause = std::chrono::milliseconds(std::max(seconds_, 1U) * 1000U / 3U);
        wake_.wait_for(lock, stop, pause, [] { return false; });
        if (stop.stop_requested()) return;
        const std::string text = text_;
        lock.unlock();
        const auto renewed = source_.renew(text);
        lock.lock();
        if (renewed) {
            text_ = renewed->text;
            seconds_ = renewed->seconds;
            continue;
        }
        log_event(LogLevel::warning, "lab.renewal_failed", {{"why", renewed.error().message}});
        if (renewed.error().kind == ErrorKind::conflict || renewed.error().kind == ErrorKind::not_found) {
            is_lost_ = true;
            return;
        }
        // Anything else may pass: there are two more thirds to try in.
    }
}

}  // namespace plumbline::lab
