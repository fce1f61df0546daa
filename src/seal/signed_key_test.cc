// SPDX-License-Identifier: Apache-2.0
#include "seal/signed_key.h"

#include <gtest/gtest.h>

#include "seal/random.h"
#include "seal/test_entropy.h"

namespace plumbline::seal {

namespace {

TEST(SignedKey, IsCheckedToTheLastByte) {
    init_crypto();
    TestEntropy entropy("signed key");
    const SigningKeys anchor = make_signing_keys(entropy);
    const SignedDeskKeys keys{{make_box_keys(entropy).public_key, make_box_keys(entropy).public_key}, make_box_keys(entropy).public_key,
                              day_from("2026-11-28").value(), day_from("2027-11-28").value(), anchor.verify_key};
    const std::string text = sign_desk_keys(keys, anchor.secret);
    const auto read = verify_desk_keys(text, day_from("2026-11-28").value());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->desks, keys.desks);
    EXPECT_EQ(read->identity, keys.identity);
    EXPECT_EQ(read->by, anchor.verify_key);
    EXPECT_TRUE(verify_desk_keys(text, day_from("2027-11-28").value()));
    EXPECT_EQ(verify_desk_keys(text, day_from("2027-11-29").value()).error().kind, ErrorKind::denied);
    EXPECT_EQ(verify_desk_keys(text, day_from("2026-11-27").value()).error().kind, ErrorKind::denied);
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(verify_desk_keys(changed, day_from("2026-12-01").value())) << at;
        EXPECT_FALSE(verify_desk_keys(text.substr(0, at), day_from("2026-12-01").value())) << at;
    }
    EXPECT_FALSE(verify_desk_keys(text + "\n", day_from("2026-12-01").value()));
}

}  // namespace

}  // namespace plumbline::seal
