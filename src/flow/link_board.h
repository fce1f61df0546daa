// SPDX-License-Identifier: Apache-2.0
// The one LinkIndex of a desk, with its lock: the line inserts, the desk page asks.
#pragma once
#include <mutex>
#include <vector>

#include "link/link_index.h"
#include "model/link.h"

namespace plumbline::flow {

// Any thread.
class LinkBoard {
  public:
    void insert(TipId tip, const LinkFacts& facts);
    std::vector<Link> links_of(TipId tip);
    std::vector<TipId> cluster_of(TipId tip);   // sorted, holds the tip itself
    std::size_t tips();

  private:
    std::mutex mutex_;
    link::LinkIndex index_;
};

}  // namespace plumbline::flow
