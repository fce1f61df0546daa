// SPDX-License-Identifier: Apache-2.0
// A set of numbered nodes cut into groups: groups join (the smaller into the larger) and can be taken apart again into
// single nodes, which a union-find tree cannot. Joining costs O(log n) moves a node over its life; one thread.
#pragma once
#include <cstdint>
#include <vector>

namespace plumbline::link {

class Partition {
  public:
    void add(std::uint32_t node);                     // as a group of its own; must not be present
    void remove(std::uint32_t node);                  // its group goes on without it
    void join(std::uint32_t a, std::uint32_t b);
    std::vector<std::uint32_t> dissolve(std::uint32_t group);  // each member becomes a group of its own; gives the members
    std::uint32_t group_of(std::uint32_t node) const { return nodes_[node].group; }
    const std::vector<std::uint32_t>& members(std::uint32_t group) const { return groups_[group]; }
    std::size_t groups_size() const { return groups_.size(); }  // group numbers are below this; unused ones are empty

  private:
    struct Node {
        std::uint32_t group = 0;
        std::uint32_t place = 0;  // in its group's members
    };
    std::uint32_t new_group();
    std::vector<Node> nodes_;
    std::vector<std::vector<std::uint32_t>> groups_;
    std::vector<std::uint32_t> free_groups_;
};

}  // namespace plumbline::link
