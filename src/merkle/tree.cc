// SPDX-License-Identifier: Apache-2.0
#include "merkle/tree.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace plumbline::merkle {
namespace {

Sha256 fold_right(std::span<const Sha256> hashes) {
    Sha256 root = hashes.back();
    for (std::size_t i = hashes.size() - 1; i-- > 0;) root = node_hash(hashes[i], root);
    return root;
}

// The largest power of two below `size`, which is at least 2.
std::uint64_t split_of(std::uint64_t size) { return std::bit_floor(size - 1); }

// MTH(D[begin:end]) of RFC 6962; `begin` is a multiple of the range's largest power of two, as all its ranges are.
Result<Sha256> range_root(std::uint64_t begin, std::uint64_t end, const NodeAt& nodes) {
    std::vector<Sha256> roots;
    while (begin < end) {
        const auto height = static_cast<unsigned>(std::bit_width(end - begin) - 1);
        roots.push_back(TRY(nodes(height, begin >> height)));
        begin += std::uint64_t{1} << height;
    }
    CHECK(!roots.empty());
    return fold_right(roots);
}

Result<void> wrong(const char* what) { return fail(ErrorKind::corrupt, "{}", what); }
}  // namespace

Sha256 empty_root() { return sha256({}); }

Sha256 leaf_hash(ByteView entry) {
    Bytes bytes;
    bytes.reserve(1 + entry.size());
    bytes.push_back(std::byte{0});
    append(bytes, entry);
    return sha256(bytes);
}

Sha256 node_hash(const Sha256& left, const Sha256& right) {
    std::array<std::byte, 65> bytes;
    bytes[0] = std::byte{1};
    std::copy(left.bytes.begin(), left.bytes.end(), bytes.begin() + 1);
    std::copy(right.bytes.begin(), right.bytes.end(), bytes.begin() + 33);
    return sha256(bytes);
}

Sha256 root_of(std::span<const Sha256> leaf_hashes) {
    CompactRange range;
    for (const Sha256& leaf : leaf_hashes) range.append(leaf);
    return range.root();
}

NodeAt nodes_of(std::span<const Sha256> leaf_hashes) {
    return [leaf_hashes](unsigned height, std::uint64_t index) -> Result<Sha256> {
        const std::uint64_t width = std::uint64_t{1} << height;
        CHECK((index + 1) * width <= leaf_hashes.size());
        return root_of(leaf_hashes.subspan(index * width, width));
    };
}

Result<Sha256> root_at(std::uint64_t size, const NodeAt& nodes) {
    if (size == 0) return empty_root();
    return range_root(0, size, nodes);
}

Result<Proof> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeAt& nodes) {
    if (index >= size) return fail(ErrorKind::invalid, "entry {} is not in a tree of {}", index, size);
    // PATH(m, D[n]) of RFC 6962 section 2.1.1, walked from the root: what is left out is collected and turned round.
    Proof proof;
    std::uint64_t begin = 0;
    std::uint64_t end = size;
    while (end - begin > 1) {
        const std::uint64_t middle = begin + split_of(end - begin);
        if (index < middle) {
            proof.push_back(TRY(range_root(middle, end, nodes)));
            end = middle;
        } else {
            proof.push_back(TRY(range_root(begin, middle, nodes)));
            begin = middle;
        }
    }
    std::reverse(proof.begin(), proof.end());
    return proof;
}

Result<Proof> consistency_proof(std::uint64_t size1, std::uint64_t size2, const NodeAt& nodes) {
    if (size1 > size2) return fail(ErrorKind::invalid, "a tree of {} is not the start of one of {}", size1, size2);
    Proof proof;
    if (size1 == 0 || size1 == size2) return proof;
    // SUBPROOF(m, D[n], b) of RFC 6962 section 2.1.2, the same way.
    std::uint64_t begin = 0;
    std::uint64_t end = size2;
    bool is_left_edge = true;  // the verifier knows root1 already
    while (size1 != end) {
        const std::uint64_t middle = begin + split_of(end - begin);
        if (size1 <= middle) {
            proof.push_back(TRY(range_root(middle, end, nodes)));
            end = middle;
        } else {
            proof.push_back(TRY(range_root(begin, middle, nodes)));
            begin = middle;
            is_left_edge = false;
        }
    }
    if (!is_left_edge) proof.push_back(TRY(range_root(begin, end, nodes)));
    std::reverse(proof.begin(), proof.end());
    return proof;
}

Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Sha256& leaf, std::span<const Sha256> proof,
                              const Sha256& root) {
    if (index >= size) return wrong("inclusion: the index is not below the size");
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Sha256 hash = leaf;
    for (const Sha256& sibling : proof) {
        if (last == 0) return wrong("inclusion: the proof is too long");
        if ((node & 1) != 0 || node == last) {
            hash = node_hash(sibling, hash);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) return wrong("inclusion: the proof is too short");
    if (hash != root) return wrong("inclusion: the proof leads to another root");
    return {};
}

Result<void> verify_consistency(std::uint64_t size1, std::uint64_t size2, const Sha256& root1, const Sha256& root2,
                                std::span<const Sha256> proof) {
    if (size1 > size2) return wrong("consistency: the first tree is larger");
    if (size1 == 0) return wrong("consistency: every tree goes on from the empty one, so that shows nothing");
    if (size1 == size2) {
        if (!proof.empty()) return wrong("consistency: the proof is too long");
        if (root1 != root2) return wrong("consistency: two roots of one size");
        return {};
    }
    if (proof.empty()) return wrong("consistency: the proof is too short");
    std::uint64_t node = size1 - 1;
    std::uint64_t last = size2 - 1;
    while ((node & 1) != 0) {
        node >>= 1;
        last >>= 1;
    }
    // Where the first tree is one full subtree, its root is where the proof starts.
    Sha256 hash1 = node == 0 ? root1 : proof.front();
    Sha256 hash2 = hash1;
    for (const Sha256& sibling : node == 0 ? proof : proof.subspan(1)) {
        if (last == 0) return wrong("consistency: the proof is too long");
        if ((node & 1) != 0 || node == last) {
            hash1 = node_hash(sibling, hash1);
            hash2 = node_hash(sibling, hash2);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash2 = node_hash(hash2, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) return wrong("consistency: the proof is too short");
    if (hash1 != root1) return wrong("consistency: the proof leads to another first root");
    if (hash2 != root2) return wrong("consistency: the proof leads to another second root");
    return {};
}

void CompactRange::append(const Sha256& leaf) {
    hashes_.push_back(leaf);
    for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
        const Sha256 right = hashes_.back();
        hashes_.pop_back();
        hashes_.back() = node_hash(hashes_.back(), right);
    }
    ++size_;
}

Sha256 CompactRange::root() const { return hashes_.empty() ? empty_root() : fold_right(hashes_); }

}  // namespace plumbline::merkle
