// SPDX-License-Identifier: Apache-2.0
// Flags of tips, and what erases one. Every function runs inside the transaction of its caller.
#pragma once
#include "store/sqlite/connection.h"
#include "store/store.h"

namespace plumbline::sqlite {

Result<void> move_flag(Connection& connection, const FlagMove& move);
Result<std::vector<ClosedTip>> closed_tip_rows(Connection& connection, Day until, std::size_t count_max);
Result<std::vector<BlobRef>> erase_tip_rows(Connection& connection, TipId id, const NewEntry& erased);
Result<Exposure> add_exposure_row(Connection& connection, StaffId staff, Day day, const Exposure& more);

}  // namespace plumbline::sqlite
