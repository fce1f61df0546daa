// SPDX-License-Identifier: Apache-2.0
// Looks over the maps of the memory store, and what empties a tip. Private to this room; the caller holds the lock.
#pragma once
#include <map>
#include <vector>

#include "store/memory/records.h"

namespace plumbline {

std::vector<TipRow> tips_in(const std::map<TipId, TipRecord>& tips, const TipFilter& filter);
StoreCounts counts_in(const std::map<TipId, TipRecord>& tips, const std::map<JobId, JobRecord>& jobs, const std::vector<StoredEntry>& ledger);
std::vector<ClosedTip> closed_in(const std::map<TipId, TipRecord>& tips, const std::vector<StoredEntry>& ledger, Day until, std::size_t count_max);
// What erase_tip() leaves of a record; gives the blobs that it named.
std::vector<BlobRef> emptied(TipRecord& record, std::vector<StoredEntry>& ledger, std::map<JobId, JobRecord>& jobs);

}  // namespace plumbline
