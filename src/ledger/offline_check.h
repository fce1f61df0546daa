// SPDX-License-Identifier: Apache-2.0
// What the holder of a receipt checks with no network and no data folder: that the text is the hotline's own, and, with an
// offline proof (c2sp.org/tlog-proof@v1), that its entry is in the public log. docs/formats/receipt.md says how another tool
// does the same.
//
//     const HotlineKeys keys = TRY(hotline_keys_from(text));                 // what /api/v1/keys gives
//     const OfflineAnswer answer = TRY(check_offline(receipt, proof, keys)); // corrupt: not what it says it is
//
// Pure but for libsodium's check of signatures; any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "merkle/note.h"
#include "seal/keys.h"
#include "seal/receipt.h"

namespace plumbline::ledger {

// The public keys that a hotline is known by. A key signs receipts or checkpoints, never both: the public host holds the first.
struct HotlineKeys {
    std::vector<seal::VerifyKey> receipt;
    struct LogKey {
        std::string origin;       // "" = the one that the checkpoint names (a key file says none)
        seal::VerifyKey key;
    };
    std::vector<LogKey> log;
};
std::string hotline_keys_text(const seal::VerifyKey& receipt, const std::optional<merkle::NoteKey>& log);
// "plumbline-receipt-key/1 ..." and "plumbline-log-key/1 name+id+base64", one a line, at most 16. A file of one
// "plumbline-verify-key/1 ..." (keys/ledger.pub) is a log's key. invalid: anything else.
Result<HotlineKeys> hotline_keys_from(std::string_view text);

struct OfflineAnswer {
    seal::CheckedReceipt receipt;
    seal::VerifyKey signed_by;
    std::optional<merkle::Checkpoint> checkpoint;   // where a proof was given: its entry is in this tree
    std::uint64_t index = 0;                        // of the entry, where a checkpoint stands
};
// invalid: a key that is needed is not among `keys`. corrupt: what is given does not check.
Result<OfflineAnswer> check_offline(std::string_view receipt, const std::optional<std::string>& proof, const HotlineKeys& keys);

}  // namespace plumbline::ledger
