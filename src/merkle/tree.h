// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of RFC 6962 section 2.1 over SHA-256: hashes, roots, and proofs that an entry is in a tree and that a
// tree is the start of a larger one. Pure functions of their arguments; any thread.
//
//     const Proof proof = TRY(inclusion_proof(index, size, nodes));     // nodes: a NodeAt, e.g. nodes_of(leaf_hashes)
//     TRY(verify_inclusion(index, size, leaf_hash(entry), proof, root));
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/hash.h"

namespace plumbline::merkle {

Sha256 empty_root();                                       // SHA-256 of nothing
Sha256 leaf_hash(ByteView entry);                          // SHA-256(0x00 entry)
Sha256 node_hash(const Sha256& left, const Sha256& right); // SHA-256(0x01 left right)
Sha256 root_of(std::span<const Sha256> leaf_hashes);

// A node is the root of a full subtree: `height` 0 are the leaves, and node `index` of height h covers the leaves from
// index * 2^h on. What makes proofs asks for nodes through this; it never asks for one that the tree does not fill.
using NodeAt = std::function<Result<Sha256>(unsigned height, std::uint64_t index)>;
NodeAt nodes_of(std::span<const Sha256> leaf_hashes);      // hashes on demand; keeps the span

using Proof = std::vector<Sha256>;                         // from the leaf upwards, as RFC 6962 orders them
Result<Sha256> root_at(std::uint64_t size, const NodeAt& nodes);
// invalid: index not below size, or size1 over size2.
Result<Proof> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeAt& nodes);
Result<Proof> consistency_proof(std::uint64_t size1, std::uint64_t size2, const NodeAt& nodes);

// corrupt: the proof does not show it. As RFC 9162 sections 2.1.3.2 and 2.1.4.2. A proof from the empty tree says
// nothing and is refused.
Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Sha256& leaf, std::span<const Sha256> proof,
                              const Sha256& root);
Result<void> verify_consistency(std::uint64_t size1, std::uint64_t size2, const Sha256& root1, const Sha256& root2,
                                std::span<const Sha256> proof);

// The right edge of a growing tree: one hash for each bit of its size. A value.
class CompactRange {
  public:
    void append(const Sha256& leaf);
    std::uint64_t size() const { return size_; }
    Sha256 root() const;
    const std::vector<Sha256>& hashes() const { return hashes_; }  // largest subtree first

  private:
    std::vector<Sha256> hashes_;
    std::uint64_t size_ = 0;
};

}  // namespace plumbline::merkle
