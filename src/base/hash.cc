// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

// The functions of one algorithm are the only ones whose state can be kept.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

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
    SHA256_CTX context{};
    State() { CHECK(SHA256_Init(&context) == 1); }
};
Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;
void Sha256Stream::update(ByteView bytes) { CHECK(SHA256_Update(&state_->context, bytes.data(), bytes.size()) == 1); }
Sha256 Sha256Stream::finish() {
    Sha256 hash;
    CHECK(SHA256_Final(uchar(std::span<std::byte>(hash.bytes)), &state_->context) == 1);
    return hash;
}
Bytes Sha256Stream::state() const {
    const SHA256_CTX& context = state_->context;
    Bytes out;
    for (const SHA_LONG word : context.h) append_u32(out, word);
    append_u64(out, (std::uint64_t{context.Nh} << 32 | context.Nl) / 8);
    append(out, std::as_bytes(std::span(context.data)).first(context.num));
    return out;
}
Result<Sha256Stream> Sha256Stream::from_state(ByteView state) {
    ByteReader in(state);
    Sha256Stream stream;
    SHA256_CTX& context = stream.state_->context;
    for (SHA_LONG& word : context.h) word = TRY(in.u32());
    const std::uint64_t bytes = TRY(in.u64());
    const ByteView rest = in.rest();
    if (bytes >> 61 != 0 || rest.size() != bytes % SHA256_CBLOCK) return fail(ErrorKind::corrupt, "not the state of a SHA-256");
    context.Nl = static_cast<SHA_LONG>(bytes * 8);
    context.Nh = static_cast<SHA_LONG>(bytes * 8 >> 32);
    context.num = static_cast<unsigned>(rest.size());
    std::copy(rest.begin(), rest.end(), std::as_writable_bytes(std::span(context.data)).begin());
    return stream;
}

}  // namespace plumbline
