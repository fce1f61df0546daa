// SPDX-License-Identifier: Apache-2.0
// Checksums of wallet addresses. Bitcoin: Base58Check (P2PKH, P2SH), Bech32 (BIP 173) and Bech32m (BIP 350); Ethereum:
// mixed case as in EIP-55; Bitcoin Cash: CashAddr; Monero: Base58 in blocks with Keccak; Ripple: its own letters.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace plumbline::evidence {

enum class Base58 : std::uint8_t { bitcoin, ripple };  // the order of the 58 letters
// The bytes that `text` writes, at most 64 letters; nothing where a letter is none of them.
std::optional<Bytes> base58(std::string_view text, Base58 alphabet);
// The payload with its version byte, without the checksum; nothing where the checksum is wrong.
std::optional<Bytes> base58check(std::string_view text, Base58 alphabet = Base58::bitcoin);
bool is_bitcoin_base58(std::string_view text);   // mainnet, version 0 or 5
bool is_segwit(std::string_view text, std::string_view prefix);  // "bc": "bc1...", all upper or all lower case
// CashAddr behind "bitcoincash:": how many bytes the hash with its version has, nothing where the checksum is wrong.
std::optional<unsigned> cash_payload_bytes(std::string_view text);
// `digits` are the 40 behind "0x": one case, or the case that EIP-55 asks for.
bool is_ethereum(std::string_view digits);
bool is_monero(std::string_view text);           // mainnet: 95 letters, or 106 with a payment id

}  // namespace plumbline::evidence
