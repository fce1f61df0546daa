// SPDX-License-Identifier: Apache-2.0
// The entries of the published log, kept in memory as it grows, for counting figures: those in the newest checkpoint and no
// more, so that whoever has the log's files counts the same.
#pragma once
#include <mutex>
#include <string>
#include <vector>

#include "figures/figures.h"
#include "store/store.h"

namespace plumbline::app {

// Any thread.
class PublicEntries {
  public:
    PublicEntries(Store& store, std::string data) : store_(store), data_(std::move(data)) {}   // the store outlives it
    Result<figures::Figures> count(const figures::Options& options);   // unavailable: nothing is published yet

  private:
    Result<void> follow();
    Store& store_;
    const std::string data_;
    std::mutex mutex_;
    std::vector<LedgerEntry> entries_;
};

}  // namespace plumbline::app
