// SPDX-License-Identifier: Apache-2.0
#include "ledger/opening.h"

#include <algorithm>

namespace plumbline::ledger {

Opening make_opening(std::string_view statement, Entropy& entropy) {
    Opening opening;
    entropy.fill(opening.salt);
    opening.statement = statement;
    return opening;
}

Sha256 commitment_of(const Opening& opening) { return plumbline::commitment_of(opening.salt, view(opening.statement)); }

Bytes bytes_of(const Opening& opening) {
    Bytes bytes = to_bytes(ByteView(opening.salt));
    append(bytes, opening.statement);
    return bytes;
}

Result<Opening> opening_from(ByteView bytes) {
    Opening opening;
    if (bytes.size() < opening.salt.size()) return fail(ErrorKind::corrupt, "an opening of {} bytes", bytes.size());
    std::copy_n(bytes.begin(), opening.salt.size(), opening.salt.begin());
    opening.statement = text_of(bytes.subspan(opening.salt.size()));
    return opening;
}

Result<void> check_opening(const Opening& opening, const LedgerEntry& entry) {
    if (commitment_of(opening) != entry.commitment) return fail(ErrorKind::corrupt, "the opening does not fit the entry's commitment");
    return {};
}

}  // namespace plumbline::ledger
