// SPDX-License-Identifier: Apache-2.0
// An event is what the public log says: its kind, its day and the category group, beside a salted commitment. No personal
// data and no id is ever in it. The byte form is docs/formats/ledger.md.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/hash.h"
#include "base/time.h"
#include "model/category.h"
#include "model/ids.h"
#include "model/tip.h"

namespace plumbline {

// Kinds are texts: "tip.received", "tip.received>decided" (a change of state, from and to), "tip.ranked", "tip.added",
// "tip.withdrawn", "custody.leased", "custody.evidence_sent", "custody.finding", "custody.given_back".
// And of single acts at the desk: "tip.erased", "tip.put_aside", "tip.muted", "tip.held", "identity.asked" ...
std::string kind_of_received();
std::string kind_of_erased();
std::string kind_of_change(TipState from, TipState to);
std::string kind_of_addition();     // "tip.added": the reporter wrote, or added files
std::string kind_of_withdrawal();   // "tip.withdrawn"
bool is_kind_of_reporter(std::string_view kind);   // these two: their opening is sealed to the desk's public key
// For recounting: the states that a kind moves between; from is nullopt for tip.received, the whole nullopt for others.
struct StateChange {
    std::optional<TipState> from;
    TipState to = TipState::received;
};
std::optional<StateChange> state_change_of(std::string_view kind);

struct LedgerEntry {
    std::string kind;
    Day day;
    CategoryGroup group = CategoryGroup::other;
    std::string leaf;              // "" unless the operator chose to publish leaves
    Sha256 commitment;             // SHA-256("plumbline/commitment/v1" 0x00 salt(32) statement)
    std::string about = {};        // what is public of the wait for a person (model/wait.h), "" for most entries
    bool operator==(const LedgerEntry&) const = default;
};
std::string entry_bytes(const LedgerEntry& entry);                 // "plumbline/1 tip.received 2026-11-23 fraud <base64>\n"
Result<LedgerEntry> ledger_entry_from(std::string_view bytes);     // strict: printing gives the same bytes

// What the opening of such an entry is sealed with (seal::seal_to).
std::string reporter_opening_context(TipId tip);

using Salt = ByteArray<32>;
Sha256 commitment_of(const Salt& salt, ByteView statement);

}  // namespace plumbline
