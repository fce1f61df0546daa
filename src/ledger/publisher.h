// SPDX-License-Identifier: Apache-2.0
// Writes the store's ledger entries out as static files (docs/formats/ledger.md, "Life of an entry"): bundles and tiles
// first, then the signed checkpoint. Every file is written whole, synced and renamed; a crash at any moment leaves the old
// checkpoint with its files, and the next start goes on from it.
//
//     auto publisher = TRY(TilePublisher::open(store, ledger_key, {.folder = data + "/ledger", .origin = "hotline.example/ledger"}));
//     std::jthread thread([&](std::stop_token stop) { publisher->run(stop); });
//
// open() reads all published entries in the store again and refuses (`corrupt`, with the first entry that differs) where they
// do not lead to the published root: the publisher never signs a second history.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "merkle/note.h"
#include "merkle/tiles.h"
#include "seal/keys.h"
#include "store/store.h"

namespace plumbline::ledger {

struct PublisherOptions {
    std::string folder;                                 // DIR/ledger; made where missing. Files in work stand in folder + ".incoming"
    std::string origin;                                 // the log's name: no space, no plus
    std::chrono::milliseconds interval{1000};           // at most one checkpoint in this time
    std::size_t entries_in_checkpoint_max = 65536;      // a larger backlog is published in several steps
};

// publish() and run(): one thread at a time. published_size(): any thread.
class TilePublisher {
  public:
    // One process publishes into a folder; `busy` where another does. Store and key outlive the publisher.
    static Result<std::unique_ptr<TilePublisher>> open(Store& store, const seal::SigningKey& key, PublisherOptions options);
    ~TilePublisher();
    TilePublisher(const TilePublisher&) = delete;
    TilePublisher& operator=(const TilePublisher&) = delete;

    // Publishes all that the store has now. unavailable: disk full; the next call tries the same again.
    Result<std::uint64_t> publish();
    // Publishes as entries come until it is stopped, and once more then. Faults go to the log, and are tried again.
    void run(const std::stop_token& stop);
    std::uint64_t published_size() const { return published_size_; }
    const merkle::NoteKey& note_key() const { return note_key_; }

  private:
    struct Progress;
    struct Lock;
    TilePublisher(Store& store, const seal::SigningKey& key, PublisherOptions options);
    Result<void> start();
    Result<void> replay(const merkle::Checkpoint& checkpoint);
    Result<void> publish_step(std::uint64_t size_wanted);

    Store& store_;
    const seal::SigningKey& key_;
    PublisherOptions options_;
    merkle::NoteKey note_key_;
    std::unique_ptr<Lock> lock_;
    std::unique_ptr<Progress> progress_;
    std::atomic<std::uint64_t> published_size_ = 0;
};

}  // namespace plumbline::ledger
