// SPDX-License-Identifier: Apache-2.0
// The desk's keys as an anchor signed them (docs/formats/signed_key.md). The anchor is a signing key that is kept offline; a
// page or a source that knows the anchor seals to no other desk key, whatever the public host says.
//
//     const std::string text = sign_desk_keys({desks, identity, from, until, verify_key}, anchor);
//     const SignedDeskKeys keys = TRY(verify_desk_keys(text, today));
//     // then compare keys.by with the anchor that is known
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "seal/keys.h"

namespace plumbline::seal {

struct SignedDeskKeys {
    std::vector<PublicKey> desks;      // 1 to 16: a tip's key is wrapped to each
    PublicKey identity;                // who a reporter is is sealed to it
    Day from;
    Day until;                         // both inclusive
    VerifyKey by;                      // the anchor
};

// CHECKs that `anchor` is the secret of keys.by, and that there are 1 to 16 desks.
std::string sign_desk_keys(const SignedDeskKeys& keys, const SigningKey& anchor);
// corrupt: not in its one spelling, or the signature does not fit. denied: `today` is outside its days.
Result<SignedDeskKeys> verify_desk_keys(std::string_view text, Day today);

}  // namespace plumbline::seal
