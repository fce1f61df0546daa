// SPDX-License-Identifier: Apache-2.0
// Large sealed parts as files, named by the SHA-256 of their (sealed) bytes: DIR/aa/bb/<64 hex digits>. A blob is durable
// before the row that names it; a blob that no row names is swept at the next start.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/result.h"
#include "base/time.h"

namespace plumbline {

struct BlobRef {
    Sha256 sha256;
    std::uint64_t size_bytes = 0;
    bool operator==(const BlobRef&) const = default;
};

// One blob on its way in. Destroyed without commit() it leaves nothing. One thread at a time.
class BlobWriter {
  public:
    virtual ~BlobWriter() = default;
    virtual Result<void> write(ByteView bytes) = 0;   // unavailable: disk full
    virtual Result<BlobRef> commit() = 0;             // durable on return (file and folder synced); once
};
class BlobReader {
  public:
    virtual ~BlobReader() = default;
    virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) = 0;  // 0 at the end
    virtual std::uint64_t size_bytes() const = 0;
};

// Any thread.
class Blobs {
  public:
    // Folders are made; files of an unfinished writer (DIR/incoming/) are removed.
    static Result<std::unique_ptr<Blobs>> open(const std::string& folder);
    static std::unique_ptr<Blobs> in_memory();        // for tests
    virtual ~Blobs() = default;
    virtual Result<std::unique_ptr<BlobWriter>> begin() = 0;
    // Makes a whole file of the same disk a blob without copying it; the file stays. `ref` is its hash and size: the caller
    // says so. Durable on return.
    virtual Result<BlobRef> link_file(const std::string& path, const BlobRef& ref) = 0;
    virtual Result<std::unique_ptr<BlobReader>> read(const BlobRef& ref) = 0;   // not_found
    virtual Result<bool> check(const BlobRef& ref) = 0;                         // re-hashes; false where the bytes differ
    // All blobs, or those that were there before an instant (their times are kept to the hour: one counts from the end of
    // its hour on).
    virtual Result<std::vector<BlobRef>> list(std::optional<Instant> there_before = {}) = 0;
    virtual Result<void> remove(const BlobRef& ref) = 0;
};

}  // namespace plumbline
