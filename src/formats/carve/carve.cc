// SPDX-License-Identifier: Apache-2.0
// The search looks for pairs of bytes that start a signature, thirty-two places at a time; the few that match are looked
// at closer.
#include "formats/carve/carve.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "formats/gzip/gzip.h"
#include "formats/text/text.h"
#include "formats/zip/zip.h"

namespace plumbline::formats {

namespace {
constexpr std::uint64_t pdf_bytes_max = 64ULL * 1024 * 1024;
constexpr std::uint64_t unread_max = 64;  // named one by one in a stretch; of the rest there is a count
constexpr std::uint64_t tried_in_vain_min = 1024 * 1024;

struct Pair {
    unsigned char first;
    unsigned char second;
};
// "PK" zip, 1f 8b gzip, "%P" PDF, "BZ" bzip2, fd 37 xz, 28 b5 zstd, "7z", "Ra" rar.
constexpr std::array<Pair, 8> pairs{{{'P', 'K'}, {0x1f, 0x8b}, {'%', 'P'}, {'B', 'Z'}, {0xfd, 0x37}, {0x28, 0xb5}, {'7', 'z'}, {'R', 'a'}}};

// One bit for each pair that has the byte in that place.
constexpr std::array<std::uint8_t, 256> bits_of(bool is_second) {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t i = 0; i < pairs.size(); ++i) table[is_second ? pairs[i].second : pairs[i].first] |= static_cast<std::uint8_t>(1U << i);
    return table;
}
constexpr std::array<std::uint8_t, 256> first_bits = bits_of(false);
constexpr std::array<std::uint8_t, 256> second_bits = bits_of(true);

std::size_t next_portable(const unsigned char* bytes, std::size_t at, std::size_t size) {
    for (; at + 1 < size; ++at)
        if ((first_bits[bytes[at]] & second_bits[bytes[at + 1]]) != 0) return at;
    return size;
}

#if defined(__x86_64__)
// Tables by the low and by the high half of a byte: a byte may start (or end) a pair where both have the pair's bit. Some
// others pass too; they are looked at again.
struct Halves {
    alignas(16) std::array<std::uint8_t, 16> low{};
    alignas(16) std::array<std::uint8_t, 16> high{};
};
constexpr Halves halves_of(const std::array<std::uint8_t, 256>& bits) {
    Halves out;
    for (unsigned c = 0; c < 256; ++c) {
        out.low[c & 15] = static_cast<std::uint8_t>(out.low[c & 15] | bits[c]);
        out.high[c >> 4] = static_cast<std::uint8_t>(out.high[c >> 4] | bits[c]);
    }
    return out;
}
constexpr Halves first_halves = halves_of(first_bits);
constexpr Halves second_halves = halves_of(second_bits);

__attribute__((target("avx2"))) __m256i broadcast(const std::array<std::uint8_t, 16>& table) {
    return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(table.data())));
}
__attribute__((target("avx2"))) std::size_t next_avx2(const unsigned char* bytes, std::size_t at, std::size_t size) {
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i first_low = broadcast(first_halves.low), first_high = broadcast(first_halves.high);
    const __m256i second_low = broadcast(second_halves.low), second_high = broadcast(second_halves.high);
    for (; at + 33 <= size; at += 32) {
        const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + at));
        const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + at + 1));
        const __m256i a = _mm256_and_si256(_mm256_shuffle_epi8(first_low, _mm256_and_si256(first, nibble)),
                                           _mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(first, 4), nibble)));
        const __m256i b = _mm256_and_si256(_mm256_shuffle_epi8(second_low, _mm256_and_si256(second, nibble)),
                                           _mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(second, 4), nibble)));
        const __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(a, b), _mm256_setzero_si256());
        for (auto hits = ~static_cast<std::uint32_t>(_mm256_movemask_epi8(none)); hits != 0; hits &= hits - 1) {
            const std::size_t hit = at + static_cast<std::size_t>(__builtin_ctz(hits));
            if ((first_bits[bytes[hit]] & second_bits[bytes[hit + 1]]) != 0) return hit;
        }
    }
    return next_portable(bytes, at, size);
}
#endif

