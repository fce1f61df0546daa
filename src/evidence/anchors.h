// SPDX-License-Identifier: Apache-2.0
// The first pass over the bytes. Sixty-four bytes at a time become a few bit masks (one bit a byte), and only where a
// mask has a bit does a verifier look closer: '@', "." between host letters, ':', "+1", what starts another writing ("[.]",
// "%40", "&#64;", full-width letters), the start of a run of digits, six capital letters in a row, and words of 25 letters
// and digits or more. Bytes without anchors cost a few instructions a block. All ways of making the masks give equal bits;
// which one runs depends on the processor.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace plumbline::evidence {

struct BlockMasks {
    std::uint64_t at = 0;      // '@'
    std::uint64_t dot = 0;     // '.'
    std::uint64_t colon = 0;   // ':'
    std::uint64_t plus = 0;    // '+'
    std::uint64_t digit = 0;   // 0-9
    std::uint64_t upper = 0;   // A-Z
    std::uint64_t writing = 0; // ( [ { % & and the first bytes of full-width letters and of those without width
    std::uint64_t alnum = 0;   // 0-9 A-Z a-z
    std::uint64_t wide = 0;    // bytes over 127
    std::uint64_t joiner = 0;  // - _
    std::uint64_t equals = 0;  // '='
    std::uint64_t backslash = 0;
    std::uint64_t closer = 0;  // ) ] }
    bool operator==(const BlockMasks&) const = default;
};
using Classify = BlockMasks (*)(const char* block);  // of exactly 64 bytes
BlockMasks classify_portable(const char* block);
std::vector<Classify> every_classify();   // that this processor can run, the best last
Classify best_classify();   // AVX-512 or AVX2 where the processor has it

// Which runs of digits are anchors: those that may be part of a find or a writing by what stands around them (four digits
// or more, or letters, a hyphen or "_", "=" or a backslash near), or every one.
enum class Digits : std::uint8_t { likely, all };

enum class Anchor : std::uint8_t { at, dot, colon, plus, digits, writing, capitals, word };

// Of one kind: bits of what stands n bytes before, and of what stands n behind, all of them where that is not known.
inline std::uint64_t bits_before(std::uint64_t BlockMasks::*kind, const BlockMasks& mask, const BlockMasks& previous, unsigned n) {
    return mask.*kind << n | previous.*kind >> (64 - n);
}
inline std::uint64_t bits_behind(std::uint64_t bits, unsigned n) { return bits >> n | ~std::uint64_t{0} << (64 - n); }

// The first digits of runs.
inline std::uint64_t digit_anchors(const BlockMasks& mask, const BlockMasks& previous, Digits wanted) {
    const auto before = [&](std::uint64_t BlockMasks::*kind, unsigned n) { return bits_before(kind, mask, previous, n); };
    const std::uint64_t digits = mask.digit & ~before(&BlockMasks::digit, 1);
    if (wanted == Digits::all || digits == 0) return digits;
    const std::uint64_t two = bits_behind(mask.digit, 1);
    const std::uint64_t three = two & bits_behind(mask.digit, 2);
    const std::uint64_t letter = before(&BlockMasks::alnum, 1) & ~before(&BlockMasks::digit, 1);
    const std::uint64_t letter_two = before(&BlockMasks::alnum, 2) & ~before(&BlockMasks::digit, 2);
    return digits & ((three & bits_behind(mask.digit, 3)) | (two & letter & letter_two) | (three & letter_two & ~before(&BlockMasks::alnum, 1)) |
                     before(&BlockMasks::joiner, 1) | bits_behind(mask.joiner, 1) | bits_behind(mask.joiner, 2) | before(&BlockMasks::equals, 1) |
                     before(&BlockMasks::backslash, 2));
}
// Dots between bytes of names, and those beside a closing bracket or a backslash.
inline std::uint64_t dot_anchors(const BlockMasks& mask, const BlockMasks& previous) {
    const auto before = [&](std::uint64_t BlockMasks::*kind) { return bits_before(kind, mask, previous, 1); };
    const std::uint64_t name_before = before(&BlockMasks::alnum) | before(&BlockMasks::joiner) | before(&BlockMasks::wide);
    const std::uint64_t name_behind = bits_behind(mask.alnum | mask.joiner | mask.wide, 1);
    return mask.dot & ((name_before & name_behind) | bits_behind(mask.closer, 1) | before(&BlockMasks::backslash));
}

