// SPDX-License-Identifier: Apache-2.0
#include "seal/password.h"

#include <sodium.h>

#include <optional>

#include "base/bytes.h"
#include "seal/secret.h"

namespace plumbline::seal {

namespace {
constexpr std::string_view hash_start = "$argon2id$v=19$m=";
constexpr std::uint64_t memory_kib_max = 1024 * 1024;
constexpr std::uint64_t operations_max = 16;
constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";  // 32, without l, o, 0 and 1
static_assert(letters.size() == 32);

std::string unpadded(ByteView bytes) {
    std::string text = to_base64(bytes);
    while (text.ends_with('=')) text.pop_back();
    return text;
}

// The number that stands after `name` in the hash; nullopt where there is none or it is too long to be one of ours.
std::optional<std::uint64_t> number_after(std::string_view hash, std::string_view name) {
    const std::size_t at = hash.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    std::uint64_t number = 0;
    std::size_t digits = 0;
    for (const char letter : hash.substr(at + name.size())) {
        if (letter < '0' || letter > '9') break;
        if (++digits > 9) return std::nullopt;
        number = number * 10 + static_cast<std::uint64_t>(letter - '0');
    }
    if (digits == 0) return std::nullopt;
    return number;
}
}  // namespace

Result<std::string> password_hash(std::string_view password, Entropy& entropy, PasswordCost cost) {
    if (password.size() > password_bytes_max) return fail(ErrorKind::too_large, "password: more than {} bytes", password_bytes_max);
    ByteArray<crypto_pwhash_argon2id_SALTBYTES> salt;
    entropy.fill(salt);
    ByteArray<32> hash;
    if (crypto_pwhash_argon2id(uchar(std::span<std::byte>(hash)), hash.size(), password.data(), password.size(), uchar(ByteView(salt)), cost.operations,
                               cost.memory_bytes, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return fail(ErrorKind::unavailable, "password: no {} bytes of memory to hash it", cost.memory_bytes);
    std::string text = fmt::format("{}{},t={},p=1${}${}", hash_start, cost.memory_bytes / 1024, cost.operations, unpadded(salt), unpadded(hash));
    wipe(hash);
    return text;
}

bool password_matches(const std::string& hash, std::string_view password) {
    if (password.size() > password_bytes_max || hash.size() >= crypto_pwhash_argon2id_STRBYTES || !hash.starts_with(hash_start)) return false;
    const auto memory_kib = number_after(hash, "$m=");
    const auto operations = number_after(hash, ",t=");
    if (!memory_kib || *memory_kib > memory_kib_max || !operations || *operations > operations_max) return false;
    return crypto_pwhash_argon2id_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string made_password(Entropy& entropy) {
    ByteArray<20> random;
    entropy.fill(random);
    std::string text;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i != 0 && i % 5 == 0) text += '-';
        text += letters[std::to_integer<std::size_t>(random[i]) % letters.size()];
    }
    wipe(random);
    return text;
}

}  // namespace plumbline::seal
