// SPDX-License-Identifier: Apache-2.0
// The demo: 400 real mails of a public corpus come in as tips, dated over the last sixty days and marked as demo data.
#pragma once
#include <atomic>
#include <string>
#include <thread>

#include "base/time.h"
#include "intake/intake.h"
#include "store/store.h"

namespace plumbline::app {

// A data folder is a demo's or not from its first start on; conflict where it is the other.
Result<void> claim_demo_state(Store& store, bool is_demo);

class DemoLoader {
  public:
    // Finds the mails: `folder`, or .cache/demo-mails beside the program's build folder or in the working folder.
    Result<void> prepare(const std::string& folder);
    void start(intake::Intake& intake, Instant now);   // loads in a thread, where prepare() was called
    void stop() { thread_ = std::jthread(); }
    bool is_ready() const { return is_ready_; }        // true where there is nothing to load

  private:
    std::string folder_;
    std::atomic<bool> is_ready_ = true;
    std::jthread thread_;
};

}  // namespace plumbline::app
