// SPDX-License-Identifier: Apache-2.0
// QCOW2, versions 2 and 3: a table of tables of clusters, each a hole, plain, or a raw deflate stream. (QEMU:
// docs/interop/qcow2.txt. Big-endian.)
#include "disk/container/mapped_bytes.h"

namespace plumbline::disk {
namespace {

constexpr std::uint64_t place_mask = 0x00fffffffffffe00;
constexpr std::uint64_t is_compressed = 1ULL << 62U;
constexpr std::uint64_t reads_as_zero = 1;
constexpr std::uint64_t features_known = 1 | 2 | 8;  // dirty and corrupt: reading is possible all the same; how clusters are packed

class QcowMap final : public BlockMap {
  public:
    QcowMap(std::uint32_t cluster_bits, std::uint64_t tables, std::uint64_t tables_count, Storage packed)
        : bits_(cluster_bits), tables_(tables), count_(tables_count), packed_(packed) {}
    Result<BlockPlace> locate(Segments& segments, std::uint64_t block) override {
        RandomBytes& file = *segments[0];
        const std::uint32_t level_bits = bits_ - 3;
        const std::uint64_t first = block >> level_bits;
        if (first >= count_) return fail(ErrorKind::corrupt, "qcow2: past the table");
        const std::uint64_t table = big64(TRY(first_level_.entry(file, tables_, first, 8)), 0) & place_mask;
        if (table == 0) return BlockPlace{};
        const std::uint64_t entry = big64(TRY(second_level_.entry(file, table, block & ((1ULL << level_bits) - 1), 8)), 0);
        if ((entry & is_compressed) != 0) {
            const std::uint32_t place_bits = 62 - (bits_ - 8);
            const std::uint64_t offset = entry & ((1ULL << place_bits) - 1);
            const std::uint64_t sectors = ((entry & (is_compressed - 1)) >> place_bits) + 1;
            return BlockPlace{packed_, 0, offset, sectors * 512 - offset % 512};
        }
        const std::uint64_t offset = entry & place_mask;
        if (offset == 0 || (entry & reads_as_zero) != 0) return BlockPlace{};
        return BlockPlace{Storage::plain, 0, offset, 1ULL << bits_};
    }

  private:
    std::uint32_t bits_;
    std::uint64_t tables_;
    std::uint64_t count_;
    Storage packed_;
    TableReader first_level_;
    TableReader second_level_;
};

}  // namespace

Result<Linear> open_qcow(Segments segments) {
    const Bytes head = TRY(segments[0]->bytes(0, 112));
    const std::uint32_t version = big32(head, 4);
    if (version != 2 && version != 3) return fail(ErrorKind::unsupported, "QCOW version {}", version);
    if (big64(head, 8) != 0) return fail(ErrorKind::unsupported, "QCOW2 that needs its backing file");
    if (big32(head, 32) != 0) return fail(ErrorKind::unsupported, "QCOW2 that is encrypted");
    if (version == 3 && (big64(head, 72) & ~features_known) != 0) return fail(ErrorKind::unsupported, "QCOW2 with features {:#x}", big64(head, 72));
    const bool says_method = version == 3 && (big64(head, 72) & 8) != 0;
    const unsigned method = says_method ? std::to_integer<unsigned>(head[104]) : 0;
    if (method > 1) return fail(ErrorKind::unsupported, "QCOW2 packed by method {}", method);
    const std::uint32_t bits = big32(head, 20);
    if (bits < 9 || bits > 21) return fail(ErrorKind::corrupt, "QCOW2: cluster size");
    const std::uint64_t size = big64(head, 24);
    auto map = std::make_unique<QcowMap>(bits, big64(head, 40), big32(head, 36), method == 1 ? Storage::zstd : Storage::deflate);
    return Linear{TRY(mapped_bytes(std::move(segments), std::move(map), size, 1ULL << bits)), "qcow2"};
}

}  // namespace plumbline::disk
