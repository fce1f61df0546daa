// SPDX-License-Identifier: Apache-2.0
#include "seal/blob.h"

#include <sodium.h>

#include "base/check.h"
#include "seal/box.h"
#include "seal/derive.h"
#include "seal/pad.h"

namespace plumbline::seal {
namespace {
constexpr std::byte blob_version{1};
constexpr std::size_t blob_class_min = 128;
constexpr std::size_t context_bytes_max = 255;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

// version, nonce, cipher text with its tag.
Bytes aead_seal(ByteView key, ByteView place, ByteView plain, Entropy& entropy) {
    Bytes sealed(1 + nonce_bytes + plain.size() + tag_bytes);
    sealed[0] = blob_version;
    entropy.fill(std::span(sealed).subspan(1, nonce_bytes));
    CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(uchar(std::span(sealed)) + 1 + nonce_bytes, nullptr, uchar(plain), plain.size(),
                                                     uchar(place), place.size(), nullptr, uchar(sealed) + 1, uchar(key)) == 0);
    return sealed;
}

Result<Bytes> aead_open(ByteView key, ByteView place, ByteView sealed) {
    if (sealed.size() < 1 + nonce_bytes + tag_bytes) return fail(ErrorKind::corrupt, "a sealed value is cut");
    if (sealed[0] != blob_version) {
        return fail(ErrorKind::unsupported, "a sealed value of version {}", std::to_integer<unsigned>(sealed[0]));
    }
    const ByteView body = sealed.subspan(1 + nonce_bytes);
    Bytes plain(body.size() - tag_bytes);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(uchar(std::span(plain)), nullptr, nullptr, uchar(body), body.size(), uchar(place),
                                                   place.size(), uchar(sealed) + 1, uchar(key)) != 0) {
        return fail(ErrorKind::corrupt, "a sealed value does not check: another key or place, or damaged");
    }
    return plain;
}

Bytes padded(ByteView plain) {
    Bytes bytes;
    bytes.reserve(size_class_of(plain.size(), blob_class_min));
    append(bytes, plain);
    pad(bytes, blob_class_min);
    return bytes;
}

Bytes product_place(const TipId& tip, std::string_view product) {
    Bytes place{blob_version};
    append(place, ByteView(tip.bytes()));
    append(place, product);
    return place;
}
}  // namespace

Bytes seal_to(const PublicKey& to, std::string_view context, ByteView plain, Entropy& entropy) {
    CHECK(context.size() <= context_bytes_max);
    const SecretBytes inner(padded(plain));
    SecretBytes whole(2 + context.size() + inner.bytes().size());
    whole.bytes().clear();
    append_u8(whole.bytes(), 1);
    append_u8(whole.bytes(), static_cast<std::uint8_t>(context.size()));
    append(whole.bytes(), context);
    append(whole.bytes(), inner.bytes());
    return seal_box(to, whole.bytes(), entropy);
}

Result<Bytes> open_sealed(const SecretKey& secret, std::string_view context, ByteView sealed) {
    const SecretBytes whole(TRY(open_box(secret, public_key_of(secret), sealed)));
    ByteReader reader(whole.bytes());
    const unsigned version = TRY(reader.u8());
    if (version != 1) return fail(ErrorKind::unsupported, "a sealed message of version {}", version);
    const ByteView found = TRY(reader.take(TRY(reader.u8())));
    if (text_of(found) != context) return fail(ErrorKind::corrupt, "a sealed message stands in another's place");
    Bytes plain = to_bytes(reader.rest());
    TRY(unpad(plain, blob_class_min));
    return plain;
}

namespace {
constexpr std::byte opening_to_desk{2};
std::string opening_context(const TipId& tip) { return "opening/" + tip.text(); }
}  // namespace

Bytes seal_opening_to(const PublicKey& desk, const TipId& tip, ByteView opening, Entropy& entropy) {
    Bytes sealed{opening_to_desk};
    append(sealed, seal_to(desk, opening_context(tip), opening, entropy));
    return sealed;
}

bool is_opening_to_desk(ByteView sealed) { return !sealed.empty() && sealed.front() == opening_to_desk; }

Result<Bytes> open_opening(const SecretKey& secret, const TipId& tip, ByteView sealed) {
    if (!is_opening_to_desk(sealed)) return fail(ErrorKind::corrupt, "not an opening sealed to a desk");
    return open_sealed(secret, opening_context(tip), sealed.subspan(1));
}

DeskSecrets::DeskSecrets(const SecretKey& desk)
    : product_key_(subkey<ProductTag, 32>(root_key<BoxTag>("plumbline/desk/v1", desk.bytes()), 1, "desk____")),
      link_key_(subkey<LinkTag, 32>(root_key<BoxTag>("plumbline/desk/v1", desk.bytes()), 2, "desk____")) {}

Bytes DeskSecrets::encrypt_product(const TipId& tip, std::string_view product, ByteView plain, Entropy& entropy) const {
    return aead_seal(product_key_.bytes(), product_place(tip, product), plain, entropy);
}

Result<Bytes> DeskSecrets::decrypt_product(const TipId& tip, std::string_view product, ByteView sealed) const {
    return aead_open(product_key_.bytes(), product_place(tip, product), sealed);
}

ByteArray<16> DeskSecrets::link_hash(std::string_view kind, std::string_view value) const {
    Bytes message;
    append_sized(message, view(kind));
    append(message, value);
    ByteArray<16> hash;
    CHECK(crypto_generichash(uchar(hash), hash.size(), uchar(message), message.size(), uchar(link_key_.bytes()), 32) == 0);
    return hash;
}

}  // namespace plumbline::seal
