// SPDX-License-Identifier: Apache-2.0
// Where random bytes come from. Pure rooms never call it; services take one in their constructor. The real one is
// seal/random.h, tests use a seeded one.
#pragma once
#include <cstddef>
#include <span>

namespace plumbline {

class Entropy {
  public:
    virtual ~Entropy() = default;
    virtual void fill(std::span<std::byte> out) = 0;  // may be called from any thread
};

}  // namespace plumbline
