// SPDX-License-Identifier: Apache-2.0
// One part on its way in: sealed as it comes, held in memory while it is small, moved to a blob once it is not. Memory is
// bounded by the inline limit and one chunk, whatever the part's size.
#pragma once
#include <memory>
#include <optional>

#include "base/limits.h"
#include "seal/envelope.h"
#include "store/blobs.h"
#include "store/store.h"

namespace plumbline::intake {

// One thread. Destroyed before commit() it leaves nothing.
class PartIntake {
  public:
    PartIntake(seal::PartSealer sealer, std::uint32_t part, Blobs& blobs, std::size_t inline_bytes_max)
        : sealer_(std::move(sealer)), part_(part), blobs_(blobs), inline_bytes_max_(inline_bytes_max) {}

    Result<void> push(ByteView plain);     // unavailable: disk full
    Result<void> finish();                 // no more bytes; nothing is durable yet
    // After finish(): the part as the store takes it; where it is a blob, durable on return. Once.
    Result<SealedPart> commit();
    std::uint64_t plain_bytes() const { return plain_bytes_; }

    // For a part that is sealed already, as the content is.
    static Result<SealedPart> commit_sealed(Bytes sealed, std::uint32_t part, Blobs& blobs, std::size_t inline_bytes_max);

  private:
    Result<void> keep_or_spill();
    seal::PartSealer sealer_;
    std::uint32_t part_;
    Blobs& blobs_;
    std::size_t inline_bytes_max_;
    std::uint64_t plain_bytes_ = 0;
    Bytes sealed_;                         // all of it, or what is not in the blob yet
    std::unique_ptr<BlobWriter> blob_;
};

}  // namespace plumbline::intake
