// SPDX-License-Identifier: Apache-2.0
#include "link/sketch.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/hash.h"
#include "base/utf8.h"

namespace plumbline::link {
namespace {

// The finaliser of splitmix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    return x ^ x >> 31;
}

std::uint64_t hash_of(std::string_view word) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a, then mixed
    for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return mix(hash ^ word.size());
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80; }

// A token that names a host, an address or a URL: it changes from one copy of a scam to the next.
bool is_address(std::string_view token) {
    if (token.find('@') != std::string_view::npos || token.find("://") != std::string_view::npos) return true;
    for (std::size_t at = 1; at + 1 < token.size(); ++at) {
        if (token[at] == '.' && is_letter(token[at - 1]) && is_letter(token[at + 1])) return true;
    }
    return token.size() > 40 && token.size() < 2000 && std::none_of(token.begin(), token.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Scripts that write without spaces: kana, Han, Thai to Khmer, fullwidth forms. Lead bytes of their UTF-8 sequences.
bool is_unspaced(std::string_view sequence) {
    if (sequence.size() == 4) return static_cast<unsigned char>(sequence[1]) >= 0xa0;  // supplementary ideographs
    if (sequence.size() != 3) return false;
    const auto lead = static_cast<unsigned char>(sequence[0]);
    const auto next = static_cast<unsigned char>(sequence[1]);
    if (lead == 0xe0) return next >= 0xb8 && next <= 0xbb;              // Thai, Lao
    if (lead == 0xe3) return next >= 0x81;                              // kana, Han extension A
    return (lead >= 0xe4 && lead <= 0xe9) || (lead == 0xef && next >= 0xbc && next <= 0xbe);
}

class Words {
  public:
    void take_token(std::string_view token) {
        if (is_address(token)) return;
        std::string word;
        for (std::size_t at = 0; at < token.size();) {
            const std::size_t size = std::max<std::size_t>(1, utf8_sequence_size(token.substr(at)));
            const std::string_view sequence = token.substr(at, size);
            at += size;
            if (is_unspaced(sequence)) {
                end_word(word);
                hashes_.push_back(hash_of(sequence));
            } else if (size > 1) {
                word += sequence;
            } else if (is_letter(sequence[0]) && static_cast<unsigned char>(sequence[0]) < 0x80) {
                word += static_cast<char>(sequence[0] | 0x20);
            } else if (sequence[0] != '\'') {
                end_word(word);
            }
        }
        end_word(word);
    }
    const std::vector<std::uint64_t>& hashes() const { return hashes_; }

  private:
    void end_word(std::string& word) {
        if (!word.empty()) hashes_.push_back(hash_of(word));
        word.clear();
    }
    std::vector<std::uint64_t> hashes_;
};

void keep_smallest(std::vector<std::uint64_t>& hashes) {
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    if (hashes.size() > shingles_max) hashes.resize(shingles_max);
}

}  // namespace

std::vector<std::uint64_t> shingles_of(std::string_view text) {
    Words words;
    for (std::size_t at = 0; at < text.size();) {
        if (is_space(text[at])) {
            ++at;
            continue;
        }
        if (text[at] == '<') {  // markup that was left in the text; a lone '<' is not markup
            const std::size_t close = text.substr(at, 2000).find('>');
            if (close != std::string_view::npos) {
                at += close + 1;
                continue;
            }
        }
        std::size_t end = at + 1;
        while (end < text.size() && !is_space(text[end]) && text[end] != '<') ++end;
        words.take_token(text.substr(at, end - at));
        at = end;
    }
    const std::vector<std::uint64_t>& hashes = words.hashes();
    std::vector<std::uint64_t> shingles;
    for (std::size_t at = 0; at + shingle_words <= hashes.size(); ++at) {
        std::uint64_t shingle = 0;
        for (std::size_t word = 0; word < shingle_words; ++word) shingle = mix(shingle + 0x9e3779b97f4a7c15ULL + hashes[at + word]);
        shingles.push_back(shingle);
    }
    keep_smallest(shingles);
    return shingles;
}

void merge_shingles(std::vector<std::uint64_t>& into, const std::vector<std::uint64_t>& more) {
    into.insert(into.end(), more.begin(), more.end());
    keep_smallest(into);
}

TextSketch sketch_of(const std::vector<std::uint64_t>& shingles) {
    TextSketch sketch;
    sketch.reserve(shingles.size());
    for (const std::uint64_t shingle : shingles) sketch.push_back(static_cast<std::uint32_t>(shingle >> 32));
    std::sort(sketch.begin(), sketch.end());
    sketch.erase(std::unique(sketch.begin(), sketch.end()), sketch.end());
    if (sketch.size() > shingles_max) sketch.resize(shingles_max);
    return sketch;
}

double share_of(const TextSketch& a, const TextSketch& b) {
    if (a.empty() || b.empty()) return 0;
    // Where a set is a sample, it is complete only up to its largest member: compare within what both know.
    std::uint32_t up_to = std::numeric_limits<std::uint32_t>::max();
    if (a.size() >= shingles_max) up_to = std::min(up_to, a.back());
    if (b.size() >= shingles_max) up_to = std::min(up_to, b.back());
    std::size_t in_both = 0;
    std::size_t in_any = 0;
    auto left = a.begin();
    auto right = b.begin();
    while ((left != a.end() && *left <= up_to) || (right != b.end() && *right <= up_to)) {
        ++in_any;
        const std::uint64_t l = left != a.end() ? *left : ~0ULL;
        const std::uint64_t r = right != b.end() ? *right : ~0ULL;
        in_both += l == r;
        left += l <= r;
        right += r <= l;
    }
    return static_cast<double>(in_both) / static_cast<double>(in_any);
}

Fingerprint fingerprint_of(const TextSketch& sketch) {
    const Sha256 hash = sha256(std::as_bytes(std::span(sketch)));
    Fingerprint print;
    std::memcpy(print.data(), hash.bytes.data(), sizeof print);
    return print;
}

BandKeys band_keys_of(const TextSketch& sketch) {
    CHECK(!sketch.empty());
    constexpr std::size_t rows = bands * band_rows;
    std::array<std::uint64_t, rows> factor;
    std::array<std::uint64_t, rows> minima;
    for (std::size_t row = 0; row < rows; ++row) factor[row] = mix(row + 1) | 1;
    minima.fill(~0ULL);
    for (const std::uint32_t shingle : sketch) {
        const std::uint64_t spread = mix(shingle + 1ULL);
        for (std::size_t row = 0; row < rows; ++row) {
            // Multiply, then fold: the low half alone would keep the low bits' order from row to row.
            const std::uint64_t product = spread * factor[row];
            minima[row] = std::min(minima[row], product ^ product >> 32);
        }
    }
    BandKeys keys;
    for (std::size_t band = 0; band < bands; ++band) {
        std::uint64_t key = band + 1;
        for (std::size_t row = 0; row < band_rows; ++row) key = mix(key + 0x9e3779b97f4a7c15ULL + minima[band * band_rows + row]);
        keys[band] = key;
    }
    return keys;
}

}  // namespace plumbline::link
