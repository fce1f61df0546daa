// SPDX-License-Identifier: Apache-2.0
// What every store must do, as one suite run over each backend. A backend's test file includes this and says
//     INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance, testing::Values(Backend{"sqlite", open_one}));
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "store/test_values.h"

namespace plumbline::conformance {

struct Backend {
    std::string name;
    std::function<std::unique_ptr<Store>(Blobs&)> open;
};
inline void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }

class StoreConformance : public testing::TestWithParam<Backend> {
  protected:
    void SetUp() override {
        blobs_ = Blobs::in_memory();
        store_ = GetParam().open(*blobs_);
        ASSERT_NE(store_, nullptr);
    }
    void accept(std::uint64_t first, std::uint64_t last) {
        for (std::uint64_t number = first; number <= last; ++number) ASSERT_WORKS(store_->accept_tip(tip_number(number)));
    }
    std::optional<Lease> lease(std::vector<std::string> skills, Instant now, unsigned tries_max = 5, const LeaseEntryMaker& entry = {}) {
        auto leased = store_->lease_job(skills, "worker", now, 60, tries_max, entry);
        EXPECT_TRUE(leased.has_value()) << leased.error().message;
        return leased ? *leased : std::nullopt;
    }
    std::unique_ptr<Blobs> blobs_;
    std::unique_ptr<Store> store_;
};

}  // namespace plumbline::conformance

#include "store/conformance_care.h"
#include "store/conformance_jobs.h"
#include "store/conformance_reports.h"
#include "store/conformance_tips.h"
#include "store/conformance_waits.h"
