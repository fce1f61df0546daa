// SPDX-License-Identifier: Apache-2.0
// A few decoded blocks are kept, because file systems read small pieces beside one another.
#include "disk/container/mapped_bytes.h"

#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>

namespace plumbline::disk {
namespace {

constexpr std::size_t kept_blocks_max = 64;
constexpr std::uint64_t kept_bytes_max = 64ULL * 1024 * 1024;
constexpr std::uint64_t table_stretch_bytes = 4096;

struct FreeDecompressor {
    void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};

class MappedBytes final : public RandomBytes {
  public:
    MappedBytes(Segments segments, std::unique_ptr<BlockMap> map, std::uint64_t size, std::uint64_t block_bytes)
        : segments_(std::move(segments)), map_(std::move(map)), size_(size), block_bytes_(block_bytes),
          kept_(static_cast<std::size_t>(std::clamp<std::uint64_t>(kept_bytes_max / block_bytes, 1, kept_blocks_max))),
          decompressor_(libdeflate_alloc_decompressor()) {}
    std::uint64_t size_bytes() const override { return size_; }

  protected:
    Result<void> read_inside(std::uint64_t offset, std::span<std::byte> out) override {
        while (!out.empty()) {
            const std::uint64_t block = offset / block_bytes_;
            const std::uint64_t inside = offset % block_bytes_;
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), block_bytes_ - inside));
            TRY(read_block(block, inside, out.first(count)));
            out = out.subspan(count);
            offset += count;
        }
        return {};
    }

  private:
    struct Kept {
        std::uint64_t block = UINT64_MAX;
        Bytes bytes;
    };

    Result<void> read_block(std::uint64_t block, std::uint64_t inside, std::span<std::byte> out) {
        Kept& kept = kept_[static_cast<std::size_t>(block % kept_.size())];
        if (kept.block != block) {
            const BlockPlace place = TRY(map_->locate(segments_, block));
            if (place.storage == Storage::hole) {
                std::fill(out.begin(), out.end(), std::byte{0});
                return {};
            }
            if (place.segment >= segments_.size()) return fail(ErrorKind::corrupt, "the container: no segment {}", place.segment + 1);
            RandomBytes& segment = *segments_[place.segment];
            if (place.storage == Storage::plain) return segment.read(place.offset + inside, out);
            kept.block = UINT64_MAX;
            TRY(decompress(segment, place, kept.bytes));
            kept.block = block;
        }
        if (inside > kept.bytes.size() || out.size() > kept.bytes.size() - inside) return fail(ErrorKind::corrupt, "the container: block {} is too short", block);
        std::copy_n(kept.bytes.begin() + static_cast<std::ptrdiff_t>(inside), out.size(), out.begin());
        return {};
    }

    Result<void> decompress(RandomBytes& segment, const BlockPlace& place, Bytes& out) {
        if (decompressor_ == nullptr) return fail(ErrorKind::unavailable, "libdeflate");
        const std::uint64_t rest = segment.size_bytes() - std::min(place.offset, segment.size_bytes());
        const Bytes stored = TRY(segment.bytes(place.offset, std::min({place.stored, rest, unpacked_block_bytes_max + 65536})));
        if (block_bytes_ > unpacked_block_bytes_max) return fail(ErrorKind::corrupt, "the container: compressed blocks of {} bytes", block_bytes_);
        out.resize(static_cast<std::size_t>(block_bytes_));
        if (place.storage == Storage::zstd) return decompress_zstd(stored, out);
        std::size_t made = 0;
        std::size_t used = 0;
        const auto run = place.storage == Storage::zlib ? libdeflate_zlib_decompress_ex : libdeflate_deflate_decompress_ex;
        const libdeflate_result result = run(decompressor_.get(), stored.data(), stored.size(), out.data(), out.size(), &used, &made);
        if (result != LIBDEFLATE_SUCCESS) return fail(ErrorKind::corrupt, "the container: a compressed block at {} does not decode", place.offset);
        out.resize(made);
        return {};
    }

    // A frame, with what fills its last sector after it.
    static Result<void> decompress_zstd(ByteView stored, Bytes& out) {
        const std::size_t frame = ZSTD_findFrameCompressedSize(stored.data(), stored.size());
        const std::size_t made = ZSTD_isError(frame) != 0 ? frame : ZSTD_decompress(out.data(), out.size(), stored.data(), frame);
        if (ZSTD_isError(made) != 0) return fail(ErrorKind::corrupt, "the container: a zstd block does not decode");
        out.resize(made);
        return {};
    }

    Segments segments_;
    std::unique_ptr<BlockMap> map_;
    std::uint64_t size_;
    std::uint64_t block_bytes_;
    std::vector<Kept> kept_;
    std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor_;
};

}  // namespace

Result<std::unique_ptr<RandomBytes>> mapped_bytes(Segments segments, std::unique_ptr<BlockMap> map, std::uint64_t size_bytes, std::uint64_t block_bytes) {
    if (block_bytes == 0 || block_bytes > container_block_bytes_max) return fail(ErrorKind::corrupt, "the container: blocks of {} bytes", block_bytes);
    return std::unique_ptr<RandomBytes>(new MappedBytes(std::move(segments), std::move(map), size_bytes, block_bytes));
}

Result<ByteView> TableReader::entry(RandomBytes& segment, std::uint64_t offset, std::uint64_t index, std::size_t entry_bytes) {
    if (index > UINT64_MAX / 16) return fail(ErrorKind::corrupt, "the container: a table's place");
    const std::uint64_t wanted = offset + index * entry_bytes;
    const std::uint64_t at = wanted / table_stretch_bytes * table_stretch_bytes;
    // Entries of a table that does not start on their own size could lie across two stretches.
    if (wanted < offset || wanted - at + entry_bytes > table_stretch_bytes || segment.size_bytes() <= wanted) {
        Stretch& stretch = stretches_[0];
        stretch = {nullptr, 0, TRY(segment.bytes(wanted, entry_bytes))};
        return ByteView(stretch.bytes);
    }
    Stretch& stretch = stretches_[static_cast<std::size_t>(at / table_stretch_bytes % (stretches_.size() - 1)) + 1];
    if (stretch.segment != &segment || stretch.at != at || stretch.bytes.empty()) {
        stretch = {nullptr, 0, {}};
        stretch.bytes = TRY(segment.bytes(at, std::min(table_stretch_bytes, segment.size_bytes() - at)));
        stretch.segment = &segment;
        stretch.at = at;
    }
    const auto inside = static_cast<std::size_t>(wanted - at);
    if (inside + entry_bytes > stretch.bytes.size()) return fail(ErrorKind::corrupt, "the container: a table past the end");
    return ByteView(stretch.bytes).subspan(inside, entry_bytes);
}

}  // namespace plumbline::disk
