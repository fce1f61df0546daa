// SPDX-License-Identifier: Apache-2.0
// Ledger entries in their table. The index is taken inside the transaction, so several processes may append.
#pragma once
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace plumbline::sqlite {

Result<std::uint64_t> next_ledger_index(Connection& connection);
Result<void> insert_entry_at(Connection& connection, std::uint64_t index, std::optional<std::int64_t> tip_number, const NewEntry& entry);
Result<void> insert_entry(Connection& connection, const NewEntry& entry);
Result<std::vector<StoredEntry>> entries_from(Connection& connection, std::uint64_t from, std::size_t count_max);
Result<std::vector<StoredEntry>> entries_of(Connection& connection, TipId tip);

}  // namespace plumbline::sqlite
