// SPDX-License-Identifier: Apache-2.0
// Plain derivation: a root key is BLAKE2b-256 of a label keyed with the secret; subkeys come from it by libsodium's
// crypto_kdf (BLAKE2b with an 8-letter context and a number). Private to this room.
#pragma once
#include <sodium.h>

#include <string_view>

#include "base/check.h"
#include "seal/raw.h"
#include "seal/secret.h"

namespace plumbline::seal {

template <class Tag>
Secret<Tag, 32> root_key(std::string_view label, ByteView secret) {
    ByteArray<32> root;
    CHECK(crypto_generichash(uchar(root), root.size(), uchar(view(label)), label.size(), uchar(secret), secret.size()) == 0);
    Secret<Tag, 32> key(root);
    wipe(root);
    return key;
}

template <class Tag, std::size_t N, class RootTag>
Secret<Tag, N> subkey(const Secret<RootTag, 32>& root, std::uint64_t number, const char (&context)[9]) {
    static_assert(N >= 16 && N <= 64);
    ByteArray<N> bytes;
    CHECK(crypto_kdf_derive_from_key(uchar(bytes), N, number, context, uchar(root.bytes())) == 0);
    Secret<Tag, N> key(bytes);
    wipe(bytes);
    return key;
}

}  // namespace plumbline::seal
