// SPDX-License-Identifier: Apache-2.0
#include "seal/batch_keys.h"

#include "base/check.h"
#include "base/hash.h"
#include "seal/box.h"
#include "seal/derive.h"

namespace plumbline::seal {

namespace {

constexpr std::byte batch_version{2};
constexpr std::size_t batch_id_bytes = 16;
constexpr std::size_t desks_max = 16;

std::string label_of(std::string_view name, const TipId& tip) { return std::string(name) + std::string(text_of(ByteView(tip.bytes()))); }

TipKey tip_key_of(const BatchSecret& secret, const TipId& tip) { return root_key<TipKeyTag>(label_of("plumbline/tip-key/v2", tip), secret.bytes()); }

ByteArray<batch_check_bytes> check_of(const TipKey& key, const TipId& tip) {
    const std::string label = label_of("plumbline/tip-key-check/v2", tip);
    ByteArray<batch_check_bytes> check;
    CHECK(crypto_generichash(uchar(check), check.size(), uchar(view(label)), label.size(), uchar(key.bytes()), key.bytes().size()) == 0);
    return check;
}

}  // namespace

BatchKey BatchKey::random(const std::vector<PublicKey>& desks, Entropy& entropy) {
    CHECK(!desks.empty() && desks.size() <= desks_max);
    BatchSecret secret = BatchSecret::random(entropy);
    ByteArray<batch_id_bytes> id;
    entropy.fill(id);
    Bytes plain{batch_version};
    append(plain, ByteView(id));
    append(plain, secret.bytes());
    const SecretBytes payload(std::move(plain));
    Bytes boxes;
    for (const PublicKey& desk : desks) append(boxes, seal_box(desk, payload.bytes(), entropy));
    return BatchKey(std::move(secret), std::move(boxes));
}

TipKey BatchKey::tip_key(const TipId& tip) const { return tip_key_of(secret_, tip); }

Bytes BatchKey::wrapped_keys(const TipId& tip) const {
    Bytes all = boxes_;
    append(all, ByteView(check_of(tip_key(tip), tip)));
    return all;
}

bool is_of_batch(ByteView wrapped_keys) {
    return wrapped_keys.size() > batch_check_bytes && wrapped_keys.size() <= desks_max * wrapped_key_bytes + batch_check_bytes &&
           (wrapped_keys.size() - batch_check_bytes) % wrapped_key_bytes == 0;
}

Result<TipKey> unwrap_batch_tip_key(ByteView wrapped_keys, const TipId& tip, const SecretKey& secret) {
    if (!is_of_batch(wrapped_keys)) return fail(ErrorKind::corrupt, "wrapped keys of a batch: {} bytes", wrapped_keys.size());
    const ByteView check = wrapped_keys.last(batch_check_bytes);
    const PublicKey own = public_key_of(secret);
    for (ByteView boxes = wrapped_keys.first(wrapped_keys.size() - batch_check_bytes); !boxes.empty(); boxes = boxes.subspan(wrapped_key_bytes)) {
        auto opened = open_box(secret, own, boxes.first(wrapped_key_bytes));
        if (!opened) continue;
        const SecretBytes payload(std::move(*opened));
        ByteReader reader(payload.bytes());
        if (TRY(reader.u8()) != 2) return fail(ErrorKind::unsupported, "a wrapped key of another version");
        TRY(reader.take(batch_id_bytes));
        const TipKey key = tip_key_of(TRY(BatchSecret::from_bytes(reader.rest())), tip);
        if (!equal_in_constant_time(check_of(key, tip), check)) return fail(ErrorKind::corrupt, "the wrapped keys are of another tip");
        return key;
    }
    return fail(ErrorKind::denied, "the tip's key is not sealed to this desk key");
}

}  // namespace plumbline::seal
