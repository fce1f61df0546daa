// SPDX-License-Identifier: Apache-2.0
#include "desk/ledger_proofs.h"

#include "ledger/published_log.h"

namespace plumbline::desk {

LedgerProofs proofs_from_published_log(std::string folder, const seal::VerifyKey& key, std::string origin) {
    LedgerProofs proofs;
    proofs.key = merkle::NoteKey{std::move(origin), key.bytes};
    proofs.proof_of = [folder = std::move(folder), key](std::uint64_t index) -> Result<std::string> {
        const ledger::PublishedLog log = TRY(ledger::PublishedLog::open(folder, key));
        if (index >= log.checkpoint().size) return fail(ErrorKind::not_found, "entry {} is not in the checkpoint of {} entries", index, log.checkpoint().size);
        return log.prove(index);
    };
    return proofs;
}

}  // namespace plumbline::desk
