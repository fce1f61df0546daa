// SPDX-License-Identifier: Apache-2.0
#include "desk/sign_in.h"

#include <gtest/gtest.h>

#include "desk/test_desk.h"

namespace plumbline::desk {

using Kind = SignInAnswer::Kind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class SignInTest : public testing::Test {
  protected:
    SignInTest() {
        seal::init_crypto();
        password_ = ensure_first_staff(*store_, entropy_, clock_, cheap_password).take().value_or("");
    }
    Kind try_with(std::string_view name, std::string_view password) { return sign_in_.sign_in(name, password)->kind; }

    seal::TestEntropy entropy_{"sign in"};
    FakeClock clock_{instant_from("2026-11-20T10:30:00Z").take()};
    std::unique_ptr<Blobs> blobs_ = Blobs::in_memory();
    std::unique_ptr<Store> store_ = make_memory_store(*blobs_);
    std::string password_;
    SignIn sign_in_{*store_, clock_, entropy_, cheap_password};
};

TEST_F(SignInTest, the_first_password_is_made_once) {
    EXPECT_EQ(password_.size(), 23U);
    EXPECT_FALSE(ensure_first_staff(*store_, entropy_, clock_, cheap_password)->has_value());
    const auto answer = sign_in_.sign_in("desk", password_).take();
    ASSERT_EQ(answer.kind, Kind::signed_in);
    EXPECT_EQ(answer.session->name, "desk");
    EXPECT_EQ(store_->staff()->at(0).password_hash.find(password_), std::string::npos);
}

TEST_F(SignInTest, a_session_ends_when_idle_and_after_its_whole_time) {
    const std::string token = sign_in_.sign_in("desk", password_)->token;
    ASSERT_TRUE(sign_in_.session_of(token).has_value());
    clock_.advance(minutes(29));
    EXPECT_TRUE(sign_in_.session_of(token).has_value());
    clock_.advance(minutes(30));
    EXPECT_FALSE(sign_in_.session_of(token).has_value());

    const std::string busy = sign_in_.sign_in("desk", password_)->token;
    for (int i = 0; i < 12 * 4 - 1; ++i) {
        clock_.advance(minutes(15));
        ASSERT_TRUE(sign_in_.session_of(busy).has_value()) << i;
    }
    clock_.advance(minutes(15));
    EXPECT_FALSE(sign_in_.session_of(busy).has_value());
}

TEST_F(SignInTest, sign_out_ends_one_session) {
    const std::string one = sign_in_.sign_in("desk", password_)->token;
    const std::string two = sign_in_.sign_in("desk", password_)->token;
    EXPECT_NE(one, two);
    sign_in_.sign_out(one);
    EXPECT_FALSE(sign_in_.session_of(one).has_value());
    EXPECT_TRUE(sign_in_.session_of(two).has_value());
    EXPECT_FALSE(sign_in_.session_of("").has_value());
    EXPECT_FALSE(sign_in_.session_of(two.substr(1)).has_value());
}

TEST_F(SignInTest, wrong_passwords_double_the_wait_for_that_name) {
    for (const unsigned wait : {1U, 2U, 4U, 8U, 16U, 32U, 64U, 128U, 256U, 300U, 300U}) {
        ASSERT_EQ(try_with("desk", "wrong"), Kind::wrong);
        const auto early = sign_in_.sign_in("desk", password_).take();   // even the right one
        ASSERT_EQ(early.kind, Kind::too_early);
        ASSERT_EQ(early.retry_seconds, wait);
        clock_.advance(seconds(wait));
    }
    EXPECT_EQ(try_with("desk", password_), Kind::signed_in);
    EXPECT_EQ(try_with("desk", password_), Kind::signed_in);   // the count is forgotten
}

TEST_F(SignInTest, names_that_do_not_exist_are_slowed_the_same) {
    EXPECT_EQ(try_with("nobody", "x"), Kind::wrong);
    EXPECT_EQ(try_with("nobody", "x"), Kind::too_early);
    EXPECT_EQ(try_with("desk", password_), Kind::signed_in);   // another name is not
    EXPECT_EQ(try_with(std::string(65, 'a'), "x"), Kind::wrong);
    EXPECT_EQ(try_with("desk", std::string(2000, 'x')), Kind::wrong);
}

TEST_F(SignInTest, staff_are_named_by_plain_letters) {
    EXPECT_TRUE(set_staff(*store_, entropy_, clock_, "second.desk", "a password", "analyst", cheap_password).has_value());
    for (const std::string_view name : {"", "a b", "a\nb", "\xC3\xA9"}) EXPECT_EQ(set_staff(*store_, entropy_, clock_, name, "x", "analyst", cheap_password).error().kind, ErrorKind::invalid);
    EXPECT_EQ(try_with("second.desk", "a password"), Kind::signed_in);
    EXPECT_TRUE(set_staff(*store_, entropy_, clock_, "second.desk", "another", "analyst", cheap_password).has_value());
    EXPECT_EQ(store_->staff()->size(), 2U);
    EXPECT_EQ(try_with("second.desk", "another"), Kind::signed_in);
}

}  // namespace plumbline::desk
