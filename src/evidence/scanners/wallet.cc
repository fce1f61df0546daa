// SPDX-License-Identifier: Apache-2.0
#include "evidence/scanners/wallet.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "evidence/scanners/keccak.h"
#include "evidence/scanners/sink.h"

namespace plumbline::evidence {

namespace {
constexpr std::array<std::int8_t, 128> values_of(std::string_view alphabet) {
    std::array<std::int8_t, 128> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}
constexpr auto base58_values = values_of("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
constexpr auto ripple_values = values_of("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz");
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

std::optional<Bytes> base58(std::string_view text, Base58 alphabet) {
    if (text.size() > 64) return std::nullopt;
    const auto& values = alphabet == Base58::bitcoin ? base58_values : ripple_values;
    // A big number in words of 32 bits, the lowest first; five digits go in at a time. Leading zero digits are leading zero bytes.
    std::array<std::uint32_t, 12> words{};
    std::size_t used = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::uint64_t carry = 0;
        std::uint64_t factor = 1;
        for (const std::size_t stop = std::min(at + 5, text.size()); at < stop; ++at) {
            const int value = value_in(values, text[at]);
            if (value < 0) return std::nullopt;
            carry = carry * 58 + static_cast<unsigned>(value);
            factor *= 58;
        }
        for (std::size_t i = 0; i < used; ++i) {
            carry += factor * words[i];
            words[i] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) words[used++] = static_cast<std::uint32_t>(carry);
    }
    const std::size_t zeros = std::min(text.find_first_not_of(alphabet == Base58::bitcoin ? '1' : 'r'), text.size());
    const auto byte_at = [&](std::size_t i) { return static_cast<std::byte>(words[i / 4] >> (8 * (i % 4))); };
    std::size_t size = 4 * used;
    while (size > 0 && byte_at(size - 1) == std::byte{0}) --size;
    Bytes out(zeros + size);
    for (std::size_t i = 0; i < size; ++i) out[zeros + i] = byte_at(size - 1 - i);
    return out;
}

std::optional<Bytes> base58check(std::string_view text, Base58 alphabet) {
    std::optional<Bytes> out = base58(text, alphabet);
    if (!out || out->size() < 5) return std::nullopt;
    const ByteView payload = ByteView(*out).first(out->size() - 4);
    const Sha256 check = sha256(sha256(payload).bytes);
    if (!std::equal(out->end() - 4, out->end(), check.bytes.begin())) return std::nullopt;
    out->resize(out->size() - 4);
    return out;
}

bool is_bitcoin_base58(std::string_view text) {
    if (text.size() < 26 || text.size() > 35 || (text[0] != '1' && text[0] != '3')) return false;
    const std::optional<Bytes> payload = base58check(text);
    return payload && payload->size() == 21 && ((*payload)[0] == std::byte{0} || (*payload)[0] == std::byte{5});
}

bool is_segwit(std::string_view text, std::string_view prefix) {
    if (text.size() < prefix.size() + 12 || text.size() > 90) return false;
    const bool has_upper = std::any_of(text.begin(), text.end(), is_upper);
    if (has_upper && std::any_of(text.begin(), text.end(), is_lower)) return false;
    const std::string address = lowered(text);
    const std::size_t data_at = prefix.size() + 1;
    if (!address.starts_with(prefix) || address[prefix.size()] != '1') return false;
    std::uint32_t checksum = 1;
    // The prefix as BIP 173 expands it: high bits, zero, low bits.
    for (const char c : prefix) checksum = bech32_step(checksum, static_cast<unsigned char>(c) >> 5);
    checksum = bech32_step(checksum, 0);
    for (const char c : prefix) checksum = bech32_step(checksum, static_cast<unsigned char>(c) & 31);
    for (const char c : address.substr(data_at)) {
        const int value = value_in(bech32_values, c);
        if (value < 0) return false;
        checksum = bech32_step(checksum, static_cast<std::uint32_t>(value));
    }
    const int version = value_in(bech32_values, address[data_at]);
    if (checksum != (version == 0 ? 1U : 0x2bc830a3U) || version > 16) return false;
    // The program has 2 to 40 bytes, for version 0 exactly 20 or 32 (BIP 141), with at most 4 zero bits of padding.
    const std::size_t groups = address.size() - data_at - 1 - 6;
    const std::size_t program = groups * 5 / 8;
    if (program < 2 || program > 40 || groups * 5 % 8 > 4) return false;
    return version != 0 || program == 20 || program == 32;
}

std::optional<unsigned> cash_payload_bytes(std::string_view text) {
    // The polynomial over the low bits of "bitcoincash", a zero, and the digits; the version byte says how long the hash is.
    static constexpr std::uint64_t generator[5] = {0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470};
    std::uint64_t checksum = 1;
    const auto step = [&](unsigned value) {
        const std::uint64_t top = checksum >> 35;
        checksum = (checksum & 0x07ffffffff) << 5 ^ value;
        for (unsigned i = 0; i < 5; ++i) checksum ^= top >> i & 1 ? generator[i] : 0;
    };
    for (const char c : std::string_view("bitcoincash")) step(static_cast<unsigned char>(c) & 31);
    step(0);
    for (const char c : text) {
        const int value = value_in(bech32_values, to_lower(c));
        if (value < 0) return std::nullopt;
        step(static_cast<unsigned>(value));
    }
    if (checksum != 1 || text.size() < 10) return std::nullopt;
    return static_cast<unsigned>((text.size() - 8) * 5 / 8);
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

}  // namespace plumbline::evidence
