// SPDX-License-Identifier: Apache-2.0
// The signed proof of receipt (docs/formats/receipt.md): a text that a reporter keeps. It says what is held since which
// day, and opens the public ledger entry's commitment, so that its holder can later show that the tip was in the log.
// It does not hold the 12 words and opens no mailbox.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/ids.h"
#include "seal/keys.h"

namespace plumbline::seal {

// One sealed part as it is stored.
struct ManifestRow {
    std::uint32_t part = 0;           // 0 = content, n = the n-th file
    std::uint64_t sealed_bytes = 0;
    Sha256 sha256;                    // of the sealed bytes
    bool operator==(const ManifestRow&) const = default;
};
// "0 1066 <hex>\n1 ...": its SHA-256 stands for all that is held.
std::string manifest_text(const std::vector<ManifestRow>& rows);
Sha256 manifest_hash(const std::vector<ManifestRow>& rows);

// What a ledger entry of kind tip.received commits to.
std::string received_statement(const TipId& tip, const Sha256& manifest);

struct Receipt {
    TipId tip;
    Day received;
    std::uint64_t parts = 0;
    std::uint64_t sealed_bytes = 0;   // of all parts together
    Sha256 manifest;
    std::vector<PublicKey> desks;     // the desk keys that it is sealed to, in text as fingerprints
    LedgerEntry entry;
    Salt salt{};                      // opens entry.commitment together with received_statement(tip, manifest)
};
// CHECKs that entry.commitment is that of salt and statement.
std::string make_receipt(const Receipt& receipt, const SigningKey& key);

struct CheckedReceipt {
    TipId tip;
    Day received;
    std::uint64_t parts = 0;
    std::uint64_t sealed_bytes = 0;
    Sha256 manifest;
    std::vector<std::string> desk_fingerprints;
    LedgerEntry entry;
    Salt salt{};
};
// corrupt: the signature does not fit, the commitment does not open, or the text is not in its one spelling. Carriage
// returns before line feeds are forgiven (a receipt travels through mail and notepads).
Result<CheckedReceipt> verify_receipt(std::string_view text, const VerifyKey& key);

}  // namespace plumbline::seal
