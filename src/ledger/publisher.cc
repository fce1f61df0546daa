// SPDX-License-Identifier: Apache-2.0
#include "ledger/publisher.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/check.h"
#include "base/log.h"
#include "ledger/files.h"
#include "ledger/published_log.h"

namespace plumbline::ledger {
namespace {
constexpr std::size_t read_entries_max = 4096;
constexpr std::chrono::milliseconds retry_max{60'000};

void remove_files(const std::string& folder, std::string_view but) {
    DIR* files = ::opendir(folder.c_str());
    if (files == nullptr) return;
    while (const dirent* file = ::readdir(files)) {
        if (file->d_name != but) ::unlink((folder + "/" + file->d_name).c_str());
    }
    ::closedir(files);
}

// The partial files of a tile that is full now: an older checkpoint's reader takes the start of the full one instead.
void remove_partials(const std::string& folder, merkle::TileRef tile) {
    tile.width = 1;
    std::string path = folder + "/" + merkle::path_of(tile);
    path.resize(path.rfind('/'));  // ".../000.p"
    remove_files(path, "");
    ::rmdir(path.c_str());
}
}  // namespace

// What has been read of the store: the tree's edge and the bundle that is not full.
struct TilePublisher::Progress {
    merkle::TileStack stack;
    Bytes bundle;
    Day newest_day;

