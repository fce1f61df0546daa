// SPDX-License-Identifier: Apache-2.0
// The texts of key files (docs/formats/keys.md): one line, fields parted by a space, the first says what it is.
#include <sodium.h>

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "seal/keys.h"
#include "seal/raw.h"
#include "seal/words.h"

namespace plumbline::seal {
namespace {
constexpr std::size_t text_bytes_max = 1024;
constexpr std::size_t salt_bytes = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::uint64_t operations_max = 16;
constexpr std::uint64_t memory_bytes_max = 1024ULL * 1024 * 1024;

std::string_view name_of(KeyRole role) {
    switch (role) {
        case KeyRole::desk: return "desk";
        case KeyRole::lab: return "lab";
        case KeyRole::identity: return "identity";
    }
    CHECK(false);
}
std::string public_label(KeyRole role) { return fmt::format("plumbline-{}-key/1", name_of(role)); }
std::string secret_label(KeyRole role) { return fmt::format("plumbline-{}-secret/1", name_of(role)); }
constexpr std::string_view verify_label = "plumbline-verify-key/1";
constexpr std::string_view signing_label = "plumbline-signing-secret/1";

// One line of fields; white space and carriage returns at the end are forgiven (files travel through editors).
Result<std::vector<std::string_view>> fields_of(std::string_view text, std::string_view label) {
    if (text.size() > text_bytes_max) return fail(ErrorKind::invalid, "key file: longer than {} bytes", text_bytes_max);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
    std::vector<std::string_view> fields;
    for (;;) {
        const std::size_t space = text.find(' ');
        fields.push_back(text.substr(0, space));
        if (space == std::string_view::npos) break;
        text.remove_prefix(space + 1);
    }
    if (fields[0] != label) return fail(ErrorKind::invalid, "key file: it does not start with {}", label);
    return fields;
}

Result<std::uint64_t> number_from(std::string_view text, std::uint64_t max) {
    std::uint64_t value = 0;
    if (text.empty() || text.size() > 12 || (text[0] == '0')) return fail(ErrorKind::invalid, "key file: not a number");
    for (const char digit : text) {
        if (digit < '0' || digit > '9') return fail(ErrorKind::invalid, "key file: not a number");
        value = value * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    if (value > max) return fail(ErrorKind::too_large, "key file: {} is over {}", value, max);
    return value;
}

struct PassphraseTag {};
using PassphraseKey = Secret<PassphraseTag, 32>;
Result<PassphraseKey> passphrase_key(std::string_view passphrase, ByteView salt, const PassphraseCost& cost) {
    if (cost.operations < crypto_pwhash_argon2id_OPSLIMIT_MIN || cost.memory_bytes < crypto_pwhash_argon2id_MEMLIMIT_MIN) {
        return fail(ErrorKind::invalid, "key file: the passphrase's cost is too small");
    }
    ByteArray<32> key;
    if (crypto_pwhash_argon2id(uchar(key), key.size(), passphrase.data(), passphrase.size(), uchar(salt), cost.operations,
                               cost.memory_bytes, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
        return fail(ErrorKind::unavailable, "no memory for the passphrase's {} bytes of Argon2id", cost.memory_bytes);
    }
    const PassphraseKey made(key);
    wipe(key);
    return made;
}

Result<std::string> secret_text(ByteView secret, std::string_view label, std::optional<std::string_view> passphrase,
                                Entropy& entropy, const PassphraseCost& cost) {
    if (!passphrase) return fmt::format("{} plain {}\n", label, to_base64(secret));
    if (passphrase->empty()) return fail(ErrorKind::invalid, "passphrase: empty");
    ByteArray<salt_bytes> salt;
    ByteArray<nonce_bytes> nonce;
    entropy.fill(salt);
    entropy.fill(nonce);
    const PassphraseKey key = TRY(passphrase_key(*passphrase, salt, cost));
    // All that stands before the box is bound into it.
    const std::string start = fmt::format("{} argon2id {} {} {} {}", label, cost.operations, cost.memory_bytes, to_base64(salt),
                                          to_base64(nonce));
    Bytes box(secret.size() + tag_bytes);
    CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(uchar(std::span(box)), nullptr, uchar(secret), secret.size(), uchar(view(start)),
                                                     start.size(), nullptr, uchar(nonce), uchar(key.bytes())) == 0);
    return fmt::format("{} {}\n", start, to_base64(box));
}

Result<SecretBytes> secret_from(std::string_view text, std::string_view label, std::optional<std::string_view> passphrase) {
    const std::vector<std::string_view> fields = TRY(fields_of(text, label));
    if (fields.size() == 3 && fields[1] == "plain") return SecretBytes(TRY(from_base64(fields[2])));
    if (fields.size() != 7 || fields[1] != "argon2id") return fail(ErrorKind::invalid, "key file: neither plain nor argon2id");
    if (!passphrase) return fail(ErrorKind::denied, "the key file wants its passphrase");
    PassphraseCost cost;
    cost.operations = TRY(number_from(fields[2], operations_max));
    cost.memory_bytes = TRY(number_from(fields[3], memory_bytes_max));
    const Bytes salt = TRY(from_base64(fields[4]));
    const Bytes nonce = TRY(from_base64(fields[5]));
    const Bytes box = TRY(from_base64(fields[6]));
    if (salt.size() != salt_bytes || nonce.size() != nonce_bytes || box.size() < tag_bytes) {
        return fail(ErrorKind::invalid, "key file: a field has another size");
    }
    const PassphraseKey key = TRY(passphrase_key(*passphrase, salt, cost));
    const std::string_view start = text.substr(0, static_cast<std::size_t>(fields[6].data() - text.data()) - 1);
    SecretBytes secret(box.size() - tag_bytes);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(uchar(std::span(secret.bytes())), nullptr, nullptr, uchar(box), box.size(),
                                                   uchar(view(start)), start.size(), uchar(nonce), uchar(key.bytes())) != 0) {
        return fail(ErrorKind::denied, "the passphrase is wrong, or the key file damaged");
    }
    return secret;
}

ByteArray<16> fingerprint(ByteView key) {
    Bytes bytes = to_bytes("plumbline/fingerprint/v1");
    append_u8(bytes, 0);
    append(bytes, key);
    ByteArray<16> first;
    std::copy_n(sha256(bytes).bytes.begin(), first.size(), first.begin());
    return first;
}
}  // namespace

std::string public_key_text(const PublicKey& key, KeyRole role) {
    return fmt::format("{} {}\n", public_label(role), to_base64(key.bytes));
}

Result<PublicKey> public_key_from(std::string_view text, KeyRole role) {
    const std::vector<std::string_view> fields = TRY(fields_of(text, public_label(role)));
    if (fields.size() != 2) return fail(ErrorKind::invalid, "key file: not one key");
    return public_key_from_bytes(TRY(from_base64(fields[1])));
}

std::string verify_key_text(const VerifyKey& key) { return fmt::format("{} {}\n", verify_label, to_base64(key.bytes)); }

Result<VerifyKey> verify_key_from(std::string_view text) {
    const std::vector<std::string_view> fields = TRY(fields_of(text, verify_label));
    if (fields.size() != 2) return fail(ErrorKind::invalid, "key file: not one key");
    return verify_key_from_bytes(TRY(from_base64(fields[1])));
}

Result<std::string> secret_key_text(const SecretKey& key, KeyRole role, std::optional<std::string_view> passphrase, Entropy& entropy,
                                    PassphraseCost cost) {
    return secret_text(key.bytes(), secret_label(role), passphrase, entropy, cost);
}

Result<std::string> signing_key_text(const SigningKey& key, std::optional<std::string_view> passphrase, Entropy& entropy,
                                     PassphraseCost cost) {
    return secret_text(key.bytes().first(32), signing_label, passphrase, entropy, cost);
}

Result<SecretKey> secret_key_from(std::string_view text, KeyRole role, std::optional<std::string_view> passphrase) {
    const SecretBytes secret = TRY(secret_from(text, secret_label(role), passphrase));
    return SecretKey::from_bytes(secret.bytes());
}

Result<SigningKey> signing_key_from(std::string_view text, std::optional<std::string_view> passphrase) {
    const SecretBytes seed = TRY(secret_from(text, signing_label, passphrase));
    if (seed.bytes().size() != 32) return fail(ErrorKind::corrupt, "a signing key's seed has 32 bytes");
    ByteArray<32> public_half;
    ByteArray<64> whole;
    CHECK(crypto_sign_seed_keypair(uchar(public_half), uchar(whole), uchar(seed.bytes())) == 0);
    const SigningKey key(whole);
    wipe(whole);
    return key;
}

bool needs_passphrase(std::string_view text) { return text.find("-secret/1 argon2id ") != std::string_view::npos; }

std::string fingerprint_hex(const PublicKey& key) { return to_hex(fingerprint(key.bytes)); }
std::string fingerprint_words(const PublicKey& key) { return words_from(fingerprint(key.bytes)); }
std::string fingerprint_hex(const VerifyKey& key) { return to_hex(fingerprint(key.bytes)); }
std::string fingerprint_words(const VerifyKey& key) { return words_from(fingerprint(key.bytes)); }

}  // namespace plumbline::seal
