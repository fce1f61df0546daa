// SPDX-License-Identifier: Apache-2.0
// The private side of a ledger entry: the salt and the statement that its commitment commits to (docs/formats/ledger.md).
//
//     const Opening opening = make_opening(statement, entropy);
//     entry.commitment = commitment_of(opening);
//     new_entry.opening = seal(bytes_of(opening));
//
// Values; any thread.
#pragma once
#include <string>
#include <string_view>

#include "base/entropy.h"
#include "model/event.h"

namespace plumbline::ledger {

struct Opening {
    Salt salt{};
    std::string statement;
};
Opening make_opening(std::string_view statement, Entropy& entropy);   // a fresh salt
Sha256 commitment_of(const Opening& opening);
Bytes bytes_of(const Opening& opening);                               // salt(32), statement: to be sealed
Result<Opening> opening_from(ByteView bytes);                         // corrupt: shorter than a salt
// corrupt where the opening is not that of the entry.
Result<void> check_opening(const Opening& opening, const LedgerEntry& entry);

}  // namespace plumbline::ledger