std::uint32_t byte_at(ByteView bytes, std::uint64_t at) { return at < bytes.size() ? std::to_integer<std::uint32_t>(bytes[at]) : 0; }
std::uint32_t little(ByteView bytes, std::uint64_t at, unsigned size) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < size; ++i) value |= byte_at(bytes, at + i) << (8 * i);
    return value;
}
bool starts(ByteView bytes, std::uint64_t at, std::string_view magic) { return at < bytes.size() && text_of(bytes.subspan(at)).starts_with(magic); }

// A local header that could be true: a known version and method, a short name of printable letters.
bool is_zip_header(ByteView bytes, std::uint64_t at) {
    if (bytes.size() - at < 31 || !starts(bytes, at, std::string_view("PK\3\4", 4))) return false;
    const std::uint32_t name_size = little(bytes, at + 26, 2);
    if (little(bytes, at + 4, 2) > 0x3ff || little(bytes, at + 8, 2) > 99 || name_size == 0 || name_size > 1024 || bytes.size() - at - 30 < name_size) return false;
    const ByteView name = bytes.subspan(at + 30, name_size);
    return std::none_of(name.begin(), name.end(), [](std::byte b) { return b < std::byte{0x20} || b == std::byte{0x7f}; });
}
bool is_gzip_header(ByteView bytes, std::uint64_t at) {
    if (bytes.size() - at < 18 || byte_at(bytes, at + 2) != 8 || byte_at(bytes, at + 3) > 0x1f) return false;
    const std::uint32_t level = byte_at(bytes, at + 8);
    const std::uint32_t system = byte_at(bytes, at + 9);
    return (level == 0 || level == 2 || level == 4) && (system <= 13 || system == 255);
}

// The end of the PDF that begins at `at`: behind its last "%%EOF" before the next one begins; nothing where it has none.
std::optional<std::uint64_t> end_of_pdf(ByteView bytes, std::uint64_t at) {
    std::string_view text = text_of(bytes.subspan(at, std::min<std::uint64_t>(bytes.size() - at, pdf_bytes_max)));
    // Of either version, so that each byte is looked at from one header only.
    const auto is_next = [&](std::size_t next) { return text.substr(next + 5).starts_with('1') || text.substr(next + 5).starts_with("2."); };
    std::size_t next = text.find("%PDF-", 8);
    while (next != std::string_view::npos && !is_next(next)) next = text.find("%PDF-", next + 5);
    text = text.substr(0, next);
    const std::size_t last = text.rfind("%%EOF");
    if (last == std::string_view::npos) return std::nullopt;
    return at + last + 5;
}

class Carver {
  public:
    // `size` is that of the stretch in which files may begin.
    Carver(ByteView window, std::uint64_t size, Budget& budget, Visitor& visitor)
        : window_(window), vain_left_(2 * size + tried_in_vain_min), budget_(budget), visitor_(visitor) {}
    Carver(const Carver&) = delete;
    Carver& operator=(const Carver&) = delete;
    ~Carver() {
        if (unread_left_out_ > 0) visitor_.unread(left_out_from_, "", fmt::format("{} more beginnings of files that could not be read", unread_left_out_));
    }

    // The end of what begins at `at`, or nothing where nothing does.
    std::optional<std::uint64_t> at(std::uint64_t at) {
        if (is_zip_header(window_, at)) return zip_entry(at);
        if (starts(window_, at, "\x1f\x8b") && is_gzip_header(window_, at)) return gzip(at);
        if (starts(window_, at, "%PDF-1.") || starts(window_, at, "%PDF-2.")) return pdf(at);
        // What these take is known only to their readers; they are read to the window's end, and searched no further
        // than their signature.
        const bool is_archive = (starts(window_, at, "BZh") && starts(window_, at + 4, "1AY&SY")) || starts(window_, at, std::string_view("\xfd" "7zXZ\0", 6)) ||
                                (starts(window_, at, "\x28\xb5\x2f\xfd")) || starts(window_, at, "7z\xbc\xaf\x27\x1c") || starts(window_, at, "Rar!\x1a\x07");
        if (!is_archive) return std::nullopt;
        visitor_.window(at, window_.size(), {}, false);
        return at + 6;
    }

