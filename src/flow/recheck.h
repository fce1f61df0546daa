// SPDX-License-Identifier: Apache-2.0
// Whether what is kept of a tip is what its ledger entries commit to. The ledger's own check sees commitments; this one holds
// the desk's key, opens them, and looks at what they speak of: parts, decision, findings, answers, the row's place in the queue.
//
//     for (const std::string& line : TRY(recheck_tip(store, opener, tip))) print(line);   // "product decision: does not open: ..."
//
// Reads only. Any thread. A tip that moves while it is read is read again, so a running desk is no fault.
#pragma once
#include <string>
#include <vector>

#include "model/ids.h"
#include "store/store.h"
#include "vault/tip_opener.h"

namespace plumbline::flow {

// One line a problem, without the tip's id; empty where all fits. Entries whose opening does not open are not told here:
// ledger::verify_against_store does. An Error is of the store.
Result<std::vector<std::string>> recheck_tip(Store& store, vault::TipOpener& opener, TipId tip);

}  // namespace plumbline::flow
