// SPDX-License-Identifier: Apache-2.0
#include "seal/identity.h"

#include "seal/pad.h"

namespace plumbline::seal {

Bytes seal_identity(const TipId& tip, ByteView plain, const PublicKey& to, Entropy& entropy) {
    const TipKey key = TipKey::random(entropy);
    Bytes sealed = wrap_tip_key(key, tip, to, entropy);
    SecretBytes padded(size_class_of(plain.size(), content_class_min));
    padded.bytes().clear();  // its room stays: no copy is left behind
    append(padded.bytes(), plain);
    pad(padded.bytes(), content_class_min);
    append(sealed, seal_part(key, tip, identity_part, padded.bytes(), entropy));
    return sealed;
}

Result<Bytes> open_identity(const TipId& tip, ByteView sealed, const SecretKey& secret) {
    if (sealed.size() < wrapped_key_bytes) return fail(ErrorKind::corrupt, "the identity part has {} bytes", sealed.size());
    const TipKey key = TRY(unwrap_tip_key(sealed.first(wrapped_key_bytes), tip, secret));
    Bytes plain = TRY(open_part(key, tip, identity_part, sealed.subspan(wrapped_key_bytes)));
    TRY(unpad(plain, content_class_min));
    return plain;
}

}  // namespace plumbline::seal
