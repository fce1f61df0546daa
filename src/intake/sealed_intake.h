// SPDX-License-Identifier: Apache-2.0
// Takes in what its reporter has sealed already (docs/formats/sealed_tip.md): sealed parts come as uploads, in as many
// requests as the line needs, and one call makes a tip of them. Nothing here could open any of it; what can be told from
// outside is checked (sizes, versions, numbers, the hour in the id), the rest at the desk.
//
//     const NewUpload upload = TRY(sealed->create_upload(length));
//     auto pieces = TRY(sealed->append(upload.secret, 0));
//     TRY(pieces->data(bytes));  const std::uint64_t offset = TRY(pieces->finish());
//     const SealedReceipt receipt = TRY(sealed->accept(tip));       // durable
#pragma once
#include "intake/intake.h"
#include "store/uploads.h"

namespace plumbline::intake {

struct NewUpload {
    std::string secret;                          // whoever has it may add to the upload, and name it in a tip
    Instant expires;                             // where nothing is added
};
struct UploadProgress {
    std::uint64_t offset_bytes = 0;
    std::uint64_t length_bytes = 0;
    Instant expires;
};

// The bytes of one request. One thread. Destroyed without finish(), what came stays.
class UploadPieces {
  public:
    virtual ~UploadPieces() = default;
    virtual Result<void> data(ByteView piece) = 0;     // conflict: another request goes on; too_large; corrupt: no sealed part
    virtual Result<std::uint64_t> finish() = 0;        // the offset, durable
};

struct SealedTipPart {
    std::uint32_t part = 0;                      // 0 = content, n = n-th file; last, where there is one, seal::identity_part
    std::string upload = {};                     // the secret of a whole upload; or
    Bytes sealed = {};                           // the sealed bytes themselves
};
struct SealedTip {
    TipId tip;                                   // made by the reporter: its time is an hour, and near
    CategoryGroup group = CategoryGroup::other;
    Bytes wrapped_keys;
    Sha256 mailbox;
    seal::PublicKey reporter_key;
    std::vector<SealedTipPart> parts;
};
struct SealedReceipt {
    TipId tip;
    std::uint64_t entry = 0;                     // ledger index
    std::string proof;
    bool is_new = true;                          // false: this very tip was handed in before; the proof is that of then
};

// Any thread.
class SealedIntake {
  public:
    static std::unique_ptr<SealedIntake> make(Store& store, Blobs& blobs, Uploads& uploads, Clock& clock, Entropy& entropy,
                                              IntakeKeys keys, const Limits& limits);
    virtual ~SealedIntake() = default;
    virtual Result<NewUpload> create_upload(std::uint64_t length_bytes) = 0;     // invalid, too_large; busy: too many are under way
    virtual Result<UploadProgress> progress(std::string_view upload) = 0;        // not_found
    virtual Result<std::unique_ptr<UploadPieces>> append(std::string_view upload, std::uint64_t offset_bytes) = 0;   // conflict
    virtual Result<void> end_upload(std::string_view upload) = 0;                // not_found
    // invalid with a message that starts with the field's name; conflict: the id or the mailbox is another tip's, or an
    // upload is not whole. Handed in again, the same tip gets the same receipt: a lost answer costs nothing.
    virtual Result<SealedReceipt> accept(SealedTip tip) = 0;
    virtual const IntakeKeys& keys() const = 0;
};

}  // namespace plumbline::intake
