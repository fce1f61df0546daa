// SPDX-License-Identifier: Apache-2.0
// Removes the blobs that a crash left between "blob durable" and "row committed": no row names them, nobody was told.
#pragma once
#include "base/time.h"
#include "store/blobs.h"
#include "store/store.h"

namespace plumbline::intake {

// Call at start. Only blobs from before `now` less an hour are looked at: another process may be about to commit the row
// of a younger one. Gives how many were removed.
Result<std::size_t> sweep_orphans(Store& store, Blobs& blobs, Instant now);

}  // namespace plumbline::intake
