// SPDX-License-Identifier: Apache-2.0
// A format's own length is trusted only where it ends inside the last block: a length elsewhere belongs to another file.
#include "disk/content_end.h"

#include <algorithm>
#include <array>

namespace plumbline::disk {
namespace {

using namespace std::string_view_literals;
constexpr std::size_t tail_bytes_max = 128 * 1024;
constexpr unsigned steps_max = 1'000'000;

struct Head {
    std::size_t at;
    std::string_view bytes;
    std::string_view extension;
};
constexpr std::array<Head, 21> heads{{
    {0, "\xff\xd8\xff"sv, "jpg"},      {0, "\x89PNG\r\n\x1a\n"sv, "png"}, {0, "GIF8"sv, "gif"},
    {0, "PK\x03\x04"sv, "zip"},        {0, "%PDF-"sv, "pdf"},             {0, "OggS"sv, "ogg"},
    {8, "WAVE"sv, "wav"},              {8, "AVI "sv, "avi"},              {8, "WEBP"sv, "webp"},
    {4, "ftyp"sv, "mp4"},              {0, "ID3"sv, "mp3"},               {0, "gimp xcf "sv, "xcf"},
    {0, "\x00\x00\x01\xba"sv, "mpeg"}, {0, "\x1f\x8b\x08"sv, "gz"},       {0, "7z\xbc\xaf\x27\x1c"sv, "7z"},
    {0, "Rar!\x1a\x07"sv, "rar"},      {0, "SQLite format 3\0"sv, "sqlite"}, {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "ole"},
    {0, "P6\n"sv, "ppm"},              {0, "#!/"sv, "sh"},                {0, "\xff\xfb"sv, "mp3"},
}};

std::uint64_t zip_end(ByteView tail, std::uint64_t tail_at) {
    const std::size_t at = text_of(tail).rfind("PK\x05\x06"sv);
    if (at == std::string_view::npos || at + 22 > tail.size()) return 0;
    return tail_at + at + 22 + little16(tail, at + 20);
}

// RFC 3533: pages of a 27-byte header, a table of segment lengths, and the segments.
std::uint64_t ogg_end(RandomBytes& content) {
    std::uint64_t at = 0;
    for (unsigned i = 0; i < steps_max; ++i) {
        const auto head = content.bytes(at, std::min<std::uint64_t>(27 + 255, content.size_bytes() - std::min(at, content.size_bytes())));
        if (!head || head->size() < 27 || !has_at(*head, 0, "OggS")) break;
        const std::size_t segments = std::to_integer<std::size_t>((*head)[26]);
        std::uint64_t length = 27 + segments;
        for (std::size_t k = 0; k < segments && 27 + k < head->size(); ++k) length += std::to_integer<std::uint64_t>((*head)[27 + k]);
        at += length;
    }
    return at;
}

// RIFF: a file may hold several (AVI beyond 1 GB).
std::uint64_t riff_end(RandomBytes& content) {
    std::uint64_t at = 0;
    for (unsigned i = 0; i < 64; ++i) {
        const auto head = at < content.size_bytes() ? content.bytes(at, std::min<std::uint64_t>(12, content.size_bytes() - at)) : Result<Bytes>(Bytes());
        if (!head || !has_at(*head, 0, "RIFF")) break;
        at += 8 + static_cast<std::uint64_t>(little32(*head, 4));
    }
    return at;
}

// ISO/IEC 14496-12: boxes of a 32-bit size and a type; size 1 has 64 bits after it.
std::uint64_t boxes_end(RandomBytes& content) {
    std::uint64_t at = 0;
    for (unsigned i = 0; i < steps_max && at + 8 <= content.size_bytes(); ++i) {
        const auto head = content.bytes(at, std::min<std::uint64_t>(16, content.size_bytes() - at));
        if (!head || head->size() < 8) break;
        const std::uint64_t length = big32(*head, 0) == 1 ? big64(*head, 8) : big32(*head, 0);
        const bool is_name = std::all_of(head->begin() + 4, head->begin() + 8, [](std::byte b) { return b >= std::byte{0x20} && b < std::byte{0x7f}; });
        if (length < 8 || length > content.size_bytes() - at || !is_name) break;
        at += length;
    }
    return at;
}

std::uint64_t png_end(RandomBytes& content) {
    std::uint64_t at = 8;
    for (unsigned i = 0; i < steps_max && at + 8 <= content.size_bytes(); ++i) {
        const auto head = content.bytes(at, 8);
        if (!head) break;
        at += 12 + static_cast<std::uint64_t>(big32(*head, 0));
        if (has_at(*head, 4, "IEND")) return at;
    }
    return 0;
}

std::uint64_t end_by_format(RandomBytes& content, std::string_view extension, std::uint64_t last_not_zero) {
    if (extension == "zip") {
        const std::uint64_t at = content.size_bytes() - std::min<std::uint64_t>(content.size_bytes(), tail_bytes_max);
        const auto tail = content.bytes(at, content.size_bytes() - at);
        return tail ? zip_end(*tail, at) : 0;
    }
    if (extension == "ogg") return ogg_end(content);
    if (extension == "wav" || extension == "avi" || extension == "webp") return riff_end(content);
    if (extension == "mp4") return boxes_end(content);
    if (extension == "png") return png_end(content);
    // It ends in the list of its last, smallest level, which is empty: four zero bytes after that level's height.
    if (extension == "xcf") return last_not_zero + 4;
    return 0;
}

bool is_text(ByteView bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b >= std::byte{0x20} || b == std::byte{'\n'} || b == std::byte{'\t'} || b == std::byte{'\r'}; });
}

}  // namespace

