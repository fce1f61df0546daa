// SPDX-License-Identifier: Apache-2.0
#include "intake/sweep.h"

#include "base/log.h"

namespace plumbline::intake {

Result<std::size_t> sweep_orphans(Store& store, Blobs& blobs, Instant now) {
    std::size_t removed = 0;
    for (const BlobRef& ref : TRY(blobs.list(now - std::chrono::hours(1)))) {
        if (TRY(store.names_blob(ref.sha256))) continue;
        TRY(blobs.remove(ref));
        ++removed;
    }
    if (removed > 0) log_event(LogLevel::info, "blobs.swept", {{"blobs", std::uint64_t{removed}}});
    return removed;
}

}  // namespace plumbline::intake
