// SPDX-License-Identifier: Apache-2.0
// MD5, SHA-1, SHA-256 and SHA-512 written in hexadecimal: a whole word of 32, 40, 64 or 128 hex digits that looks like chance.
#include <bitset>

#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

void scan_hash(Scene& scene, std::size_t begin, std::size_t end) {
    const std::size_t size = end - begin;
    if (size != 32 && size != 40 && size != 64 && size != 128) return;
    std::bitset<16> seen;
    std::size_t letters = 0;
    for (std::size_t i = begin; i < end; ++i) {
        const char c = to_lower(scene.text[i]);
        if (!is_hex(c)) return;
        letters += is_letter(c);
        seen.set(is_digit(c) ? static_cast<std::size_t>(c - '0') : static_cast<std::size_t>(c - 'a' + 10));
    }
    // Padding, counters and repeated patterns use few digits; 32 random ones have eight or more but once in 10^8.
    if (seen.count() < 8 || letters < 2 || letters == size) return;
    // Boundaries of MIME ("--hex", "b1_hex"), local parts and message ids are not hashes of anything.
    const char before = scene.before(begin);
    const char after = scene.at(end);
    if (after == '@' || after == '_' || before == '_' || (before == '-' && begin >= 2 && scene.text[begin - 2] == '-')) return;
    const IndicatorKind kind = size == 32 ? IndicatorKind::md5 : size == 40 ? IndicatorKind::sha1 : size == 64 ? IndicatorKind::sha256 : IndicatorKind::sha512;
    scene.add(kind, begin, end, lowered(scene.text.substr(begin, size)));
}

void scan_word(Scene& scene, std::size_t begin, std::size_t end) {
    if (begin >= scene.cursor.message_id_begin && begin < scene.cursor.message_id_end) return;
    scan_hash(scene, begin, end);
    scan_wallet(scene, begin, end);
}

}  // namespace plumbline::evidence
