// SPDX-License-Identifier: Apache-2.0
// Sealed parts on their way in, in as many requests as the line to the reporter needs: files in a folder beside the blobs,
// one an upload, named by a hash and the length that was said at first. The file's size is how far it came: what a crash or
// a cut line leaves is gone on with. Times are kept to the hour.
//
//     TRY(uploads->create(name));
//     auto writer = TRY(uploads->append(name, 0));      // takes over from a request that hangs
//     TRY(writer->write(piece));
//     const std::uint64_t offset = TRY(writer->commit());   // durable
//     const BlobRef blob = TRY(uploads->keep(name, blobs));  // once it is whole; the upload stays until remove()
#pragma once
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"
#include "base/time.h"
#include "store/blobs.h"

namespace plumbline {

struct UploadName {
    Sha256 secret_hash;                  // of the capability: a listing of the folder lets nobody write
    std::uint64_t length_bytes = 0;
};
struct UploadState {
    std::uint64_t offset_bytes = 0;
    Instant last_hour;                   // the start of the hour in which it was last written to
};

// What one request adds. One thread. Destroyed without commit(), what was written stays, and is found by state().
class UploadWriter {
  public:
    virtual ~UploadWriter() = default;
    // conflict: another request has taken over. too_large: past the length. unavailable: disk full.
    virtual Result<void> write(ByteView bytes) = 0;
    virtual Result<std::uint64_t> commit() = 0;   // the offset; durable on return
};

// Any thread; one process a folder.
class Uploads {
  public:
    static Result<std::unique_ptr<Uploads>> open(const std::string& folder);
    virtual ~Uploads() = default;
    virtual Result<void> create(const UploadName& name) = 0;                       // durable on return
    virtual Result<UploadState> state(const UploadName& name) = 0;                 // not_found; what it tells is durable
    virtual Result<std::unique_ptr<UploadWriter>> append(const UploadName& name, std::uint64_t offset_bytes) = 0;   // conflict
    virtual Result<Bytes> bytes(const UploadName& name) = 0;                       // of a small one, whole
    virtual Result<BlobRef> keep(const UploadName& name, Blobs& blobs) = 0;        // conflict: not whole yet
    virtual Result<void> remove(const UploadName& name) = 0;
    struct Totals {
        std::size_t uploads = 0;
        std::uint64_t bytes = 0;         // that they said they would have
    };
    virtual Result<Totals> totals() = 0;
    // Removes those that were last written to before; gives how many.
    virtual Result<std::size_t> sweep(Instant before) = 0;
};

}  // namespace plumbline
