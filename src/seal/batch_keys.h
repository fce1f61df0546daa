// SPDX-License-Identifier: Apache-2.0
// One key for a batch of machine reports (docs/formats/envelope.md, version 2): wrapped to each desk key once, and every tip's key
// derived from it, so that a report costs hashes and no X25519. Each tip's row still has all that opens it.
//
//     const BatchKey batch = BatchKey::random(desks, entropy);
//     const TipKey key = batch.tip_key(tip);
//     row.wrapped_keys = batch.wrapped_keys(tip);        // unwrap_tip_key_of() reads both versions
//
// A value; lives as long as the batch. Whoever reads it out of memory meanwhile can open the batch's tips, so a batch is short.
#pragma once
#include <vector>

#include "seal/envelope.h"

namespace plumbline::seal {

struct BatchSecretTag {};
using BatchSecret = Secret<BatchSecretTag, 32>;

inline constexpr std::size_t batch_check_bytes = 16;

class BatchKey {
  public:
    static BatchKey random(const std::vector<PublicKey>& desks, Entropy& entropy);   // CHECKs 1 to 16 desks
    TipKey tip_key(const TipId& tip) const;
    Bytes wrapped_keys(const TipId& tip) const;

  private:
    BatchKey(BatchSecret secret, Bytes boxes) : secret_(std::move(secret)), boxes_(std::move(boxes)) {}
    BatchSecret secret_;
    Bytes boxes_;
};

// Whether these wrapped keys are of version 2, by their length.
bool is_of_batch(ByteView wrapped_keys);
// denied: none of them is for this key. corrupt: damaged, or the wrapped keys of a tip outside of this batch.
Result<TipKey> unwrap_batch_tip_key(ByteView wrapped_keys, const TipId& tip, const SecretKey& secret);

}  // namespace plumbline::seal
