// SPDX-License-Identifier: Apache-2.0
#include "seal/password.h"

#include <gtest/gtest.h>

#include "seal/random.h"
#include "seal/test_entropy.h"

namespace plumbline::seal {

namespace {
constexpr PasswordCost cheap{1, 8 * 1024};
}

TEST(Password, opens_with_itself_only) {
    init_crypto();
    TestEntropy entropy("password");
    const std::string hash = password_hash("a long password", entropy, cheap).take();
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << hash;
    EXPECT_TRUE(password_matches(hash, "a long password"));
    EXPECT_FALSE(password_matches(hash, "a long passwor"));
    EXPECT_FALSE(password_matches(hash, ""));
    EXPECT_NE(hash, *password_hash("a long password", entropy, cheap));  // another salt
}

TEST(Password, a_hash_that_is_none_matches_nothing) {
    init_crypto();
    TestEntropy entropy("password");
    const std::string hash = password_hash("x", entropy, cheap).take();
    for (std::size_t i = 0; i < hash.size(); ++i) EXPECT_FALSE(password_matches(hash.substr(0, i), "x")) << i;
    EXPECT_FALSE(password_matches("", ""));
    EXPECT_FALSE(password_matches("$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaA", "x"));
    EXPECT_FALSE(password_matches("$argon2id$v=19$m=8,t=9999,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaA", "x"));
    EXPECT_FALSE(password_matches(std::string(5000, '$'), "x"));
}

TEST(Password, bounds_what_it_takes) {
    TestEntropy entropy("password");
    const std::string longest(password_bytes_max, 'a');
    EXPECT_TRUE(password_hash(longest, entropy, cheap).has_value());
    const auto over = password_hash(longest + "a", entropy, cheap);
    ASSERT_FALSE(over.has_value());
    EXPECT_EQ(over.error().kind, ErrorKind::too_large);
}

TEST(Password, makes_one_that_can_be_read_out) {
    TestEntropy entropy("password");
    const std::string made = made_password(entropy);
    EXPECT_EQ(made.size(), 23U);
    EXPECT_EQ(made.find_first_of("lo01"), std::string::npos);
    EXPECT_NE(made, made_password(entropy));
}

}  // namespace plumbline::seal
