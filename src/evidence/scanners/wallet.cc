// SPDX-License-Identifier: Apache-2.0
#include "evidence/scanners/wallet.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/hash.h"
#include "evidence/scanners/sink.h"

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

constexpr std::array<std::int8_t, 128> values_of(std::string_view alphabet) {
    std::array<std::int8_t, 128> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}
constexpr auto base58_values = values_of("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
constexpr auto bech32_values = values_of("qpzry9x8gf2tvdw0s3jn54khce6mua7l");

int value_in(const std::array<std::int8_t, 128>& values, char c) {
    return static_cast<unsigned char>(c) < 128 ? values[static_cast<unsigned char>(c)] : -1;
}

std::uint32_t bech32_step(std::uint32_t checksum, std::uint32_t value) {
    static constexpr std::uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = checksum >> 25;
    checksum = (checksum & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; ++i) checksum ^= top >> i & 1 ? generator[i] : 0;
    return checksum;
}
}  // namespace

ByteArray<32> keccak256(ByteView bytes) {
    constexpr std::size_t rate = 136;
    std::array<std::uint64_t, 25> state{};
    const auto absorb = [&](ByteView block) {
        for (std::size_t i = 0; i < block.size(); ++i) state[i / 8] ^= std::to_integer<std::uint64_t>(block[i]) << (i % 8 * 8);
        keccak_f(state);
    };
    for (; bytes.size() >= rate; bytes = bytes.subspan(rate)) absorb(bytes.first(rate));
    ByteArray<rate> last{};
    std::copy(bytes.begin(), bytes.end(), last.begin());
    last[bytes.size()] ^= std::byte{0x01};
    last[rate - 1] ^= std::byte{0x80};
    absorb(last);
    ByteArray<32> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(state[i / 8] >> (i % 8 * 8) & 0xff);
    return out;
}

std::optional<Bytes> base58check(std::string_view text) {
    if (text.size() > 64) return std::nullopt;
    // Big number in base 256, most significant byte first; leading '1's are leading zero bytes.
    std::array<std::uint8_t, 64> number{};
    std::size_t used = 0;
    for (const char c : text) {
        int carry = value_in(base58_values, c);
        if (carry < 0) return std::nullopt;
        std::size_t i = 0;
        for (; i < used || carry != 0; ++i) {
            carry += 58 * number[number.size() - 1 - i];
            number[number.size() - 1 - i] = static_cast<std::uint8_t>(carry & 0xff);
            carry >>= 8;
        }
        used = i;
    }
    const std::size_t zeros = std::min(text.find_first_not_of('1'), text.size());
    Bytes out(zeros);
    for (std::size_t i = number.size() - used; i < number.size(); ++i) out.push_back(static_cast<std::byte>(number[i]));
    if (out.size() < 5) return std::nullopt;
    const ByteView payload = ByteView(out).first(out.size() - 4);
    const Sha256 check = sha256(sha256(payload).bytes);
    if (!std::equal(out.end() - 4, out.end(), check.bytes.begin())) return std::nullopt;
    out.resize(out.size() - 4);
    return out;
}

bool is_bitcoin_base58(std::string_view text) {
    if (text.size() < 26 || text.size() > 35 || (text[0] != '1' && text[0] != '3')) return false;
    const std::optional<Bytes> payload = base58check(text);
    return payload && payload->size() == 21 && ((*payload)[0] == std::byte{0} || (*payload)[0] == std::byte{5});
}

bool is_bitcoin_bech32(std::string_view text) {
    if (text.size() < 14 || text.size() > 90) return false;
    const bool has_upper = std::any_of(text.begin(), text.end(), is_upper);
    if (has_upper && std::any_of(text.begin(), text.end(), is_lower)) return false;
    const std::string address = lowered(text);
    if (!address.starts_with("bc1")) return false;
    std::uint32_t checksum = 1;
    // "bc" as BIP 173 expands it: high bits, zero, low bits.
    for (const std::uint32_t value : {3U, 3U, 0U, 2U, 3U}) checksum = bech32_step(checksum, value);
    for (const char c : address.substr(3)) {
        const int value = value_in(bech32_values, c);
        if (value < 0) return false;
        checksum = bech32_step(checksum, static_cast<std::uint32_t>(value));
    }
    const int version = value_in(bech32_values, address[3]);
    if (checksum != (version == 0 ? 1U : 0x2bc830a3U) || version > 16) return false;
    // The program has 2 to 40 bytes, for version 0 exactly 20 or 32 (BIP 141), with at most 4 zero bits of padding.
    const std::size_t groups = address.size() - 3 - 1 - 6;
    const std::size_t program = groups * 5 / 8;
    if (program < 2 || program > 40 || groups * 5 % 8 > 4) return false;
    return version != 0 || program == 20 || program == 32;
}

bool is_ethereum(std::string_view digits) {
    if (digits.size() != 40 || !std::all_of(digits.begin(), digits.end(), is_hex)) return false;
    const bool has_upper = std::any_of(digits.begin(), digits.end(), is_upper);
    const bool has_lower = std::any_of(digits.begin(), digits.end(), is_lower);
    if (std::count(digits.begin(), digits.end(), digits[0]) > 30) return false;  // the zero address and its like
    if (!has_upper || !has_lower) return true;
    const ByteArray<32> hash = keccak256(view(lowered(digits)));
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (is_digit(digits[i])) continue;
        const unsigned nibble = std::to_integer<unsigned>(hash[i / 2]) >> (i % 2 == 0 ? 4 : 0) & 15;
        if (is_upper(digits[i]) != (nibble >= 8)) return false;
    }
    return true;
}

void scan_wallet(Scene& scene, std::size_t begin, std::size_t end) {
    const std::string_view word = scene.text.substr(begin, end - begin);
    if (word.size() == 42 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
        if (is_ethereum(word.substr(2))) scene.add(IndicatorKind::eth, begin, end, lowered(word));
    } else if (word[0] == '1' || word[0] == '3') {
        if (is_bitcoin_base58(word)) scene.add(IndicatorKind::btc, begin, end, std::string(word));
    } else if (word[0] == 'b' || word[0] == 'B') {
        if (is_bitcoin_bech32(word)) scene.add(IndicatorKind::btc, begin, end, lowered(word));
    }
}

}  // namespace plumbline::evidence
