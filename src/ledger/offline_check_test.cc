// SPDX-License-Identifier: Apache-2.0
// What a reporter holds checks with two public keys and nothing else, and no changed byte of it does.
#include "ledger/offline_check.h"

#include <gtest/gtest.h>

#include "ledger/published_log.h"
#include "ledger/test_log.h"

namespace plumbline::ledger {
namespace {

struct Held {
    TestLog log;
    std::string receipt, proof, keys_text;
    HotlineKeys keys;
    std::uint64_t index = 0;

    Held() {
        log.add_tip();
        log.add_entries(5);
        const TipId tip = log.add_tip();
        log.add_entries(300);
        log.publish();
        const TipRow row = log.store->tip(tip).value();
        receipt = row.receipt;
        index = row.received_index;
        proof = PublishedLog::open(log.path(), log.ledger.verify_key)->prove(index).value();
        keys_text = hotline_keys_text(log.receipt.verify_key, merkle::NoteKey{"plumbline.example/ledger", log.ledger.verify_key.bytes});
        keys = hotline_keys_from(keys_text).value();
    }
};

TEST(OfflineCheck, AReceiptAndItsProofCheck) {
    const Held held;
    const auto alone = check_offline(held.receipt, std::nullopt, held.keys);
    ASSERT_TRUE(alone) << alone.error().message;
    EXPECT_FALSE(alone->checkpoint);
    const auto whole = check_offline(held.receipt, held.proof, held.keys);
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(whole->index, held.index);
    EXPECT_EQ(whole->checkpoint->size, 307U);
    EXPECT_EQ(whole->checkpoint->origin, "plumbline.example/ledger");
}

TEST(OfflineCheck, NoChangedByteChecks) {
    const Held held;
    for (std::size_t at = 0; at < held.receipt.size(); ++at) {
        for (const int bit : {1, 2, 4, 8, 16, 32, 64, 128}) {
            std::string changed = held.receipt;
            changed[at] = static_cast<char>(changed[at] ^ bit);
            ASSERT_FALSE(check_offline(changed, std::nullopt, held.keys)) << changed;
        }
    }
    for (std::size_t at = 0; at < held.proof.size(); ++at) {
        for (const int bit : {1, 2, 4, 8, 16, 32, 64, 128}) {
            std::string changed = held.proof;
            changed[at] = static_cast<char>(changed[at] ^ bit);
            ASSERT_FALSE(check_offline(held.receipt, changed, held.keys)) << changed;
        }
        ASSERT_FALSE(check_offline(held.receipt, held.proof.substr(0, at), held.keys)) << at;
    }
    EXPECT_FALSE(check_offline(held.receipt, held.proof + "\n", held.keys));
    std::string with_extra = held.proof;
    with_extra.insert(with_extra.find("index"), "extra AAAA\n");
    EXPECT_FALSE(check_offline(held.receipt, with_extra, held.keys));
}

TEST(OfflineCheck, AnotherEntrysProofAndOtherKeysAreRefused) {
    Held held;
    const PublishedLog log = PublishedLog::open(held.log.path(), held.log.ledger.verify_key).value();
    EXPECT_FALSE(check_offline(held.receipt, log.prove(0).value(), held.keys));
    EXPECT_FALSE(check_offline(held.log.store->tip(held.log.add_tip()).value().receipt, held.proof, held.keys));
    // Exchanged: who holds the key for receipts alone cannot make a log.
    EXPECT_FALSE(check_offline(held.receipt, held.proof, HotlineKeys{{held.log.ledger.verify_key}, {{"", held.log.receipt.verify_key}}}));
    EXPECT_FALSE(check_offline(held.receipt, held.proof, HotlineKeys{{held.log.receipt.verify_key}, {{"", held.log.receipt.verify_key}}}));
    EXPECT_FALSE(check_offline(held.receipt, held.proof, HotlineKeys{{held.log.receipt.verify_key}, {{"other.example", held.log.ledger.verify_key}}}));
    EXPECT_TRUE(check_offline(held.receipt, held.proof, HotlineKeys{{held.log.receipt.verify_key}, {{"", held.log.ledger.verify_key}}}));
}

TEST(OfflineCheck, KeysAreReadStrictly) {
    const Held held;
    EXPECT_EQ(held.keys.receipt.size(), 1U);
    EXPECT_EQ(held.keys.log.size(), 1U);
    EXPECT_TRUE(hotline_keys_from(seal::verify_key_text(held.log.ledger.verify_key)));
    for (const std::string& wrong : {std::string(), std::string("\n"), "x" + held.keys_text, std::string("plumbline-receipt-key/1 AAAA\n"), std::string("plumbline-log-key/1 a+b+c\n")})
        EXPECT_FALSE(hotline_keys_from(wrong)) << wrong;
    std::string many;
    for (int i = 0; i < 9; ++i) many += held.keys_text;
    EXPECT_FALSE(hotline_keys_from(many));
}

}  // namespace
}  // namespace plumbline::ledger
