// SPDX-License-Identifier: Apache-2.0
// The system's random bytes (libsodium), and the start of the library. Call init_crypto() first thing in main and in
// tests; every other file of this room takes its randomness as an Entropy& and reads nothing of the system.
#pragma once
#include "base/entropy.h"

namespace plumbline::seal {

void init_crypto();  // may be called again; CHECKs that the library starts

class SystemEntropy final : public Entropy {  // any thread
  public:
    void fill(std::span<std::byte> out) override;
};

}  // namespace plumbline::seal
