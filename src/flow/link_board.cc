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

void LinkBoard::withdraw(TipId tip) {
    {
        const std::lock_guard lock(mutex_);
        index_.withdraw(tip);
    }
    opened(tip);
}
void LinkBoard::decided(TipId tip, const LinkFacts& facts, const link::FloodTip& place) {
    const std::lock_guard lock(floods_mutex_);
    floods_.insert(tip, facts, place);
}
void LinkBoard::opened(TipId tip) {
    const std::lock_guard lock(floods_mutex_);
    floods_.withdraw(tip);
}
void LinkBoard::set_aside(TipId tip, bool is_aside) {
    const std::lock_guard lock(floods_mutex_);
    floods_.set_aside(tip, is_aside);
}
bool LinkBoard::has_floods() {
    const std::lock_guard lock(floods_mutex_);
    return floods_.has_floods();
}
std::optional<std::uint32_t> LinkBoard::folded_into(TipId tip) {
    const std::lock_guard lock(floods_mutex_);
    return floods_.folded_into(tip);
}
link::Flood LinkBoard::flood_of(TipId tip) {
    const std::lock_guard lock(floods_mutex_);
    return floods_.flood_of(tip);
}

}  // namespace plumbline::flow
