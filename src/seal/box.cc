// SPDX-License-Identifier: Apache-2.0
#include "seal/box.h"
#include "seal/raw.h"

#include <sodium.h>

#include "base/check.h"

namespace plumbline::seal {
static_assert(box_overhead_bytes == crypto_box_SEALBYTES);

Bytes seal_box(const PublicKey& to, ByteView plain, Entropy& entropy) {
    const BoxKeys once = make_box_keys(entropy);
    // The nonce is BLAKE2b-192(one-time public key, recipient's key), as crypto_box_seal has it.
    Bytes both = to_bytes(ByteView(once.public_key.bytes));
    append(both, ByteView(to.bytes));
    ByteArray<crypto_box_NONCEBYTES> nonce;
    CHECK(crypto_generichash(uchar(nonce), nonce.size(), uchar(both), both.size(), nullptr, 0) == 0);
    Bytes sealed(plain.size() + box_overhead_bytes);
    std::copy(once.public_key.bytes.begin(), once.public_key.bytes.end(), sealed.begin());
    // Fails only for a public key of low order, which public_key_from refuses.
    CHECK(crypto_box_easy(uchar(std::span(sealed)) + crypto_box_PUBLICKEYBYTES, uchar(plain), plain.size(), uchar(nonce),
                          uchar(to.bytes), uchar(once.secret.bytes())) == 0);
    return sealed;
}

Result<Bytes> open_box(const SecretKey& secret, const PublicKey& own, ByteView sealed) {
    if (sealed.size() < box_overhead_bytes) return fail(ErrorKind::denied, "a sealed box is cut");
    Bytes plain(sealed.size() - box_overhead_bytes);
    if (crypto_box_seal_open(uchar(std::span(plain)), uchar(sealed), sealed.size(), uchar(own.bytes), uchar(secret.bytes())) != 0) {
        return fail(ErrorKind::denied, "a sealed box does not open: it is for another key, or damaged");
    }
    return plain;
}

}  // namespace plumbline::seal
