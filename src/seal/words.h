// SPDX-License-Identifier: Apache-2.0
// 128 bits as 12 words and back: the BIP39 English list and its 4-bit checksum (BIP-0039, "Generating the mnemonic").
// Reading forgives case, spaces, commas, dashes and line breaks between words, and words cut to their first four letters, which are
// unique in the list. The checksum finds 15 of 16 wrong but listed words.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace plumbline::seal {

std::string words_from(const ByteArray<16>& bits);               // "abandon ability ... about", lower case
// invalid: says how many words there are, which word (its place) is not in the list, or that the checksum does not fit.
// The message names a place and never the word: it may be part of a receipt.
Result<ByteArray<16>> bits_from_words(std::string_view text);
std::string_view word_at(unsigned index);                        // index < 2048

}  // namespace plumbline::seal
