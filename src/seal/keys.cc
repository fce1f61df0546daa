// SPDX-License-Identifier: Apache-2.0
#include "seal/keys.h"

#include <sodium.h>
#include <sys/stat.h>

#include "base/check.h"
#include "seal/raw.h"

namespace plumbline::seal {

BoxKeys make_box_keys(Entropy& entropy) {
    const SecretKey secret = SecretKey::random(entropy);
    return BoxKeys{secret, public_key_of(secret)};
}

SigningKeys make_signing_keys(Entropy& entropy) {
    struct SeedTag {};
    const auto seed = Secret<SeedTag, 32>::random(entropy);
    VerifyKey verify_key;
    ByteArray<64> secret;
    CHECK(crypto_sign_seed_keypair(uchar(verify_key.bytes), uchar(secret), uchar(seed.bytes())) == 0);
    const SigningKeys keys{SigningKey(secret), verify_key};
    wipe(secret);
    return keys;
}

PublicKey public_key_of(const SecretKey& secret) {
    PublicKey key;
    CHECK(crypto_scalarmult_base(uchar(key.bytes), uchar(secret.bytes())) == 0);
    return key;
}

VerifyKey verify_key_of(const SigningKey& secret) {
    VerifyKey key;
    const ByteView half = secret.bytes().subspan(32);
    std::copy(half.begin(), half.end(), key.bytes.begin());
    return key;
}

Result<PublicKey> public_key_from_bytes(ByteView bytes) {
    PublicKey key;
    if (bytes.size() != key.bytes.size()) return fail(ErrorKind::invalid, "a public key has 32 bytes, not {}", bytes.size());
    std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
    // Any scalar will do: for a point of low order the product is zero, which libsodium refuses.
    ByteArray<32> scalar{std::byte{1}};
    ByteArray<32> product;
    if (crypto_scalarmult(uchar(product), uchar(scalar), uchar(bytes)) != 0) {
        return fail(ErrorKind::invalid, "a public key of low order");
    }
    return key;
}

Result<VerifyKey> verify_key_from_bytes(ByteView bytes) {
    VerifyKey key;
    if (bytes.size() != key.bytes.size()) return fail(ErrorKind::invalid, "a verify key has 32 bytes, not {}", bytes.size());
    std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
    return key;
}

Result<Signature> signature_from_bytes(ByteView bytes) {
    Signature signature;
    if (bytes.size() != 64) return fail(ErrorKind::invalid, "a signature has 64 bytes, not {}", bytes.size());
    std::copy(bytes.begin(), bytes.end(), signature.bytes.begin());
    return signature;
}

Signature sign(const SigningKey& key, ByteView message) {
    Signature signature;
    CHECK(crypto_sign_detached(uchar(signature.bytes), nullptr, uchar(message), message.size(), uchar(key.bytes())) == 0);
    return signature;
}

bool verify(const VerifyKey& key, ByteView message, const Signature& signature) {
    return crypto_sign_verify_detached(uchar(signature.bytes), uchar(message), message.size(), uchar(key.bytes)) == 0;
}

Result<void> check_secret_file_mode(std::string_view text, unsigned mode) {
    if (!needs_passphrase(text) && (mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(ErrorKind::denied, "the secret key is plain and its file has mode {:04o}: make it 0600", mode & 07777U);
    }
    return {};
}

}  // namespace plumbline::seal
