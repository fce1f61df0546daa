// SPDX-License-Identifier: Apache-2.0
// The reporter's identity, sealed apart from the tip (docs/formats/envelope.md, "The identity part"): a key of its own, wrapped
// to the desk's identity key. The desk key does not open it, so the line, the labs and a person who reads the tip do not see it.
//
// Pure; no thread rules.
#pragma once
#include "seal/envelope.h"
#include "seal/keys.h"

namespace plumbline::seal {

// wrapped identity key(97) || part 0xfffffffe of the padded text.
Bytes seal_identity(const TipId& tip, ByteView plain, const PublicKey& to, Entropy& entropy);
// denied: not sealed to this key, or damaged; corrupt: cut, or of another tip.
Result<Bytes> open_identity(const TipId& tip, ByteView sealed, const SecretKey& secret);

}  // namespace plumbline::seal