    // Takes the next entry; gives what became full.
    void append(const LedgerEntry& entry, std::vector<merkle::TileStack::FullTile>& full_tiles, Bytes& full_bundle) {
        const std::string bytes = entry_bytes(entry);
        newest_day = std::max(newest_day, entry.day);
        merkle::append_entry(bundle, view(bytes));
        stack.append(merkle::leaf_hash(view(bytes)), full_tiles);
        if (stack.size() % merkle::tile_width == 0) full_bundle = std::exchange(bundle, {});
    }
};

struct TilePublisher::Lock {
    int number = -1;
    ~Lock() {
        if (number >= 0) ::close(number);
    }
};

TilePublisher::TilePublisher(Store& store, const seal::SigningKey& key, PublisherOptions options)
    : store_(store),
      key_(key),
      options_(std::move(options)),
      note_key_{options_.origin, seal::verify_key_of(key).bytes},
      lock_(std::make_unique<Lock>()),
      progress_(std::make_unique<Progress>()) {}
TilePublisher::~TilePublisher() = default;

Result<std::unique_ptr<TilePublisher>> TilePublisher::open(Store& store, const seal::SigningKey& key, PublisherOptions options) {
    if (!merkle::is_note_name(options.origin)) return fail(ErrorKind::invalid, "ledger origin: no space, no plus, at most 255 bytes");
    std::unique_ptr<TilePublisher> publisher(new TilePublisher(store, key, std::move(options)));
    TRY(publisher->start());
    return publisher;
}

Result<void> TilePublisher::start() {
    const std::string incoming = options_.folder + ".incoming";
    TRY(make_folders(options_.folder));
    TRY(make_folders(incoming));
    const std::string lock_path = incoming + "/lock";
    lock_->number = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock_->number < 0) return fail(ErrorKind::unavailable, "{}: cannot be made", lock_path);
    if (::flock(lock_->number, LOCK_EX | LOCK_NB) != 0) return fail(ErrorKind::busy, "{}: another process publishes here", options_.folder);
    remove_files(incoming, "lock");  // of a run that was ended in the middle
    auto log = PublishedLog::open(options_.folder, seal::verify_key_of(key_));
    if (!log && log.error().kind != ErrorKind::not_found) return fail_in(options_.folder, log.error());
    if (log) {
        if (log->checkpoint().origin != options_.origin) {
            return fail(ErrorKind::conflict, "{}: the log there is {}, not {}", options_.folder, log->checkpoint().origin, options_.origin);
        }
        TRY(replay(log->checkpoint()));
        published_size_ = progress_->stack.size();
    } else {
        TRY(publish_step(0));  // the empty log has a checkpoint too
    }
    return {};
}

Result<void> TilePublisher::replay(const merkle::Checkpoint& checkpoint) {
    const std::uint64_t stored = TRY(store_.ledger_size());
    if (stored < checkpoint.size) {
        return fail(ErrorKind::corrupt, "the published log has {} entries, the store {}: the store lost some", checkpoint.size, stored);
    }
    std::vector<merkle::TileStack::FullTile> full_tiles;
    std::vector<std::pair<std::uint64_t, Sha256>> bundles;  // of the store: end and hash, to find where a difference is
    Bytes full_bundle;
    while (progress_->stack.size() < checkpoint.size) {
        const std::uint64_t from = progress_->stack.size();
        const std::size_t count = std::min<std::uint64_t>(read_entries_max, checkpoint.size - from);
        const std::vector<StoredEntry> entries = TRY(store_.ledger_entries(from, count));
        if (entries.empty()) return fail(ErrorKind::corrupt, "the store has no entry {}", from);
        for (const StoredEntry& stored_entry : entries) {
            if (stored_entry.index != progress_->stack.size()) return fail(ErrorKind::corrupt, "the store has no entry {}", progress_->stack.size());
            progress_->append(stored_entry.entry, full_tiles, full_bundle);
            if (!full_bundle.empty()) {
                bundles.emplace_back(progress_->stack.size(), sha256(full_bundle));
                full_bundle.clear();
            }
        }
        full_tiles.clear();
    }
    if (progress_->stack.root() == checkpoint.root) return {};
    if (!progress_->bundle.empty()) bundles.emplace_back(checkpoint.size, sha256(progress_->bundle));
    const PublishedFiles log(options_.folder);
    std::uint64_t begin = 0;
    for (const auto& [end, hash] : bundles) {
        const merkle::TileRef bundle = merkle::tile_at(true, 0, begin / merkle::tile_width, checkpoint.size);
        const Result<Bytes> published = log.read(bundle);
        if (!published || sha256(*published) != hash) {
            return fail(ErrorKind::corrupt, "the store's entries {} to {} are not those of {}: nothing more is published", begin, end - 1,
                        merkle::path_of(bundle));
        }
        begin = end;
    }
    return fail(ErrorKind::corrupt, "the store's {} entries do not lead to the published root: nothing more is published", checkpoint.size);
}

Result<void> TilePublisher::publish_step(std::uint64_t size_wanted) {
    Progress next = *progress_;  // kept only when all of it is on disk
    std::vector<merkle::TileRef> filled;
    FileBatch tiles(options_.folder, options_.folder + ".incoming");
    while (next.stack.size() < size_wanted) {
        const std::uint64_t from = next.stack.size();
        const std::vector<StoredEntry> entries = TRY(store_.ledger_entries(from, std::min<std::uint64_t>(read_entries_max, size_wanted - from)));
        if (entries.empty()) return fail(ErrorKind::corrupt, "the store has no entry {}", from);
        for (const StoredEntry& stored : entries) {
            if (stored.index != next.stack.size()) return fail(ErrorKind::corrupt, "the store has no entry {}", next.stack.size());
            std::vector<merkle::TileStack::FullTile> full_tiles;
            Bytes full_bundle;
            next.append(stored.entry, full_tiles, full_bundle);
            if (!full_bundle.empty()) {
                filled.push_back(merkle::TileRef{true, 0, stored.index / merkle::tile_width, merkle::tile_width});
                TRY(tiles.add(merkle::path_of(filled.back()), full_bundle, next.newest_day));
            }
            for (const merkle::TileStack::FullTile& full : full_tiles) {
                filled.push_back(full.tile);
                TRY(tiles.add(merkle::path_of(full.tile), merkle::bytes_of_tile(full.hashes), next.newest_day));
            }
        }
    }
    const std::uint64_t size = next.stack.size();
    if (!next.bundle.empty()) {
        TRY(tiles.add(merkle::path_of(merkle::tile_at(true, 0, size / merkle::tile_width, size)), next.bundle, next.newest_day));
    }
    for (unsigned level = 0; level < merkle::tile_levels; ++level) {
        const std::span<const Sha256> partial = next.stack.partial(level);
        if (partial.empty()) continue;
        const std::uint64_t index = size >> (merkle::tile_height * (level + 1));
        TRY(tiles.add(merkle::path_of(merkle::tile_at(false, level, index, size)), merkle::bytes_of_tile(partial), next.newest_day));
    }
    TRY(tiles.commit());
    FileBatch last(options_.folder, options_.folder + ".incoming");
    const std::string text = merkle::text_of(merkle::Checkpoint{options_.origin, size, next.stack.root()});
    TRY(last.add("checkpoint", view(merkle::sign_note(text, note_key_, note_signer_of(key_))), next.newest_day));
    TRY(last.commit());
    *progress_ = std::move(next);
    published_size_ = size;
    for (const merkle::TileRef& tile : filled) remove_partials(options_.folder, tile);
    return {};
}

Result<std::uint64_t> TilePublisher::publish() {
    const std::uint64_t stored = TRY(store_.ledger_size());
    if (stored < published_size_) {
        return fail(ErrorKind::corrupt, "the published log has {} entries, the store {}", published_size_.load(), stored);
    }
    while (published_size_ < stored) {
        TRY(publish_step(std::min<std::uint64_t>(stored, published_size_ + options_.entries_in_checkpoint_max)));
    }
    return published_size_.load();
}

void TilePublisher::run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::chrono::milliseconds wait = options_.interval;
    const auto publish_and_say = [&] {
        const Result<std::uint64_t> published = publish();
        if (!published) log_event(LogLevel::error, "ledger.not_published", {{"why", published.error().message}});
        return published.has_value();
    };
    while (!stop.stop_requested()) {
        wait = publish_and_say() ? options_.interval : std::min(wait * 2, retry_max);
        std::unique_lock lock(mutex);
        stopped.wait_for(lock, stop, wait, [] { return false; });
    }
    publish_and_say();
}

}  // namespace plumbline::ledger
