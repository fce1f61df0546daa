// SPDX-License-Identifier: Apache-2.0
#include "seal/random.h"

#include <sodium.h>

#include "base/check.h"
#include "seal/secret.h"

namespace plumbline::seal {

void init_crypto() { CHECK(sodium_init() >= 0); }

void SystemEntropy::fill(std::span<std::byte> out) { randombytes_buf(out.data(), out.size()); }

void wipe(std::span<std::byte> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

}  // namespace plumbline::seal
