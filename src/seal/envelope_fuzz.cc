// SPDX-License-Identifier: Apache-2.0
// Opens hostile bytes as every sealed thing there is. What opens must have been sealed with the key, so nothing may.
#include <cstdint>

#include "base/check.h"
#include "seal/blob.h"
#include "seal/envelope.h"
#include "seal/random.h"
#include "seal/receipt.h"
#include "seal/words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    using namespace plumbline::seal;
    init_crypto();
    const ByteView bytes = view({reinterpret_cast<const char*>(data), size});
    const TipKey key{ByteArray<32>{std::byte{1}}};
    const SecretKey secret{ByteArray<32>{std::byte{2}}};
    CHECK(!open_part(key, TipId{}, 1, bytes));
    CHECK(!open_content(key, TipId{}, bytes));
    CHECK(!unwrap_tip_key_of(bytes, TipId{}, secret));
    CHECK(!open_sealed(secret, "fuzz", bytes));
    CHECK(!verify_receipt(text_of(bytes), VerifyKey{}));
    if (const auto bits = bits_from_words(text_of(bytes))) CHECK(bits_from_words(words_from(*bits)).value() == *bits);
    static_cast<void>(public_key_from(text_of(bytes), KeyRole::desk));
    static_cast<void>(signing_key_from(text_of(bytes), std::nullopt));
    return 0;
}
