// SPDX-License-Identifier: Apache-2.0
// The one LinkIndex of a desk, with its lock: the line inserts, the desk page asks.
#pragma once
#include <mutex>
#include <vector>

#include "link/flood_index.h"
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
    void withdraw(TipId tip);                   // erased: it links nothing any more

    // Floods, among the tips of the public that the line has decided and nobody has opened.
    void decided(TipId tip, const LinkFacts& facts, const link::FloodTip& place);
    void opened(TipId tip);                     // by a person: it stands on its own line from here on
    void set_aside(TipId tip, bool is_aside);
    bool has_floods();
    std::optional<std::uint32_t> folded_into(TipId tip);
    link::Flood flood_of(TipId tip);

  private:
    std::mutex mutex_;
    link::LinkIndex index_;
    std::mutex floods_mutex_;
    link::FloodIndex floods_;
};

}  // namespace plumbline::flow
