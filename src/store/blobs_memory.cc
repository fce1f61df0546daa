// SPDX-License-Identifier: Apache-2.0
// Blobs in memory, for tests: the same contract as files, less the durability.
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>

#include "base/check.h"
#include "store/blobs.h"

namespace plumbline {

namespace {

// A reader has its own copy, as it would have an open file. Writers must not outlive the blobs.
struct Shelf {
    std::mutex mutex;
    std::map<Sha256, Bytes> blobs;
    std::map<Sha256, Instant> hours;  // when each was committed
};

class MemoryBlobWriter final : public BlobWriter {
  public:
    explicit MemoryBlobWriter(Shelf& shelf) : shelf_(shelf) {}
    Result<void> write(ByteView bytes) override {
        append(bytes_, bytes);
        return {};
    }
    Result<BlobRef> commit() override {
        CHECK(!is_committed_);
        is_committed_ = true;
        const BlobRef ref{sha256(bytes_), bytes_.size()};
        const std::lock_guard lock(shelf_.mutex);
        shelf_.hours[ref.sha256] = std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now());
        shelf_.blobs[ref.sha256] = std::move(bytes_);
        return ref;
    }

  private:
    Shelf& shelf_;
    Bytes bytes_;
    bool is_committed_ = false;
};

class MemoryBlobReader final : public BlobReader {
  public:
    explicit MemoryBlobReader(Bytes bytes) : bytes_(std::move(bytes)) {}
    Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
        if (offset >= bytes_.size()) return std::size_t{0};
        const ByteView rest = ByteView(bytes_).subspan(static_cast<std::size_t>(offset));
        const std::size_t count = std::min(rest.size(), out.size());
        std::copy_n(rest.begin(), count, out.begin());
        return count;
    }
    std::uint64_t size_bytes() const override { return bytes_.size(); }

  private:
    Bytes bytes_;
};

class MemoryBlobs final : public Blobs {
  public:
    Result<std::unique_ptr<BlobWriter>> begin() override { return std::make_unique<MemoryBlobWriter>(shelf_); }
    Result<BlobRef> link_file(const std::string& path, const BlobRef& ref) override {
        std::ifstream file(path, std::ios::binary);
        if (!file) return fail(ErrorKind::not_found, "no file {}", path);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const auto writer = TRY(begin());
        TRY(writer->write(view(text)));
        TRY(writer->commit());
        return ref;
    }
    Result<std::unique_ptr<BlobReader>> read(const BlobRef& ref) override {
        return std::make_unique<MemoryBlobReader>(TRY(find(ref)));
    }
    Result<bool> check(const BlobRef& ref) override {
        const Bytes bytes = TRY(find(ref));
        return bytes.size() == ref.size_bytes && sha256(bytes) == ref.sha256;
    }
    Result<std::vector<BlobRef>> list(std::optional<Instant> there_before) override {
        const std::lock_guard lock(shelf_.mutex);
        std::vector<BlobRef> refs;
        for (const auto& entry : shelf_.blobs)
            if (!there_before || shelf_.hours[entry.first] + std::chrono::hours(1) <= *there_before) refs.push_back(BlobRef{entry.first, entry.second.size()});
        return refs;
    }
    Result<void> remove(const BlobRef& ref) override {
        const std::lock_guard lock(shelf_.mutex);
        if (shelf_.blobs.erase(ref.sha256) == 0) return fail(ErrorKind::not_found, "no blob {}", ref.sha256.hex());
        return {};
    }

  private:
    Result<Bytes> find(const BlobRef& ref) {
        const std::lock_guard lock(shelf_.mutex);
        const auto found = shelf_.blobs.find(ref.sha256);
        if (found == shelf_.blobs.end()) return fail(ErrorKind::not_found, "no blob {}", ref.sha256.hex());
        return found->second;
    }

    Shelf shelf_;
};

}  // namespace

std::unique_ptr<Blobs> Blobs::in_memory() { return std::make_unique<MemoryBlobs>(); }

}  // namespace plumbline
