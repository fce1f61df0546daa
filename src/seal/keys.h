// SPDX-License-Identifier: Apache-2.0
// The keys of a desk, a lab and the ledger, and the text of their files (docs/formats/keys.md). Box keys (X25519) open
// what is sealed; signing keys (Ed25519) sign checkpoints and receipts. Four types: none passes for another.
//
//     const BoxKeys desk = make_box_keys(entropy);
//     write(public_key_text(desk.public_key, KeyRole::desk));           // goes to the hotline host
//     write(secret_key_text(desk.secret, KeyRole::desk, passphrase, entropy));   // stays with the desk
//
// Pure: makes and reads texts; app/ reads and writes the files. Values; no thread rules.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "seal/secret.h"

namespace plumbline::seal {

struct BoxTag {};
struct SigningTag {};
using SecretKey = Secret<BoxTag, 32>;        // X25519
using SigningKey = Secret<SigningTag, 64>;   // Ed25519: seed, then public key

struct PublicKey {                           // of a SecretKey
    ByteArray<32> bytes{};
    auto operator<=>(const PublicKey&) const = default;
};
struct VerifyKey {                           // of a SigningKey
    ByteArray<32> bytes{};
    auto operator<=>(const VerifyKey&) const = default;
};
struct Signature {
    ByteArray<64> bytes{};
};
struct BoxKeys {
    SecretKey secret;
    PublicKey public_key;
};
struct SigningKeys {
    SigningKey secret;
    VerifyKey verify_key;
};

BoxKeys make_box_keys(Entropy& entropy);
SigningKeys make_signing_keys(Entropy& entropy);
PublicKey public_key_of(const SecretKey& secret);
// From a row or a request. invalid: not 32 bytes, or a point of low order, to which nothing can be sealed.
Result<PublicKey> public_key_from_bytes(ByteView bytes);
Result<VerifyKey> verify_key_from_bytes(ByteView bytes);
Result<Signature> signature_from_bytes(ByteView bytes);
VerifyKey verify_key_of(const SigningKey& secret);

Signature sign(const SigningKey& key, ByteView message);                    // RFC 8032, detached
bool verify(const VerifyKey& key, ByteView message, const Signature& signature);

// Which key a file holds; its first word says it ("plumbline-desk-key/1"), and a file of another role is refused.
enum class KeyRole { desk, lab, identity };

std::string public_key_text(const PublicKey& key, KeyRole role);            // "plumbline-desk-key/1 <base64>\n"
Result<PublicKey> public_key_from(std::string_view text, KeyRole role);
std::string verify_key_text(const VerifyKey& key);                          // "plumbline-verify-key/1 <base64>\n"
Result<VerifyKey> verify_key_from(std::string_view text);

// How hard a passphrase is to try: Argon2id's work and memory. moderate() is libsodium's (256 MiB, about a second).
struct PassphraseCost {
    std::uint64_t operations = 3;
    std::uint64_t memory_bytes = 268435456;
    static PassphraseCost moderate() { return {}; }
};
// The text of a secret key's file: under the passphrase where one is given (Argon2id, then XChaCha20-Poly1305), else the
// plain key, whose file must have mode 0600. unavailable where there is no memory for Argon2id.
Result<std::string> secret_key_text(const SecretKey& key, KeyRole role, std::optional<std::string_view> passphrase,
                                    Entropy& entropy, PassphraseCost cost = PassphraseCost::moderate());
Result<std::string> signing_key_text(const SigningKey& key, std::optional<std::string_view> passphrase, Entropy& entropy,
                                     PassphraseCost cost = PassphraseCost::moderate());
// denied: the file wants a passphrase and none is given, or the passphrase is wrong (or the file damaged: nobody can tell
// which). A cost over 1 GiB or 16 rounds is refused before any work.
Result<SecretKey> secret_key_from(std::string_view text, KeyRole role, std::optional<std::string_view> passphrase);
Result<SigningKey> signing_key_from(std::string_view text, std::optional<std::string_view> passphrase);
bool needs_passphrase(std::string_view text);
// denied where a plain secret's file gives group or others any right (st_mode of the file).
Result<void> check_secret_file_mode(std::string_view text, unsigned mode);

// To compare two keys by eye or by ear: 16 bytes of SHA-256("plumbline/fingerprint/v1" 0x00 key).
std::string fingerprint_hex(const PublicKey& key);                          // 32 hex letters
std::string fingerprint_words(const PublicKey& key);                        // 12 words
std::string fingerprint_hex(const VerifyKey& key);
std::string fingerprint_words(const VerifyKey& key);

}  // namespace plumbline::seal
