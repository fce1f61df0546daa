// SPDX-License-Identifier: Apache-2.0
// Holds a lease while its job is worked: a thread of its own renews it at a third of its time. One job, one keeper.
#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "lab/job_source.h"

namespace plumbline::lab {

class LeaseKeeper {
  public:
    LeaseKeeper(JobSource& source, const dispatch::LabLease& lease);   // `source` outlives it
    ~LeaseKeeper();                                                    // ends the thread, after a renewal under way
    LeaseKeeper(const LeaseKeeper&) = delete;
    LeaseKeeper& operator=(const LeaseKeeper&) = delete;
    std::string lease() const;                                         // the latest text; any thread
    bool is_lost() const;                                              // the desk said so; any thread

  private:
    void run(const std::stop_token& stop);

    JobSource& source_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::string text_;
    unsigned seconds_;
    bool is_lost_ = false;
    std::jthread thread_;   // last: it uses all of the above
};

}  // namespace plumbline::lab
