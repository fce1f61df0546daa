// SPDX-License-Identifier: Apache-2.0
// The embedded store: one SQLite file in WAL mode, synced at every commit. Several processes may open it at once (a hotline
// and a desk over one folder); ledger indexes and leases are taken inside the transaction.
#pragma once
#include <memory>
#include <string>

#include "base/limits.h"
#include "store/store.h"

namespace plumbline {

struct SqliteOptions {
    std::string path;                          // the file; made with mode 0600 where absent
    std::size_t writer_queue_max = Limits().writer_queue_max;
    std::size_t writer_group_max = Limits().writer_group_max;
    std::size_t readers = 4;                   // at least 1; a caller of each_product holds one while it visits
    unsigned busy_milliseconds_max = 10'000;   // how long a write waits for another process's
    const char* vfs = nullptr;                 // SQLite's own; tests name one that fails on purpose
};

// unavailable: the file cannot be made or read; corrupt: it is damaged; unsupported: it is newer, or another program's.
// `blobs` is what check() looks in; it must outlive the store.
Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options, Blobs& blobs);

}  // namespace plumbline
