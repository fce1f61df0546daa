// SPDX-License-Identifier: Apache-2.0
// A part too large to be held: its sealed bytes come range by range, are checked and opened in order, and a window of the
// plain bytes stands in memory, at its place in a file of the part's size. Reading can go on later, elsewhere, at a place.
//
//     PartWindow window = TRY(PartWindow::open(part, opener, fetch));
//     TRY(window.reach(end));          // the bytes before `end` are there ...
//     window.forget(begin);            // ... those before `begin` no longer
//     const Sha256 hash = TRY(window.finish());
//
// One thread.
#pragma once
#include <deque>
#include <functional>

#include "base/hash.h"
#include "base/json.h"
#include "dispatch/lab_desk.h"
#include "lab/memory_file.h"
#include "seal/envelope.h"

namespace plumbline::lab {

// Everything that comes in the order of the bytes.
struct ReadingPlace {
    seal::PartPlace opener;
    Bytes sealed_hash;      // Sha256Stream::state() up to the opener's place
    Bytes plain_hash;
};
Json to_json(const ReadingPlace& place);
Result<ReadingPlace> reading_place_from(const Json& json);

class PartWindow {
  public:
    using Fetch = std::function<Result<void>(std::uint64_t offset, std::uint64_t count, const std::function<Result<void>(ByteView)>& take)>;
    // corrupt: no part has this size.
    static Result<PartWindow> open(const dispatch::LeasePart& part, TipId tip, const seal::TipKey& key, Fetch fetch,
                                   const std::optional<ReadingPlace>& from = {});
    std::uint64_t size_bytes() const { return size_bytes_; }   // of the plain part
    int file() const { return file_.number(); }
    Result<void> reach(std::uint64_t end);                     // corrupt: what came does not open
    void forget(std::uint64_t before);
    // The last place that is kept at or before `plain_at`; nothing where that was forgotten or not yet read.
    std::optional<ReadingPlace> place_before(std::uint64_t plain_at) const;
    // Reads on to the end. corrupt: size or SHA-256 of what came are not the lease's. The SHA-256 of the plain part.
    Result<Sha256> finish();

  private:
    PartWindow(const dispatch::LeasePart& part, Fetch fetch, MemoryFile file, seal::PartOpener opener)
        : part_(part), fetch_(std::move(fetch)), file_(std::move(file)), opener_(std::move(opener)) {}
    Result<void> fetch_range();
    Result<void> take(ByteView sealed);
    Result<void> keep_plain();

    const dispatch::LeasePart part_;
    Fetch fetch_;
    MemoryFile file_;
    seal::PartOpener opener_;
    Sha256Stream sealed_hash_;
    Sha256Stream plain_hash_;
    std::uint64_t size_bytes_ = 0;
    std::uint64_t sealed_at_ = 0;      // what was fetched
    std::uint64_t plain_at_ = 0;       // what was opened
    std::uint64_t forgotten_ = 0;
    Bytes plain_;
    Bytes boundary_hash_;              // of the sealed bytes, at the last boundary
    std::deque<ReadingPlace> places_;  // oldest first
};

}  // namespace plumbline::lab
