// SPDX-License-Identifier: Apache-2.0
#include "seal/identity.h"

#include <gtest/gtest.h>

#include "seal/random.h"

namespace plumbline::seal {
namespace {

TEST(Identity, OpensWithItsOwnKeyAtItsOwnTipAndNowhereElse) {
    init_crypto();
    SystemEntropy entropy;
    const BoxKeys identity = make_box_keys(entropy);
    const BoxKeys desk = make_box_keys(entropy);
    const TipId tip = TipId::make({}, IdBytes{std::byte{1}});
    const Bytes sealed = seal_identity(tip, view("jo@example.com"), identity.public_key, entropy);
    EXPECT_EQ(text_of(open_identity(tip, sealed, identity.secret).value()), "jo@example.com");
    EXPECT_EQ(open_identity(tip, sealed, desk.secret).error().kind, ErrorKind::denied);
    IdBytes other{};
    other.back() = std::byte{2};
    EXPECT_EQ(open_identity(TipId::make({}, other), sealed, identity.secret).error().kind, ErrorKind::corrupt);
    // Its size says little: a short and a longer one are as long.
    EXPECT_EQ(seal_identity(tip, view(std::string(900, 'x')), identity.public_key, entropy).size(), sealed.size());
}

TEST(Identity, EveryChangedOrMissingByteIsRefused) {
    init_crypto();
    SystemEntropy entropy;
    const BoxKeys identity = make_box_keys(entropy);
    const TipId tip = TipId::make({}, IdBytes{std::byte{1}});
    const Bytes sealed = seal_identity(tip, view("jo@example.com"), identity.public_key, entropy);
    for (std::size_t i = 0; i < sealed.size(); i += 7) {
        Bytes changed = sealed;
        changed[i] ^= std::byte{1};
        EXPECT_FALSE(open_identity(tip, changed, identity.secret)) << i;
        EXPECT_FALSE(open_identity(tip, ByteView(sealed).first(i), identity.secret)) << i;
    }
}

}  // namespace
}  // namespace plumbline::seal
