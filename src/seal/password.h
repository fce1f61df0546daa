// SPDX-License-Identifier: Apache-2.0
// Passwords of staff: Argon2id (RFC 9106) in the usual text form, "$argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>", which
// holds its own cost and salt. A hash made at another cost is still checked.
//
// Checking takes the cost's memory and time: callers bound how many run at once. No thread rules.
#pragma once
#include <string>
#include <string_view>

#include "base/entropy.h"
#include "base/result.h"

namespace plumbline::seal {

struct PasswordCost {
    std::uint64_t operations = 3;
    std::uint64_t memory_bytes = 64 * 1024 * 1024;   // a whole number of KiB, at least 8 KiB
};
inline constexpr std::size_t password_bytes_max = 1024;

// too_large over password_bytes_max; unavailable where there is no memory for it.
Result<std::string> password_hash(std::string_view password, Entropy& entropy, PasswordCost cost = {});
// False for a wrong password, for one over password_bytes_max, and for a hash that is not in that form or costs over 1 GiB.
bool password_matches(const std::string& hash, std::string_view password);
// 20 letters and digits in groups of five, none of them easily mistaken: 100 random bits.
std::string made_password(Entropy& entropy);

}  // namespace plumbline::seal