  private:
    std::optional<std::uint64_t> zip_entry(std::uint64_t at) {
        if (!may_try(at)) return at + 4;
        const std::uint64_t data = at + 30 + little(window_, at + 26, 2) + little(window_, at + 28, 2);
        Decoded child = read_zip_entry_alone(window_, at, budget_);
        if (!child.damage.empty()) unread(at, child.decoder, child.damage);
        if (child.bytes.empty()) {
            tried_in_vain(child.size_in);
            return at + 4;
        }
        const std::uint64_t end = data + child.size_in;
        Hints hints;
        hints.is_file = true;
        hints.name = text_of(window_.subspan(at + 30, little(window_, at + 26, 2)));
        visitor_.decoded(std::move(child), hints, false);
        return end;
    }
    std::optional<std::uint64_t> gzip(std::uint64_t at) {
        if (!may_try(at)) return std::nullopt;
        Decoded child = decode_gzip(window_.subspan(at), budget_, false);
        // Random bytes look like a header now and then: what gives nothing is none.
        if (child.bytes.empty()) {
            tried_in_vain(child.size_in);
            return std::nullopt;
        }
        child.offset = at;
        const std::uint64_t end = at + std::max<std::uint64_t>(child.size_in, 18);
        if (!child.damage.empty() && child.damage != "gzip: bytes behind the last member") unread(at, "gzip", child.damage);
        Hints hints;
        hints.is_file = true;
        visitor_.decoded(std::move(child), hints, false);
        return end;
    }
    std::optional<std::uint64_t> pdf(std::uint64_t at) {
        const std::optional<std::uint64_t> end = end_of_pdf(window_, at);
        if (!end) {
            unread(at, "", "pdf: begins here and has no end");
            return std::nullopt;
        }
        visitor_.window(at, *end, {}, false);
        return end;
    }

    // A header may hold a name that never ends, or a stream of empty blocks with the next header in it: what was read and
    // gave nothing is counted, and once it is far more than the stretch, no stream is read any more.
    bool may_try(std::uint64_t at) {
        if (vain_left_ > 0) return true;
        if (!std::exchange(is_vain_said_, true)) visitor_.unread(at, "", "too many beginnings of files that hold nothing: none is tried from here on");
        return false;
    }
    void tried_in_vain(std::uint64_t size) {
        vain_left_ -= std::min(vain_left_, size);
        budget_.take_steps(std::min(budget_.steps_left, size));
    }
    void unread(std::uint64_t at, std::string_view decoder, std::string reason) {
        if (unread_++ < unread_max) return visitor_.unread(at, decoder, std::move(reason));
        if (unread_left_out_++ == 0) left_out_from_ = at;
    }

    ByteView window_;
    std::uint64_t vain_left_;  // bytes
    bool is_vain_said_ = false;
    std::uint64_t unread_ = 0;
    std::uint64_t unread_left_out_ = 0;
    std::uint64_t left_out_from_ = 0;
    Budget& budget_;
    Visitor& visitor_;
};
}  // namespace

std::size_t next_signature(ByteView bytes, std::size_t at, bool is_portable) {
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
#if defined(__x86_64__)
    if (!is_portable && __builtin_cpu_supports("avx2")) return next_avx2(data, at, bytes.size());
#endif
    static_cast<void>(is_portable);
    return next_portable(data, at, bytes.size());
}

void carve(ByteView window, std::uint64_t begin, std::uint64_t end, Budget& budget, Visitor& visitor) {
    end = std::min<std::uint64_t>(end, window.size());
    if (begin >= end) return;
    if (!budget.take_steps(end - begin)) return visitor.unread(begin, "", "over the budget of steps: no files are looked for");
    Carver carver(window, end - begin, budget, visitor);
    for (std::uint64_t at = next_signature(window, begin); at < end;) {
        const std::uint64_t depth = budget.items_left;
        const std::optional<std::uint64_t> behind = budget.items_left > 0 ? carver.at(at) : std::nullopt;
        if (behind && depth == budget.items_left && !budget.take_items(1)) return;
        if (budget.items_left == 0) return visitor.unread(at, "", "over the budget of items: no files are looked for from here on");
        at = next_signature(window, behind ? std::max(*behind, at + 1) : at + 1);
    }
}

void open_unknown(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    open_raw(bytes, hints, budget, visitor);
    carve(bytes, 0, bytes.size(), budget, visitor);
}

}  // namespace plumbline::formats
