// SPDX-License-Identifier: Apache-2.0
#include "evidence/scanners/keccak.h"

#include <algorithm>
#include <bit>

namespace plumbline::evidence {

namespace {
constexpr std::uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

// Keccak-f[1600] (FIPS 202 section 3.3); lane x,y is state[x + 5 * y].
void keccak_f(std::array<std::uint64_t, 25>& state) {
    for (const std::uint64_t constant : round_constants) {
        std::uint64_t column[5];
        for (unsigned x = 0; x < 5; ++x) column[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
        for (unsigned x = 0; x < 5; ++x) {
            const std::uint64_t mix = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
            for (unsigned y = 0; y < 25; y += 5) state[x + y] ^= mix;
        }
        // rho and pi walk all lanes but (0,0) in one cycle; the t-th turn is by (t+1)(t+2)/2.
        std::uint64_t carried = state[1];
        unsigned x = 1;
        unsigned y = 0;
        for (int t = 0; t < 24; ++t) {
            const unsigned next_y = (2 * x + 3 * y) % 5;
            x = y;
            y = next_y;
            const std::uint64_t kept = state[x + 5 * y];
            state[x + 5 * y] = std::rotl(carried, (t + 1) * (t + 2) / 2 % 64);
            carried = kept;
        }
        for (unsigned row = 0; row < 25; row += 5) {
            std::uint64_t lanes[5];
            std::copy_n(state.begin() + row, 5, lanes);
            for (unsigned i = 0; i < 5; ++i) state[row + i] = lanes[i] ^ (~lanes[(i + 1) % 5] & lanes[(i + 2) % 5]);
        }
        state[0] ^= constant;
    }
}

ByteArray<32> sponge(ByteView bytes, std::byte padding) {
    constexpr std::size_t rate = 136;
    std::array<std::uint64_t, 25> state{};
    const auto absorb = [&](ByteView block) {
        for (std::size_t i = 0; i < block.size(); ++i) state[i / 8] ^= std::to_integer<std::uint64_t>(block[i]) << (i % 8 * 8);
        keccak_f(state);
    };
    for (; bytes.size() >= rate; bytes = bytes.subspan(rate)) absorb(bytes.first(rate));
    ByteArray<rate> last{};
    std::copy(bytes.begin(), bytes.end(), last.begin());
    last[bytes.size()] ^= padding;
    last[rate - 1] ^= std::byte{0x80};
    absorb(last);
    ByteArray<32> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(state[i / 8] >> (i % 8 * 8) & 0xff);
    return out;
}
}  // namespace

ByteArray<32> keccak256(ByteView bytes) { return sponge(bytes, std::byte{0x01}); }
ByteArray<32> sha3_256(ByteView bytes) { return sponge(bytes, std::byte{0x06}); }

}  // namespace plumbline::evidence