// Calls handler(Anchor, begin, end) for every anchor of `text` in their order, but that capitals and words come after
// the other anchors of the block in which they are known. For `word`, [begin, end) is the whole run of letters and digits,
// for `capitals` the first six of a run; for all others end = begin + 1.
// At a block's end, where the next bytes are not known yet, a dot or a run of digits is an anchor whatever follows.
template <class Handler>
void for_each_anchor(std::string_view text, Classify classify, Digits wanted, Handler&& handler) {
    constexpr std::size_t word_min = 25;
    BlockMasks previous;
    std::uint64_t alnum_before = 0;
    std::uint64_t upper_before = 0;  // of the last block: capitals, and the last letters of two and of six in a row
    std::uint64_t two_before = 0;
    std::uint64_t six_before = 0;
    std::size_t run_begin = 0;
    const auto word = [&](std::size_t end) {
        if (end - run_begin >= word_min) handler(Anchor::word, run_begin, end);
    };
    for (std::size_t base = 0; base < text.size(); base += 64) {
        char padded[64] = {};
        const char* block = text.data() + base;
        if (text.size() - base < 64) {
            text.copy(padded, 64, base);
            block = padded;
        }
        const BlockMasks mask = classify(block);
        const std::uint64_t digits = digit_anchors(mask, previous, wanted);
        const std::uint64_t dots = dot_anchors(mask, previous);
        for (std::uint64_t bits = mask.at | dots | mask.colon | mask.plus | mask.writing | digits; bits != 0; bits &= bits - 1) {
            const std::uint64_t bit = bits & (~bits + 1);
            const std::size_t at = base + static_cast<std::size_t>(__builtin_ctzll(bits));
            const Anchor anchor = bit & digits      ? Anchor::digits
                                  : bit & mask.dot   ? Anchor::dot
                                  : bit & mask.colon ? Anchor::colon
                                  : bit & mask.at    ? Anchor::at
                                  : bit & mask.writing ? Anchor::writing
                                                     : Anchor::plus;
            handler(anchor, at, at + 1);
        }
        if ((mask.upper | upper_before) != 0) {
            const std::uint64_t two = mask.upper & (mask.upper << 1 | upper_before >> 63);
            const std::uint64_t four = two & (two << 2 | two_before >> 62);
            const std::uint64_t six = four & (two << 4 | two_before >> 60);
            for (std::uint64_t bits = six & ~(six << 1 | six_before >> 63); bits != 0; bits &= bits - 1) {
                const std::size_t last = base + static_cast<std::size_t>(__builtin_ctzll(bits));
                handler(Anchor::capitals, last - 5, last + 1);
            }
            upper_before = mask.upper;
            two_before = two;
            six_before = six;
        }
        // Words of 25 letters are rare: where no run is that long, only those at the block's edges are looked at.
        std::uint64_t runs = mask.alnum & mask.alnum >> 1;
        runs &= runs >> 2;
        runs &= runs >> 4;
        runs &= runs >> 8;
        runs &= runs >> 9;
        if (runs != 0) {
            for (std::uint64_t edges = mask.alnum ^ (mask.alnum << 1 | alnum_before); edges != 0; edges &= edges - 1) {
                const auto bit = static_cast<unsigned>(__builtin_ctzll(edges));
                if (mask.alnum >> bit & 1) run_begin = base + bit;
                else word(base + bit);
            }
        } else {
            if (alnum_before) word(base + static_cast<unsigned>(__builtin_ctzll(~mask.alnum)));
            if (mask.alnum >> 63) run_begin = base + 64 - static_cast<unsigned>(__builtin_clzll(~mask.alnum));
        }
        previous = mask;
        alnum_before = mask.alnum >> 63;
    }
    if (alnum_before) word(text.size());
}

}  // namespace plumbline::evidence
