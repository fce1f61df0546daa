// SPDX-License-Identifier: Apache-2.0
// Wallet addresses by their first letter, length and checksum. A Solana address has no checksum (32 bytes in Base58), so it
// counts only near a word that speaks of Solana.
#include <algorithm>

#include "evidence/scanners/context.h"
#include "evidence/scanners/keccak.h"
#include "evidence/scanners/wallet.h"

namespace plumbline::evidence {

namespace {
struct Base58Coin {
    IndicatorKind kind;
    std::string_view first;   // letters that an address can start with
    unsigned version;
};
// The version byte decides the first letter. Litecoin's old script addresses share version 5 with Bitcoin and count as such.
constexpr Base58Coin base58_coins[] = {
    {IndicatorKind::btc, "1", 0x00},  {IndicatorKind::btc, "3", 0x05},   {IndicatorKind::ltc, "L", 0x30},  {IndicatorKind::ltc, "M", 0x32},
    {IndicatorKind::doge, "D", 0x1e}, {IndicatorKind::doge, "9A", 0x16}, {IndicatorKind::tron, "T", 0x41},
};
bool add_base58(Scene& scene, std::size_t begin, std::size_t end) {
    const std::string_view word = scene.text.substr(begin, end - begin);
    if (word.size() > 35) return false;
    for (const Base58Coin& coin : base58_coins) {
        if (coin.first.find(word[0]) == std::string_view::npos) continue;
        const std::optional<Bytes> payload = base58check(word);
        if (!payload || payload->size() != 21 || (*payload)[0] != static_cast<std::byte>(coin.version)) return false;
        scene.add(coin.kind, begin, end, std::string(word));
        return true;
    }
    if (word[0] != 'r') return false;
    const std::optional<Bytes> payload = base58check(word, Base58::ripple);
    if (!payload || payload->size() != 21 || (*payload)[0] != std::byte{0}) return false;
    // The account of zeros and that of one are the ledger's own.
    if (std::all_of(payload->begin(), payload->end() - 1, [](std::byte b) { return b == std::byte{0}; })) return false;
    scene.add(IndicatorKind::xrp, begin, end, std::string(word));
    return true;
}

// "bitcoincash:q..." or the part behind the colon alone: 20 bytes of hash or, for newer contracts, 32.
bool add_cash(Scene& scene, std::size_t begin, std::size_t end) {
    const std::string_view word = scene.text.substr(begin, end - begin);
    if (word.size() != 42 && word.size() != 61) return false;
    if (std::any_of(word.begin(), word.end(), is_upper) && std::any_of(word.begin(), word.end(), is_lower)) return false;
    const std::optional<unsigned> bytes = cash_payload_bytes(word);
    if (!bytes || (*bytes != 21 && *bytes != 33)) return false;
    static constexpr std::string_view prefix = "bitcoincash:";
    const bool has_prefix = begin >= prefix.size() && lowered(scene.text.substr(begin - prefix.size(), prefix.size())) == prefix;
    scene.add(IndicatorKind::bch, has_prefix ? begin - prefix.size() : begin, end, std::string(prefix) + lowered(word));
    return true;
}

void add_solana(Scene& scene, std::size_t begin, std::size_t end) {
    const std::string_view word = scene.text.substr(begin, end - begin);
    static constexpr std::string_view words[] = {"solana", "sol", "phantom", "solscan", "solflare", "raydium", "pump.fun"};
    // A name or a number: an address written by chance has both cases and digits.
    if (word.size() > 44 || word.find_first_of("0OIl") != std::string_view::npos) return;
    if (!std::any_of(word.begin(), word.end(), is_digit) || !std::any_of(word.begin(), word.end(), is_upper) || !std::any_of(word.begin(), word.end(), is_lower)) return;
    const std::optional<Bytes> key = base58(word, Base58::bitcoin);
    if (key && key->size() == 32 && has_word_near(scene.text, begin, end, words, 64)) scene.add(IndicatorKind::sol, begin, end, std::string(word));
}
}  // namespace

bool is_monero(std::string_view text) {
    if ((text.size() != 95 && text.size() != 106) || (text[0] != '4' && text[0] != '8')) return false;
    // Eleven letters make eight bytes; the last block has seven letters for five.
    Bytes bytes;
    for (std::size_t at = 0; at < text.size(); at += 11) {
        const std::string_view block = text.substr(at, 11);
        const std::size_t size = block.size() == 11 ? 8 : block.size() == 7 ? 5 : 0;
        const std::optional<Bytes> piece = base58(block, Base58::bitcoin);
        if (!piece || size == 0) return false;
        // Leading '1's are zero bytes of a number of fixed size here.
        const auto first = std::find_if(piece->begin(), piece->end(), [](std::byte b) { return b != std::byte{0}; });
        const auto used = static_cast<std::size_t>(piece->end() - first);
        if (used > size) return false;
        bytes.resize(bytes.size() + size - used);
        bytes.insert(bytes.end(), first, piece->end());
    }
    const bool is_mainnet = bytes[0] == std::byte{18} || bytes[0] == std::byte{42} || bytes[0] == std::byte{19};
    if (!is_mainnet || (bytes[0] == std::byte{19}) != (text.size() == 106)) return false;
    const ByteView payload = ByteView(bytes).first(bytes.size() - 4);
    const ByteArray<32> check = keccak256(payload);
    return std::equal(bytes.end() - 4, bytes.end(), check.begin());
}

void scan_wallet(Scene& scene, std::size_t begin, std::size_t end) {
    const std::string_view word = scene.text.substr(begin, end - begin);
    if (word.size() == 42 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X')) {
        if (is_ethereum(word.substr(2))) scene.add(IndicatorKind::eth, begin, end, lowered(word));
        return;
    }
    if (word.size() > 110) return;
    const char first = to_lower(word[0]);
    if (first == 'b' && is_segwit(word, "bc")) return scene.add(IndicatorKind::btc, begin, end, lowered(word));
    if (first == 'l' && is_segwit(word, "ltc")) return scene.add(IndicatorKind::ltc, begin, end, lowered(word));
    if ((first == 'q' || first == 'p') && add_cash(scene, begin, end)) return;
    if (add_base58(scene, begin, end)) return;
    if (is_monero(word)) return scene.add(IndicatorKind::xmr, begin, end, std::string(word));
    if (word.size() >= 32) add_solana(scene, begin, end);
}

}  // namespace plumbline::evidence
