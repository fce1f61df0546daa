// SPDX-License-Identifier: Apache-2.0
// Proofs for DeskService::verify from the published log: the same static files that an outsider reads.
#pragma once
#include <string>

#include "desk/desk.h"
#include "seal/keys.h"

namespace plumbline::desk {

// `folder` is DIR/ledger, `origin` the log's name in its checkpoint. The folder is read at each call, so that the newest
// checkpoint counts; it need not be there yet.
LedgerProofs proofs_from_published_log(std::string folder, const seal::VerifyKey& key, std::string origin);

}  // namespace plumbline::desk
