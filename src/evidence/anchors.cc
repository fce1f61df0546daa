// SPDX-License-Identifier: Apache-2.0
#include "evidence/anchors.h"

#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace plumbline::evidence {

namespace {
constexpr std::uint8_t at_bit = 1, dot_bit = 2, colon_bit = 4, plus_bit = 8, digit_bit = 16, alnum_bit = 32, upper_bit = 64, writing_bit = 128;
constexpr std::array<std::uint8_t, 256> classes = [] {
    std::array<std::uint8_t, 256> table{};
    table['@'] = at_bit;
    table['.'] = dot_bit;
    table[':'] = colon_bit;
    table['+'] = plus_bit;
    for (const unsigned c : {0x28U, 0x5bU, 0x7bU, 0x25U, 0x26U, 0xc2U, 0xe2U, 0xe3U, 0xefU}) table[c] = writing_bit;
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = digit_bit | alnum_bit;
    for (unsigned c = 'a'; c <= 'z'; ++c) {
        table[c] = alnum_bit;
        table[c - 32] = alnum_bit | upper_bit;
    }
    return table;
}();

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::uint64_t joined(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
}
// Bytes in [first, last], both below 0x80: a saturating distance from `first` is at most last - first.
__attribute__((target("avx2"))) __m256i in_range(__m256i bytes, char first, char last) {
    const __m256i distance = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first));
    const __m256i width = _mm256_set1_epi8(static_cast<char>(last - first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(distance, width), distance);
}
// "[" and "{" differ in one bit only, and so do 0xc2 and 0xe2.
__attribute__((target("avx2"))) __m256i writing_of(__m256i bytes) {
    const __m256i folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    const __m256i brackets = _mm256_or_si256(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8(0x7b)), _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x28)));
    const __m256i signs = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x25)), _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(0x26)));
    const auto byte = [](int c) { return static_cast<char>(c); };
    const __m256i leads = _mm256_or_si256(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8(byte(0xe2))),
                                          _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte(0xe3))), _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte(0xef)))));
    return _mm256_or_si256(_mm256_or_si256(brackets, signs), leads);
}
__attribute__((target("avx2"))) BlockMasks classify_avx2(const char* block) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 32));
    BlockMasks mask;
    mask.at = joined(_mm256_cmpeq_epi8(low, _mm256_set1_epi8('@')), _mm256_cmpeq_epi8(high, _mm256_set1_epi8('@')));
    mask.dot = joined(_mm256_cmpeq_epi8(low, _mm256_set1_epi8('.')), _mm256_cmpeq_epi8(high, _mm256_set1_epi8('.')));
    mask.colon = joined(_mm256_cmpeq_epi8(low, _mm256_set1_epi8(':')), _mm256_cmpeq_epi8(high, _mm256_set1_epi8(':')));
    mask.plus = joined(_mm256_cmpeq_epi8(low, _mm256_set1_epi8('+')), _mm256_cmpeq_epi8(high, _mm256_set1_epi8('+')));
    mask.digit = joined(in_range(low, '0', '9'), in_range(high, '0', '9'));
    mask.upper = joined(in_range(low, 'A', 'Z'), in_range(high, 'A', 'Z'));
    mask.writing = joined(writing_of(low), writing_of(high));
    const __m256i small = _mm256_set1_epi8(0x20);
    mask.alnum = mask.digit | joined(in_range(_mm256_or_si256(low, small), 'a', 'z'), in_range(_mm256_or_si256(high, small), 'a', 'z'));
    return mask;
}
#endif
}  // namespace

BlockMasks classify_portable(const char* block) {
    BlockMasks mask;
    for (unsigned i = 0; i < 64; ++i) {
        const std::uint8_t bits = classes[static_cast<unsigned char>(block[i])];
        mask.at |= static_cast<std::uint64_t>(bits & 1) << i;
        mask.dot |= static_cast<std::uint64_t>(bits >> 1 & 1) << i;
        mask.colon |= static_cast<std::uint64_t>(bits >> 2 & 1) << i;
        mask.plus |= static_cast<std::uint64_t>(bits >> 3 & 1) << i;
        mask.digit |= static_cast<std::uint64_t>(bits >> 4 & 1) << i;
        mask.alnum |= static_cast<std::uint64_t>(bits >> 5 & 1) << i;
        mask.writing |= static_cast<std::uint64_t>(bits >> 7 & 1) << i;
        mask.upper |= static_cast<std::uint64_t>(bits >> 6 & 1) << i;
    }
    return mask;
}

Classify best_classify() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return classify_avx2;
#endif
    return classify_portable;
}

}  // namespace plumbline::evidence
