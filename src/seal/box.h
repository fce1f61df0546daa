// SPDX-License-Identifier: Apache-2.0
// libsodium's sealed box (X25519, XSalsa20-Poly1305) with the one-time key taken from an Entropy&, so that known answers
// can be tested. Any crypto_box_seal_open opens it. Private to this room.
#pragma once
#include "seal/keys.h"

namespace plumbline::seal {

inline constexpr std::size_t box_overhead_bytes = 48;
Bytes seal_box(const PublicKey& to, ByteView plain, Entropy& entropy);
Result<Bytes> open_box(const SecretKey& secret, const PublicKey& own, ByteView sealed);   // denied

}  // namespace plumbline::seal
