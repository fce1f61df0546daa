// SPDX-License-Identifier: Apache-2.0
// What machines send again: equal reports, kept with the tip that they repeat, and deliveries that are known already.
#pragma once
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace plumbline::sqlite {

// The earlier outcome of this delivery; nullopt where it is new.
Result<std::optional<Accepted>> known_delivery(Connection& connection, const Sha256& delivery_key);
Result<void> insert_delivery(Connection& connection, const Sha256& delivery_key, std::int64_t tip_number);
// The tip that dedup_key belongs to, with the repeat added to it where there is one; nullopt where the key is new.
Result<std::optional<Accepted>> repeat_of_known(Connection& connection, const NewTip& tip);
Result<std::vector<Repeat>> repeat_rows(Connection& connection, TipId tip, std::size_t offset, std::size_t count_max);

}  // namespace plumbline::sqlite
