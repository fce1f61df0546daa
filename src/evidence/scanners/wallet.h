// SPDX-License-Identifier: Apache-2.0
// Checksums of wallet addresses. Bitcoin: Base58Check (P2PKH, P2SH), Bech32 (BIP 173) and Bech32m (BIP 350); Ethereum:
// mixed case as in EIP-55.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace plumbline::evidence {

// Keccak-256 as Ethereum uses it: the submission of 2011 with padding 0x01, not SHA3-256 of FIPS 202.
ByteArray<32> keccak256(ByteView bytes);

// The payload with its version byte, without the checksum; nothing where the checksum is wrong.
std::optional<Bytes> base58check(std::string_view text);
bool is_bitcoin_base58(std::string_view text);   // mainnet, version 0 or 5
bool is_bitcoin_bech32(std::string_view text);   // "bc1...", all upper or all lower case
// `digits` are the 40 behind "0x": one case, or the case that EIP-55 asks for.
bool is_ethereum(std::string_view digits);

}  // namespace plumbline::evidence
