// SPDX-License-Identifier: Apache-2.0
// AFF version 1 in one file: named segments, of which "page0", "page1", ... hold the disk, each plain, a zlib stream, or
// only said to be zeros. (S. Garfinkel, AFFLIB: "afflib.h", struct af_segment_head. Big-endian.)
#include <algorithm>
#include <charconv>

#include "disk/container/mapped_bytes.h"

namespace plumbline::disk {
namespace {

constexpr std::uint64_t file_head_bytes = 8;
constexpr std::uint64_t segment_head_bytes = 16;
constexpr std::uint64_t segment_tail_bytes = 8;
constexpr std::uint32_t name_bytes_max = 64;
constexpr std::size_t segments_max = 4'000'000;
constexpr std::uint32_t flag_compressed = 1;
constexpr std::uint32_t algorithm_mask = 0xf0;
constexpr std::uint32_t algorithm_zlib = 0;
constexpr std::uint32_t algorithm_zero = 0x30;

struct Page {
    std::uint64_t number = 0;
    std::uint64_t offset = 0;
    std::uint32_t stored = 0;
    std::uint32_t flags = 0;
    bool operator<(const Page& other) const { return number < other.number; }
};
struct Reading {
    std::vector<Page> pages;
    std::uint64_t page_bytes = 0;
    std::uint64_t size_bytes = 0;
    bool is_encrypted = false;
};

class AffMap final : public BlockMap {
  public:
    AffMap(std::vector<Page> pages, std::uint64_t page_bytes) : pages_(std::move(pages)), page_bytes_(page_bytes) {}
    Result<BlockPlace> locate(Segments&, std::uint64_t block) override {
        const auto page = std::lower_bound(pages_.begin(), pages_.end(), Page{block, 0, 0, 0});
        // A page that was not taken (or could not be) reads as zero.
        if (page == pages_.end() || page->number != block) return BlockPlace{};
        if ((page->flags & flag_compressed) == 0) return BlockPlace{Storage::plain, 0, page->offset, page_bytes_};
        if ((page->flags & algorithm_mask) == algorithm_zero) return BlockPlace{};
        if ((page->flags & algorithm_mask) != algorithm_zlib) return fail(ErrorKind::unsupported, "AFF: a page packed by method {:#x} (LZMA)", page->flags);
        return BlockPlace{Storage::zlib, 0, page->offset, page->stored};
    }

  private:
    std::vector<Page> pages_;
    std::uint64_t page_bytes_;
};

void take_segment(std::string_view name, const Page& segment, RandomBytes& file, Reading& reading) {
    if (name == "pagesize" || name == "segsize") reading.page_bytes = segment.flags;
    if (name == "imagesize") {
        const auto size = file.bytes(segment.offset, std::min<std::uint64_t>(segment.stored, 8));
        if (size && size->size() == 8) reading.size_bytes = static_cast<std::uint64_t>(big32(*size, 4)) << 32U | big32(*size, 0);
    }
    const std::size_t digits = name.starts_with("page") ? 4 : name.starts_with("seg") ? 3 : 0;
    if (digits == 0 || name.size() == digits) return;
    Page page = segment;
    const auto [end, error] = std::from_chars(name.data() + digits, name.data() + name.size(), page.number);
    if (error != std::errc()) return;
    const std::string_view rest = name.substr(static_cast<std::size_t>(end - name.data()));
    if (rest.empty()) reading.pages.push_back(page);
    else if (rest == "/aes256") reading.is_encrypted = true;
}

Result<Reading> read_segments(RandomBytes& file) {
    Reading reading;
    std::uint64_t at = file_head_bytes;
    for (std::size_t i = 0; i < segments_max && at + segment_head_bytes <= file.size_bytes(); ++i) {
        const Bytes head = TRY(file.bytes(at, std::min<std::uint64_t>(segment_head_bytes + name_bytes_max, file.size_bytes() - at)));
        if (!has_at(head, 0, std::string_view("AFF\0", 4))) break;
        const std::uint32_t name_bytes = big32(head, 4);
        const std::uint32_t stored = big32(head, 8);
        const Page segment{0, at + segment_head_bytes + name_bytes, stored, big32(head, 12)};
        if (name_bytes <= head.size() - segment_head_bytes) take_segment(text_of(head).substr(segment_head_bytes, name_bytes), segment, file, reading);
        at = segment.offset + stored + segment_tail_bytes;
    }
    // A page that was written again stands twice: the last counts.
    std::reverse(reading.pages.begin(), reading.pages.end());
    std::stable_sort(reading.pages.begin(), reading.pages.end());
    reading.pages.erase(std::unique(reading.pages.begin(), reading.pages.end(), [](const Page& a, const Page& b) { return a.number == b.number; }), reading.pages.end());
    return reading;
}

}  // namespace

Result<Linear> open_aff(Segments segments) {
    Reading reading = TRY(read_segments(*segments[0]));
    if (reading.is_encrypted) return fail(ErrorKind::unsupported, "not opened: AFF that is encrypted");
    if (reading.page_bytes == 0 || reading.page_bytes > unpacked_block_bytes_max || reading.size_bytes == 0) return fail(ErrorKind::corrupt, "AFF: no page or image size");
    const std::uint64_t page_bytes = reading.page_bytes;
    auto map = std::make_unique<AffMap>(std::move(reading.pages), page_bytes);
    return Linear{TRY(mapped_bytes(std::move(segments), std::move(map), reading.size_bytes, page_bytes)), "aff"};
}

}  // namespace plumbline::disk
