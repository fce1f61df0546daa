// SPDX-License-Identifier: Apache-2.0
#include "intake/part_intake.h"

namespace plumbline::intake {

namespace {

SealedPart inline_part(std::uint32_t part, Bytes sealed) {
    SealedPart made;
    made.part = part;
    made.sealed_bytes = sealed.size();
    made.sealed_sha256 = sha256(sealed);
    made.where = std::move(sealed);
    return made;
}

Result<SealedPart> blob_part(std::uint32_t part, BlobWriter& blob) {
    const BlobRef ref = TRY(blob.commit());
    SealedPart made;
    made.part = part;
    made.sealed_bytes = ref.size_bytes;
    made.sealed_sha256 = ref.sha256;
    made.where = ref;
    return made;
}

}  // namespace

Result<void> PartIntake::push(ByteView plain) {
    // In pieces of a chunk: a caller with a large buffer does not make ours large.
    while (!plain.empty()) {
        const ByteView piece = plain.first(std::min(plain.size(), seal::chunk_plain_bytes));
        plain = plain.subspan(piece.size());
        plain_bytes_ += piece.size();
        sealer_.push(piece, sealed_);
        TRY(keep_or_spill());
    }
    return {};
}

Result<void> PartIntake::finish() {
    sealer_.finish(sealed_);
    return keep_or_spill();
}

Result<void> PartIntake::keep_or_spill() {
    if (!blob_ && sealed_.size() <= inline_bytes_max_) return {};
    if (!blob_) blob_ = TRY(blobs_.begin());
    TRY(blob_->write(sealed_));
    sealed_.clear();
    return {};
}

Result<SealedPart> PartIntake::commit() {
    if (blob_) return blob_part(part_, *blob_);
    return inline_part(part_, std::move(sealed_));
}

Result<SealedPart> PartIntake::commit_sealed(Bytes sealed, std::uint32_t part, Blobs& blobs, std::size_t inline_bytes_max) {
    if (sealed.size() <= inline_bytes_max) return inline_part(part, std::move(sealed));
    const auto blob = TRY(blobs.begin());
    TRY(blob->write(sealed));
    return blob_part(part, *blob);
}

}  // namespace plumbline::intake
