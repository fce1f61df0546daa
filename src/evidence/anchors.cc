// SPDX-License-Identifier: Apache-2.0
#include "evidence/anchors.h"

#include <array>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace plumbline::evidence {

namespace {
// A bit for each mask of BlockMasks.
constexpr std::uint16_t at_bit = 1, dot_bit = 2, colon_bit = 4, plus_bit = 8, digit_bit = 16, alnum_bit = 32, upper_bit = 64, writing_bit = 128, wide_bit = 256,
                        joiner_bit = 512, equals_bit = 1024, backslash_bit = 2048, closer_bit = 4096;
constexpr std::array<std::uint16_t, 256> classes = [] {
    std::array<std::uint16_t, 256> table{};
    table['@'] = at_bit;
    table['.'] = dot_bit;
    table[':'] = colon_bit;
    table['+'] = plus_bit;
    table['-'] = table['_'] = joiner_bit;
    table['='] = equals_bit;
    table['\\'] = backslash_bit;
    for (const char c : {')', ']', '}'}) table[static_cast<unsigned char>(c)] = closer_bit;
    for (unsigned c = 0x80; c < 256; ++c) table[c] = wide_bit;
    for (const unsigned c : {0x28U, 0x5bU, 0x7bU, 0x25U, 0x26U, 0xc2U, 0xe2U, 0xe3U, 0xefU}) table[c] |= writing_bit;
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
__attribute__((target("avx2"))) std::uint64_t equal_bits(__m256i low, __m256i high, char c) {
    return joined(_mm256_cmpeq_epi8(low, _mm256_set1_epi8(c)), _mm256_cmpeq_epi8(high, _mm256_set1_epi8(c)));
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
// "]" and "}" differ in one bit only.
__attribute__((target("avx2"))) __m256i closer_of(__m256i bytes, __m256i folded) {
    return _mm256_or_si256(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8('}')), _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(')')));
}
__attribute__((target("avx2"))) BlockMasks classify_avx2(const char* block) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 32));
    BlockMasks mask;
    mask.at = equal_bits(low, high, '@');
    mask.dot = equal_bits(low, high, '.');
    mask.colon = equal_bits(low, high, ':');
    mask.plus = equal_bits(low, high, '+');
    mask.digit = joined(in_range(low, '0', '9'), in_range(high, '0', '9'));
    mask.upper = joined(in_range(low, 'A', 'Z'), in_range(high, 'A', 'Z'));
    mask.writing = joined(writing_of(low), writing_of(high));
    const __m256i small = _mm256_set1_epi8(0x20);
    const __m256i low_small = _mm256_or_si256(low, small);
    const __m256i high_small = _mm256_or_si256(high, small);
    mask.alnum = mask.digit | joined(in_range(low_small, 'a', 'z'), in_range(high_small, 'a', 'z'));
    mask.wide = joined(low, high);
    mask.joiner = equal_bits(low, high, '-') | equal_bits(low, high, '_');
    mask.equals = equal_bits(low, high, '=');
    mask.backslash = equal_bits(low, high, '\\');
    mask.closer = joined(closer_of(low, low_small), closer_of(high, high_small));
    return mask;
}

__attribute__((target("avx512bw"))) std::uint64_t equal_bits(__m512i bytes, int c) { return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(static_cast<char>(c))); }
__attribute__((target("avx512bw"))) std::uint64_t range_bits(__m512i bytes, char first, char last) {
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, _mm512_set1_epi8(first)), _mm512_set1_epi8(static_cast<char>(last - first)));
}
__attribute__((target("avx512bw"))) BlockMasks classify_avx512(const char* block) {
    const __m512i bytes = _mm512_loadu_si512(block);
    const __m512i folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
    BlockMasks mask;
    mask.at = equal_bits(bytes, '@');
    mask.dot = equal_bits(bytes, '.');
    mask.colon = equal_bits(bytes, ':');
    mask.plus = equal_bits(bytes, '+');
    mask.digit = range_bits(bytes, '0', '9');
    mask.upper = range_bits(bytes, 'A', 'Z');
    mask.writing = equal_bits(folded, 0x7b) | equal_bits(bytes, 0x28) | equal_bits(bytes, 0x25) | equal_bits(bytes, 0x26) | equal_bits(folded, 0xe2) |
                   equal_bits(bytes, 0xe3) | equal_bits(bytes, 0xef);
    mask.alnum = mask.digit | range_bits(folded, 'a', 'z');
    mask.wide = _mm512_movepi8_mask(bytes);
    mask.joiner = equal_bits(bytes, '-') | equal_bits(bytes, '_');
    mask.equals = equal_bits(bytes, '=');
    mask.backslash = equal_bits(bytes, '\\');
    mask.closer = equal_bits(folded, '}') | equal_bits(bytes, ')');
    return mask;
}
#endif
}  // namespace

BlockMasks classify_portable(const char* block) {
    BlockMasks mask;
    for (unsigned i = 0; i < 64; ++i) {
        const std::uint64_t bits = classes[static_cast<unsigned char>(block[i])];
        mask.at |= (bits & 1) << i;
        mask.dot |= (bits >> 1 & 1) << i;
        mask.colon |= (bits >> 2 & 1) << i;
        mask.plus |= (bits >> 3 & 1) << i;
        mask.digit |= (bits >> 4 & 1) << i;
        mask.alnum |= (bits >> 5 & 1) << i;
        mask.upper |= (bits >> 6 & 1) << i;
        mask.writing |= (bits >> 7 & 1) << i;
        mask.wide |= (bits >> 8 & 1) << i;
        mask.joiner |= (bits >> 9 & 1) << i;
        mask.equals |= (bits >> 10 & 1) << i;
        mask.backslash |= (bits >> 11 & 1) << i;
        mask.closer |= (bits >> 12 & 1) << i;
    }
    return mask;
}

std::vector<Classify> every_classify() {
    std::vector<Classify> out{classify_portable};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) out.push_back(classify_avx2);
    if (__builtin_cpu_supports("avx512bw")) out.push_back(classify_avx512);
#endif
    return out;
}

Classify best_classify() {
    static const Classify best = every_classify().back();
    return best;
}

}  // namespace plumbline::evidence
