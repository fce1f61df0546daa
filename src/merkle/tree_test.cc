// SPDX-License-Identifier: Apache-2.0
// The tree against RFC 6962's own definitions by brute force for all sizes up to 300, and against the published vectors of
// transparency-dev/merkle (../shared/standards/merkle-vectors), most of which must fail.
#include "merkle/tree.h"

#include <gtest/gtest.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"

namespace plumbline::merkle {
namespace {

constexpr std::uint64_t sizes_max = 300;

std::vector<Sha256> leaves_of(std::uint64_t count) {
    std::vector<Sha256> leaves;
    for (std::uint64_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(view(std::to_string(i))));
    return leaves;
}

// MTH of RFC 6962 section 2.1, word for word.
Sha256 naive_root(std::span<const Sha256> leaves) {
    if (leaves.empty()) return sha256({});
    if (leaves.size() == 1) return leaves[0];
    std::size_t k = 1;
    while (k * 2 < leaves.size()) k *= 2;
    return node_hash(naive_root(leaves.first(k)), naive_root(leaves.subspan(k)));
}

// PATH of section 2.1.1 and SUBPROOF of 2.1.2, word for word.
Proof naive_path(std::uint64_t m, std::span<const Sha256> leaves) {
    if (leaves.size() == 1) return {};
    std::size_t k = 1;
    while (k * 2 < leaves.size()) k *= 2;
    Proof proof = m < k ? naive_path(m, leaves.first(k)) : naive_path(m - k, leaves.subspan(k));
    proof.push_back(naive_root(m < k ? leaves.subspan(k) : leaves.first(k)));
    return proof;
}
Proof naive_subproof(std::uint64_t m, std::span<const Sha256> leaves, bool is_whole) {
    if (m == leaves.size()) return is_whole ? Proof{} : Proof{naive_root(leaves)};
    std::size_t k = 1;
    while (k * 2 < leaves.size()) k *= 2;
    Proof proof = m <= k ? naive_subproof(m, leaves.first(k), is_whole) : naive_subproof(m - k, leaves.subspan(k), false);
    proof.push_back(naive_root(m <= k ? leaves.subspan(k) : leaves.first(k)));
    return proof;
}

TEST(Tree, KnownHashes) {
    EXPECT_EQ(empty_root().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(leaf_hash({}).hex(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    EXPECT_EQ(root_of({}), empty_root());
}

TEST(Tree, RootsOfAllSizesAreThoseOfTheDefinition) {
    const std::vector<Sha256> leaves = leaves_of(sizes_max);
    CompactRange range;
    for (std::uint64_t size = 0; size <= sizes_max; ++size) {
        const std::span<const Sha256> some = std::span(leaves).first(size);
        EXPECT_EQ(range.root(), naive_root(some)) << size;
        EXPECT_EQ(range.hashes().size(), static_cast<std::size_t>(std::popcount(size)));
        EXPECT_EQ(root_at(size, nodes_of(some)).value(), naive_root(some)) << size;
        if (size < sizes_max) range.append(leaves[size]);
    }
}

TEST(Tree, InclusionProofsOfAllSizesVerifyAndNeighboursDoNot) {
    const std::vector<Sha256> leaves = leaves_of(sizes_max);
    for (std::uint64_t size = 1; size <= sizes_max; size += size < 70 ? 1 : 23) {
        const std::span<const Sha256> some = std::span(leaves).first(size);
        const Sha256 root = naive_root(some);
        for (std::uint64_t index = 0; index < size; ++index) {
            Proof proof = inclusion_proof(index, size, nodes_of(some)).value();
            ASSERT_EQ(proof, naive_path(index, some)) << index << " of " << size;
            EXPECT_TRUE(verify_inclusion(index, size, leaves[index], proof, root));
            EXPECT_FALSE(verify_inclusion(index + 1, size, leaves[index], proof, root));
            EXPECT_FALSE(verify_inclusion(index, size, leaves[(index + 1) % sizes_max], proof, root));
            EXPECT_FALSE(verify_inclusion(index, size, leaves[index], proof, leaves[index == 0 ? 1 : 0]));
            if (!proof.empty()) {
                EXPECT_FALSE(verify_inclusion(index, size, leaves[index], std::span(proof).first(proof.size() - 1), root));
            }
            proof.push_back(root);
            EXPECT_FALSE(verify_inclusion(index, size, leaves[index], proof, root));
        }
        EXPECT_FALSE(inclusion_proof(size, size, nodes_of(some)));
    }
}

TEST(Tree, ConsistencyProofsOfAllSizesVerifyAndNeighboursDoNot) {
    const std::vector<Sha256> leaves = leaves_of(sizes_max);
    std::vector<Sha256> roots;
    for (std::uint64_t size = 0; size <= sizes_max; ++size) roots.push_back(naive_root(std::span(leaves).first(size)));
    for (std::uint64_t size2 = 0; size2 <= sizes_max; size2 += size2 < 66 ? 1 : 26) {
        const std::span<const Sha256> some = std::span(leaves).first(size2);
        for (std::uint64_t size1 = 0; size1 <= size2; ++size1) {
            const Proof proof = consistency_proof(size1, size2, nodes_of(some)).value();
            if (size1 > 0) {
                ASSERT_EQ(proof, naive_subproof(size1, some, true)) << size1 << " to " << size2;
            }
            EXPECT_EQ(verify_consistency(size1, size2, roots[size1], roots[size2], proof).has_value(), size1 > 0);
            if (size1 == 0 || size1 == size2) continue;
            EXPECT_FALSE(verify_consistency(size1 + 1, size2, roots[size1], roots[size2], proof)) << size1 << " to " << size2;
            EXPECT_FALSE(verify_consistency(size1, size2, roots[size2], roots[size1], proof));
            for (std::size_t i = 0; i < proof.size(); ++i) {
                Proof changed = proof;
                changed[i].bytes[i % 32] ^= std::byte{1};
                EXPECT_FALSE(verify_consistency(size1, size2, roots[size1], roots[size2], changed));
            }
        }
        EXPECT_FALSE(consistency_proof(size2 + 1, size2, nodes_of(some)));
    }
}

// ---- the published vectors ----

// A vector's hashes. One that has not 32 bytes is refused before any proof is looked at.
Result<Sha256> hash_in(const Json& json, std::string_view name) {
    return Sha256::from_bytes(TRY(from_base64(TRY(json.text_at(name)))));
}
// Some consistency vectors have roots that are any text; its SHA-256 stands for it, so that equal stays equal.
Result<Sha256> root_in(const Json& json, std::string_view name) {
    const Bytes bytes = TRY(from_base64(TRY(json.text_at(name))));
    return bytes.size() == 32 ? Sha256::from_bytes(bytes) : Result<Sha256>(sha256(bytes));
}
Result<Proof> proof_in(const Json& json) {
    Proof proof;
    const Json* rows = json.find("proof");
    if (rows == nullptr || rows->is_null()) return proof;
    for (const Json& row : rows->as_array()) proof.push_back(TRY(Sha256::from_bytes(TRY(from_base64(row.as_text())))));
    return proof;
}

template <class Check>
void run_vectors(const std::string& kind, std::size_t count_wanted, Check check) {
    const std::filesystem::path folder = std::filesystem::path(PLUMBLINE_SHARED_DIR) / "standards/merkle-vectors" / kind;
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
    std::size_t count = 0;
    for (const auto& item : std::filesystem::recursive_directory_iterator(folder)) {
        if (item.path().extension() != ".json") continue;
        std::ostringstream text;
        text << std::ifstream(item.path(), std::ios::binary).rdbuf();
        const Result<Json> json = parse_json(text.str());
        if (!json) {
            ADD_FAILURE() << item.path() << ": " << json.error().message;
            continue;
        }
        ++count;
        EXPECT_EQ(!check(*json), json->bool_at("wantErr").value()) << item.path();
    }
    EXPECT_EQ(count, count_wanted);
}

std::uint64_t number_in(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    if (value->is_integer()) return static_cast<std::uint64_t>(value->as_integer());
    const double number = value->as_number();  // over 2^63; what is 2^64 - 1 in the file reads as 2^64
    return number >= 18446744073709551615.0 ? UINT64_MAX : static_cast<std::uint64_t>(number);
}

TEST(Vectors, Inclusion) {
    run_vectors("inclusion", 98, [](const Json& json) -> Result<void> {
        return verify_inclusion(number_in(json, "leafIdx"), number_in(json, "treeSize"), TRY(hash_in(json, "leafHash")),
                                TRY(proof_in(json)), TRY(hash_in(json, "root")));
    });
}

TEST(Vectors, Consistency) {
    run_vectors("consistency", 98, [](const Json& json) -> Result<void> {
        return verify_consistency(number_in(json, "size1"), number_in(json, "size2"), TRY(root_in(json, "root1")),
                                  TRY(root_in(json, "root2")), TRY(proof_in(json)));
    });
}

}  // namespace
}  // namespace plumbline::merkle
