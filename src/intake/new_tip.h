// SPDX-License-Identifier: Apache-2.0
// What is committed for a tip once its parts are sealed and in place: the row, the received entry, the first job and the
// receipt. The same whether intake sealed the tip or its reporter did. Private to this room.
#pragma once
#include <functional>

#include "intake/tip_writer.h"

namespace plumbline::intake {

struct NewTipAround {
    TipHeader header;
    std::vector<SealedPart> parts;            // in the order of their numbers
    Bytes wrapped_keys;
    Sha256 mailbox;
    seal::PublicKey reporter_key;
    std::optional<Sha256> dedup_key = {};
    // Seals the private side of the received entry: salt and statement.
    std::function<Bytes(ByteView opening)> seal_opening;
};
// The tip.received entry commits to the tip's id and to the hash of every sealed part.
NewTip new_tip(const IntakeParts& parts, NewTipAround around);

}  // namespace plumbline::intake