std::string extension_of(ByteView head) {
    for (const Head& known : heads) {
        if (has_at(head, known.at, known.bytes)) return std::string(known.extension);
    }
    return {};
}

FoundContent end_of_content(RandomBytes& content, std::uint64_t block_bytes) {
    FoundContent found;
    const std::uint64_t size = content.size_bytes();
    const auto head = content.bytes(0, std::min<std::uint64_t>(size, 64));
    const std::uint64_t last_block = size - std::min(size, block_bytes);
    const auto tail = content.bytes(last_block, size - last_block);
    if (!head || !tail) return {size, ""};
    found.extension = extension_of(*head);
    const auto last = std::find_if(tail->rbegin(), tail->rend(), [](std::byte b) { return b != std::byte{0}; });
    const std::uint64_t last_not_zero = last_block + static_cast<std::uint64_t>(tail->rend() - last);
    const std::uint64_t by_format = end_by_format(content, found.extension, last_not_zero);
    const bool fits = by_format > last_block && by_format <= size && by_format >= last_not_zero;
    found.size_bytes = fits ? by_format : last_not_zero > last_block ? last_not_zero : size;
    return found;
}

std::optional<std::uint64_t> length_by_format(ByteView bytes) {
    const std::string extension = extension_of(bytes);
    const auto whole = bytes_of_memory(bytes);
    std::uint64_t end = 0;
    if (extension == "zip") {
        const std::size_t at = text_of(bytes).find("PK\x05\x06"sv);
        if (at != std::string_view::npos && at + 22 <= bytes.size()) end = at + 22 + little16(bytes, at + 20);
    } else if (extension == "pdf") {
        const std::size_t at = text_of(bytes).find("%%EOF"sv);
        if (at != std::string_view::npos) end = at + 5;
        while (end > 0 && end < bytes.size() && (bytes[static_cast<std::size_t>(end)] == std::byte{'\n'} || bytes[static_cast<std::size_t>(end)] == std::byte{'\r'})) ++end;
    } else if (extension == "jpg") {
        const std::size_t at = text_of(bytes).find("\xff\xd9"sv);
        if (at != std::string_view::npos) end = at + 2;
    } else if (extension == "png" || extension == "ogg" || extension == "wav" || extension == "avi" || extension == "webp") {
        end = end_by_format(*whole, extension, 0);
    } else {
        const auto zero = std::find(bytes.begin(), bytes.end(), std::byte{0});
        const auto length = static_cast<std::uint64_t>(zero - bytes.begin());
        if (zero != bytes.end() && length >= 8 && is_text(bytes.first(static_cast<std::size_t>(length)))) end = length;
    }
    if (end == 0 || end > bytes.size()) return std::nullopt;
    return end;
}

}  // namespace plumbline::disk
