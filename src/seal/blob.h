// SPDX-License-Identifier: Apache-2.0
// Small things that are sealed whole (docs/formats/envelope.md, "Blobs"): messages to a reporter or to the desk and
// findings of a lab by public key; the desk's own products (evidence, links, decisions) by a key that it derives.
// `context` says what it is and for whom ("message/tip_.../msg_..."), is bound inside, and is asked for again at opening.
#pragma once
#include <string_view>

#include "model/ids.h"
#include "seal/keys.h"

namespace plumbline::seal {

// Padded to 128, 256, 512, ... bytes. CHECKs that the context has at most 255 bytes.
Bytes seal_to(const PublicKey& to, std::string_view context, ByteView plain, Entropy& entropy);
// denied: not sealed to this key, or damaged. corrupt: another context.
Result<Bytes> open_sealed(const SecretKey& secret, std::string_view context, ByteView sealed);

// The opening of the received entry of a tip whose reporter sealed it: intake has no key of that tip, so it is sealed to the
// desk. Its first byte, 2, tells it from a sealed part.
Bytes seal_opening_to(const PublicKey& desk, const TipId& tip, ByteView opening, Entropy& entropy);
bool is_opening_to_desk(ByteView sealed);
Result<Bytes> open_opening(const SecretKey& secret, const TipId& tip, ByteView sealed);   // errors as open_sealed

// What a desk derives from its secret key: nothing more to keep, nothing more to lose. Any thread, after construction.
class DeskSecrets {
  public:
    explicit DeskSecrets(const SecretKey& desk);

    // XChaCha20-Poly1305 with tip and product name ("evidence", "decision") as associated data.
    Bytes encrypt_product(const TipId& tip, std::string_view product, ByteView plain, Entropy& entropy) const;
    Result<Bytes> decrypt_product(const TipId& tip, std::string_view product, ByteView sealed) const;   // corrupt

    // A keyed hash of a value to link by: equal values give equal hashes at this desk, and nobody without the key can try
    // values. `kind` keeps a phone and a card with the same digits apart.
    ByteArray<16> link_hash(std::string_view kind, std::string_view value) const;

  private:
    struct ProductTag {};
    struct LinkTag {};
    Secret<ProductTag, 32> product_key_;
    Secret<LinkTag, 32> link_key_;
};

}  // namespace plumbline::seal
