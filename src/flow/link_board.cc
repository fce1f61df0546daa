// SPDX-License-Identifier: Apache-2.0
#include "flow/link_board.h"

namespace plumbline::flow {

void LinkBoard::insert(TipId tip, const LinkFacts& facts) {
    const std::lock_guard lock(mutex_);
    index_.insert(tip, facts);
}
std::vector<Link> LinkBoard::links_of(TipId tip) {
    const std::lock_guard lock(mutex_);
    return index_.links_of(tip);
}
std::vector<TipId> LinkBoard::cluster_of(TipId tip) {
    const std::lock_guard lock(mutex_);
    return index_.cluster_of(tip);
}
std::size_t LinkBoard::tips() {
    const std::lock_guard lock(mutex_);
    return index_.tips();
}

}  // namespace plumbline::flow
