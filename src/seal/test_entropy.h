// SPDX-License-Identifier: Apache-2.0
// Random bytes for tests: SHA-256 of a seed and a counter, so that the same test gives the same bytes.
#pragma once
#include <algorithm>
#include <string>

#include "base/entropy.h"
#include "base/hash.h"

namespace plumbline::seal {

class TestEntropy final : public Entropy {
  public:
    explicit TestEntropy(std::string seed) : seed_(std::move(seed)) {}
    void fill(std::span<std::byte> out) override {
        while (!out.empty()) {
            const Sha256 block = sha256(view(seed_ + " " + std::to_string(counter_++)));
            const std::size_t count = std::min(out.size(), block.bytes.size());
            std::copy_n(block.bytes.begin(), count, out.begin());
            out = out.subspan(count);
        }
    }

  private:
    std::string seed_;
    std::uint64_t counter_ = 0;
};

}  // namespace plumbline::seal
