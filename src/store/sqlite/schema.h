// SPDX-License-Identifier: Apache-2.0
// The tables (docs/formats/store.md) and the steps from one version of them to the next.
#pragma once
#include "store/sqlite/connection.h"

namespace plumbline::sqlite {

inline constexpr std::int64_t schema_version = 2;

// Brings an empty or older file up to `schema_version`, in one transaction. `unsupported` where the file is newer than this
// program or belongs to another one. Two processes may do it at once.
Result<void> migrate(Connection& connection);

}  // namespace plumbline::sqlite
