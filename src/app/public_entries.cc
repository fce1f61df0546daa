// SPDX-License-Identifier: Apache-2.0
#include "app/public_entries.h"

#include "app/data_folder.h"
#include "ledger/published_log.h"

namespace plumbline::app {

namespace {
constexpr std::size_t entries_at_once = 4096;
}

Result<void> PublicEntries::follow() {
    auto log = ledger::PublishedLog::open(data_ + "/ledger", TRY(read_verify_key(KeyPaths(data_).ledger_public)));
    if (!log) return fail(ErrorKind::unavailable, "nothing is published yet: {}", log.error().message);
    const std::uint64_t size = log->checkpoint().size;
    while (entries_.size() < size) {
        const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(entries_at_once, size - entries_.size()));
        const std::vector<StoredEntry> more = TRY(store_.ledger_entries(entries_.size(), wanted));
        if (more.empty()) return fail(ErrorKind::corrupt, "the store has {} entries, the checkpoint {}", entries_.size(), size);
        for (const StoredEntry& stored : more) entries_.push_back(stored.entry);
    }
    return {};
}

Result<figures::Figures> PublicEntries::count(const figures::Options& options) {
    const std::lock_guard lock(mutex_);
    TRY(follow());
    return figures::count(entries_, options);
}

}  // namespace plumbline::app
