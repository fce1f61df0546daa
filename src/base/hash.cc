// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/check.h"

namespace plumbline {

namespace {
// Fetched once: a fetch inside every small hash doubles its cost.
const EVP_MD* sha256_method() {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return method;
}
}  // namespace

Result<Sha256> Sha256::from_bytes(ByteView bytes) {
    Sha256 hash;
    if (bytes.size() != hash.bytes.size()) return fail(ErrorKind::corrupt, "a SHA-256 has 32 bytes, not {}", bytes.size());
    std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
    return hash;
}
Result<Sha256> Sha256::from_hex(std::string_view text) { return from_bytes(TRY(plumbline::from_hex(text))); }

Sha256 sha256(ByteView bytes) {
    Sha256 hash;
    CHECK(EVP_Digest(bytes.data(), bytes.size(), uchar(std::span<std::byte>(hash.bytes)), nullptr, sha256_method(), nullptr) == 1);
    return hash;
}

Sha256 hmac_sha256(ByteView key, ByteView bytes) {
    Sha256 hash;
    unsigned size = 0;
    CHECK(HMAC(sha256_method(), key.data(), static_cast<int>(key.size()), uchar(bytes), bytes.size(),
               uchar(std::span<std::byte>(hash.bytes)), &size) != nullptr);
    return hash;
}

namespace {
std::string digest_hex(const char* name, ByteView bytes) {
    std::array<std::byte, EVP_MAX_MD_SIZE> out{};
    unsigned size = 0;
    CHECK(EVP_Digest(bytes.data(), bytes.size(), uchar(std::span<std::byte>(out)), &size, EVP_get_digestbyname(name), nullptr) == 1);
    return to_hex(std::span(out).first(size));
}
}  // namespace

std::string md5_hex(ByteView bytes) { return digest_hex("MD5", bytes); }
std::string sha1_hex(ByteView bytes) { return digest_hex("SHA1", bytes); }

bool equal_in_constant_time(ByteView a, ByteView b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct Sha256Stream::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() { CHECK(context != nullptr && EVP_DigestInit_ex(context, sha256_method(), nullptr) == 1); }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};
Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;
void Sha256Stream::update(ByteView bytes) { CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1); }
Sha256 Sha256Stream::finish() {
    Sha256 hash;
    CHECK(EVP_DigestFinal_ex(state_->context, uchar(std::span<std::byte>(hash.bytes)), nullptr) == 1);
    return hash;
}

}  // namespace plumbline
