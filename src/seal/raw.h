// SPDX-License-Identifier: Apache-2.0
// Bytes as libsodium takes them: uchar() of an array or vector that is written to. Private to this room.
#pragma once
#include "base/bytes.h"

namespace plumbline::seal {

using plumbline::uchar;
template <std::size_t N>
unsigned char* uchar(ByteArray<N>& bytes) {
    return plumbline::uchar(std::span<std::byte>(bytes));
}
inline unsigned char* uchar(Bytes& bytes) { return plumbline::uchar(std::span<std::byte>(bytes)); }

}  // namespace plumbline::seal
