// SPDX-License-Identifier: Apache-2.0
#include "link/partition.h"

#include <utility>

namespace plumbline::link {

std::uint32_t Partition::new_group() {
    if (!free_groups_.empty()) {
        const std::uint32_t group = free_groups_.back();
        free_groups_.pop_back();
        return group;
    }
    groups_.emplace_back();
    return static_cast<std::uint32_t>(groups_.size() - 1);
}

void Partition::add(std::uint32_t node) {
    if (node >= nodes_.size()) nodes_.resize(node + 1);
    const std::uint32_t group = new_group();
    groups_[group] = {node};
    nodes_[node] = Node{group, 0};
}

void Partition::remove(std::uint32_t node) {
    const Node gone = nodes_[node];
    std::vector<std::uint32_t>& members = groups_[gone.group];
    members[gone.place] = members.back();
    nodes_[members.back()].place = gone.place;
    members.pop_back();
    if (members.empty()) {
        members.shrink_to_fit();
        free_groups_.push_back(gone.group);
    }
}

void Partition::join(std::uint32_t a, std::uint32_t b) {
    std::uint32_t into = nodes_[a].group;
    std::uint32_t from = nodes_[b].group;
    if (into == from) return;
    if (groups_[into].size() < groups_[from].size()) std::swap(into, from);
    for (const std::uint32_t node : groups_[from]) {
        nodes_[node] = Node{into, static_cast<std::uint32_t>(groups_[into].size())};
        groups_[into].push_back(node);
    }
    std::vector<std::uint32_t>().swap(groups_[from]);
    free_groups_.push_back(from);
}

std::vector<std::uint32_t> Partition::dissolve(std::uint32_t group) {
    std::vector<std::uint32_t> members = std::move(groups_[group]);
    groups_[group] = {};
    if (!members.empty()) free_groups_.push_back(group);
    for (const std::uint32_t node : members) add(node);
    return members;
}

}  // namespace plumbline::link
