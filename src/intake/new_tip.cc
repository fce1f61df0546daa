// SPDX-License-Identifier: Apache-2.0
#include "intake/new_tip.h"

#include "ledger/opening.h"
#include "seal/receipt.h"

namespace plumbline::intake {

NewTip new_tip(const IntakeParts& parts, NewTipAround around) {
    std::vector<seal::ManifestRow> manifest;
    std::uint64_t sealed_bytes = 0;
    for (const SealedPart& part : around.parts) {
        manifest.push_back(seal::ManifestRow{part.part, part.sealed_bytes, part.sealed_sha256});
        sealed_bytes += part.sealed_bytes;
    }
    const TipId id = around.header.id;
    const Instant received = around.header.received_hour;
    const Sha256 manifest_hash = seal::manifest_hash(manifest);
    const ledger::Opening opening = ledger::make_opening(seal::received_statement(id, manifest_hash), parts.entropy);

    NewTip tip;
    tip.header = around.header;
    tip.wrapped_keys = std::move(around.wrapped_keys);
    tip.mailbox_hash = around.mailbox;
    tip.reporter_public_key = to_bytes(ByteView(around.reporter_key.bytes));
    tip.dedup_key = around.dedup_key;
    tip.received.entry = LedgerEntry{kind_of_received(), day_of(received), around.header.group, "", ledger::commitment_of(opening)};
    tip.received.tip = id;
    tip.received.opening = around.seal_opening(ledger::bytes_of(opening));
    tip.first_job = NewJob{fresh_id<JobId>(received, parts.entropy), id, std::string(skill_line), 0, received};
    tip.receipt = seal::make_receipt(seal::Receipt{id, day_of(received), around.parts.size(), sealed_bytes, manifest_hash, parts.keys.desk,
                                                   tip.received.entry, opening.salt},
                                     parts.keys.receipt);
    tip.parts = std::move(around.parts);
    return tip;
}

}  // namespace plumbline::intake
