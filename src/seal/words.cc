// SPDX-License-Identifier: Apache-2.0
#include "seal/words.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/hash.h"
#include "seal/word_list.h"

namespace plumbline::seal {
namespace {
constexpr std::size_t word_count = 12;
constexpr std::size_t text_bytes_max = 1024;
constexpr unsigned word_bits = 11;

bool parts_words(char letter) {
    return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r' || letter == ',' || letter == '-';
}

// The list's index of a lower-case word, or of a start of at least four letters that only one word has; 2048 for none.
unsigned index_of(std::string_view word) {
    const auto* found = std::lower_bound(word_list.begin(), word_list.end(), word);
    if (found == word_list.end() || !found->starts_with(word)) return 2048;
    if (*found != word && word.size() < 4) return 2048;
    return static_cast<unsigned>(found - word_list.begin());
}
}  // namespace

std::string_view word_at(unsigned index) {
    CHECK(index < word_list.size());
    return word_list[index];
}

std::string words_from(const ByteArray<16>& bits) {
    // 128 bits, then the first 4 bits of their SHA-256: 12 times 11 bits.
    std::array<std::byte, 17> all{};
    std::copy(bits.begin(), bits.end(), all.begin());
    all[16] = sha256(bits).bytes[0];
    std::string text;
    for (std::size_t i = 0; i < word_count; ++i) {
        unsigned index = 0;
        for (std::size_t bit = i * word_bits; bit < (i + 1) * word_bits; ++bit) {
            index = index << 1 | (std::to_integer<unsigned>(all[bit / 8]) >> (7 - bit % 8) & 1);
        }
        if (i > 0) text += ' ';
        text += word_list[index];
    }
    return text;
}

Result<ByteArray<16>> bits_from_words(std::string_view text) {
    if (text.size() > text_bytes_max) return fail(ErrorKind::invalid, "words: longer than {} bytes", text_bytes_max);
    std::array<unsigned, word_count> indexes{};
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (parts_words(text[at])) {
            ++at;
            continue;
        }
        std::string word;
        for (; at < text.size() && !parts_words(text[at]); ++at) {
            const char letter = text[at];
            word += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
        }
        const unsigned index = index_of(word);
        if (index == 2048) return fail(ErrorKind::invalid, "words: word {} is not in the list", count + 1);
        if (count < word_count) indexes[count] = index;
        ++count;
    }
    if (count != word_count) return fail(ErrorKind::invalid, "words: {} words where there must be {}", count, word_count);
    std::array<std::byte, 17> all{};
    for (std::size_t bit = 0; bit < word_count * word_bits; ++bit) {
        const unsigned value = indexes[bit / word_bits] >> (word_bits - 1 - bit % word_bits) & 1;
        all[bit / 8] |= static_cast<std::byte>(value << (7 - bit % 8));
    }
    ByteArray<16> bits;
    std::copy_n(all.begin(), bits.size(), bits.begin());
    if (all[16] != (sha256(bits).bytes[0] & std::byte{0xf0})) {
        return fail(ErrorKind::invalid, "words: each is in the list, but together they do not fit: one is wrong or out of order");
    }
    return bits;
}

}  // namespace plumbline::seal
