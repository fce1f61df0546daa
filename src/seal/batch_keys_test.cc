// SPDX-License-Identifier: Apache-2.0
#include "seal/batch_keys.h"

#include <gtest/gtest.h>

#include "seal/random.h"
#include "seal/test_entropy.h"

namespace plumbline::seal {
namespace {

TipId tip_of(int number) {
    IdBytes random{};
    random[15] = static_cast<std::byte>(number);
    return TipId::make(Instant(std::chrono::hours(490'000)), random);
}

class BatchKeys : public testing::Test {
  protected:
    void SetUp() override { init_crypto(); }
    SystemEntropy entropy_;
    BoxKeys desk_ = make_box_keys(entropy_), second_ = make_box_keys(entropy_), stranger_ = make_box_keys(entropy_);
};

TEST_F(BatchKeys, every_tip_opens_alone_for_each_desk) {
    const BatchKey batch = BatchKey::random({desk_.public_key, second_.public_key}, entropy_);
    for (int number = 1; number <= 3; ++number) {
        const TipId tip = tip_of(number);
        const Bytes sealed = seal_content(batch.tip_key(tip), tip, view("a report"), entropy_);
        for (const BoxKeys* keys : {&desk_, &second_}) {
            const auto key = unwrap_tip_key_of(batch.wrapped_keys(tip), tip, keys->secret);
            ASSERT_TRUE(key.has_value()) << key.error().message;
            EXPECT_EQ(text_of(*open_content(*key, tip, sealed)), "a report");
        }
        EXPECT_EQ(unwrap_tip_key_of(batch.wrapped_keys(tip), tip, stranger_.secret).error().kind, ErrorKind::denied);
    }
    EXPECT_FALSE(equal_in_constant_time(batch.tip_key(tip_of(1)).bytes(), batch.tip_key(tip_of(2)).bytes()));
}

TEST_F(BatchKeys, moved_or_changed_ones_are_refused) {
    const BatchKey batch = BatchKey::random({desk_.public_key}, entropy_), other = BatchKey::random({desk_.public_key}, entropy_);
    EXPECT_EQ(unwrap_tip_key_of(batch.wrapped_keys(tip_of(1)), tip_of(2), desk_.secret).error().kind, ErrorKind::corrupt);
    const Bytes own = batch.wrapped_keys(tip_of(1));
    Bytes mixed = other.wrapped_keys(tip_of(1));
    std::copy(own.end() - batch_check_bytes, own.end(), mixed.end() - batch_check_bytes);
    EXPECT_EQ(unwrap_tip_key_of(mixed, tip_of(1), desk_.secret).error().kind, ErrorKind::corrupt);
    for (std::size_t at = 0; at < own.size(); ++at) {
        Bytes changed = own;
        changed[at] ^= std::byte{1};
        EXPECT_FALSE(unwrap_tip_key_of(changed, tip_of(1), desk_.secret).has_value()) << at;
        EXPECT_FALSE(unwrap_tip_key_of(ByteView(own).first(at), tip_of(1), desk_.secret).has_value()) << at;
    }
    // A box of one version does not pass in the form of the other.
    Bytes first_version = wrap_tip_key(batch.tip_key(tip_of(1)), tip_of(1), desk_.public_key, entropy_);
    append(first_version, ByteView(own).last(batch_check_bytes));
    EXPECT_FALSE(unwrap_tip_key_of(first_version, tip_of(1), desk_.secret).has_value());
}

// Computed by another implementation (Python hashlib.blake2b) from the batch key SHA-256("batch keys 1").
TEST_F(BatchKeys, known_answer) {
    TestEntropy entropy("batch keys");
    const BoxKeys desk = make_box_keys(entropy);
    const BatchKey batch = BatchKey::random({desk.public_key}, entropy);
    EXPECT_EQ(to_hex(batch.tip_key(tip_of(1)).bytes()), "ea25291ec8120c30f19eaa88c8c586dc7b9a7ca3ca898c9fe099e9968d93ec65");
    EXPECT_EQ(to_hex(ByteView(batch.wrapped_keys(tip_of(1))).last(batch_check_bytes)), "f90092442905ffba52ebf364cd5e2edd");
}

}  // namespace
}  // namespace plumbline::seal
