// SPDX-License-Identifier: Apache-2.0
// The two sponges that indicators use: Ethereum and Monero the submission of 2011, onion names the standard of 2015. They
// differ in the padding alone.
#pragma once
#include "base/bytes.h"

namespace plumbline::evidence {

ByteArray<32> keccak256(ByteView bytes);  // padding 0x01
ByteArray<32> sha3_256(ByteView bytes);   // FIPS 202, padding 0x06

}  // namespace plumbline::evidence
