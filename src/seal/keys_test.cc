// SPDX-License-Identifier: Apache-2.0
// Keys, their files, words, mailboxes and small blobs.
#include "seal/keys.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "seal/blob.h"
#include "seal/envelope.h"
#include "seal/mailbox.h"
#include "seal/random.h"
#include "seal/test_entropy.h"
#include "seal/words.h"

namespace plumbline::seal {
namespace {

// Neither a secret nor what is derived with it can be put into a log field or a text.
static_assert(!std::is_constructible_v<LogField, std::string_view, SecretKey>);
static_assert(!std::is_constructible_v<LogField, std::string_view, ReceiptSecret>);
static_assert(!std::is_convertible_v<SecretKey, ByteView>);
static_assert(!std::is_convertible_v<SecretKey, std::string>);
static_assert(!std::is_same_v<SecretKey, TipKey> && !std::is_constructible_v<SecretKey, TipKey>);
static_assert(!std::is_constructible_v<VerifyKey, PublicKey>);

class Keys : public testing::Test {
  protected:
    void SetUp() override { init_crypto(); }
    TestEntropy entropy{"keys"};
    PassphraseCost cheap{1, 8192};
};

TEST_F(Keys, FilesComeBackAndRolesDoNotMix) {
    const BoxKeys desk = make_box_keys(entropy);
    const std::string text = public_key_text(desk.public_key, KeyRole::desk);
    EXPECT_EQ(text.find("plumbline-desk-key/1 "), 0U);
    EXPECT_EQ(public_key_from(text, KeyRole::desk).value(), desk.public_key);
    EXPECT_EQ(public_key_from(text + "\r\n", KeyRole::desk).value(), desk.public_key);
    EXPECT_FALSE(public_key_from(text, KeyRole::lab));
    const std::string plain = secret_key_text(desk.secret, KeyRole::desk, std::nullopt, entropy).value();
    EXPECT_FALSE(needs_passphrase(plain));
    EXPECT_EQ(public_key_of(secret_key_from(plain, KeyRole::desk, std::nullopt).value()), desk.public_key);
    EXPECT_FALSE(secret_key_from(plain, KeyRole::lab, std::nullopt));
    EXPECT_FALSE(public_key_from(plain, KeyRole::desk));
    EXPECT_TRUE(check_secret_file_mode(plain, 0100600));
    EXPECT_FALSE(check_secret_file_mode(plain, 0100640));
    EXPECT_FALSE(check_secret_file_mode(plain, 0100604));
}

TEST_F(Keys, PassphraseOpensAndEveryChangeOfTheFileIsRefused) {
    const BoxKeys desk = make_box_keys(entropy);
    const std::string text = secret_key_text(desk.secret, KeyRole::desk, "correct horse", entropy, cheap).value();
    EXPECT_TRUE(needs_passphrase(text));
    EXPECT_TRUE(check_secret_file_mode(text, 0100644));
    EXPECT_EQ(public_key_of(secret_key_from(text, KeyRole::desk, "correct horse").value()), desk.public_key);
    for (const auto& wrong : {std::optional<std::string_view>(), std::optional<std::string_view>("correct horsf")}) {
        const auto opened = secret_key_from(text, KeyRole::desk, wrong);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().kind, ErrorKind::denied);
    }
    EXPECT_FALSE(secret_key_text(desk.secret, KeyRole::desk, "", entropy, cheap));
    // Change each character of the line in turn; a digit of the cost may become a larger cost, so only the letters after it.
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        if (text[at] >= '0' && text[at] <= '9' && at < text.find("8192") + 4) continue;
        std::string changed = text;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(secret_key_from(changed, KeyRole::desk, "correct horse")) << changed;
    }
    const std::string huge = "plumbline-desk-secret/1 argon2id 3 99999999999 AAAAAAAAAAAAAAAAAAAAAA== AAAA AAAA";
    EXPECT_EQ(secret_key_from(huge, KeyRole::desk, "x").error().kind, ErrorKind::too_large);
}

TEST_F(Keys, SigningKeysSignAndComeBack) {
    const SigningKeys keys = make_signing_keys(entropy);
    const std::string text = signing_key_text(keys.secret, "pass", entropy, cheap).value();
    const SigningKey again = signing_key_from(text, "pass").value();
    EXPECT_EQ(verify_key_of(again), keys.verify_key);
    EXPECT_EQ(verify_key_from(verify_key_text(keys.verify_key)).value(), keys.verify_key);
    const Signature signature = sign(again, view("message"));
    EXPECT_TRUE(verify(keys.verify_key, view("message"), signature));
    EXPECT_FALSE(verify(keys.verify_key, view("messagf"), signature));
    for (std::size_t bit = 0; bit < 512; ++bit) {
        Signature changed = signature;
        changed.bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        EXPECT_FALSE(verify(keys.verify_key, view("message"), changed)) << bit;
    }
    // RFC 8032 section 7.1, TEST 1: the key of an all-known seed and the signature of the empty message.
    const Bytes seed = from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value();
    const SigningKey known = signing_key_from("plumbline-signing-secret/1 plain " + to_base64(seed), std::nullopt).value();
    EXPECT_EQ(to_hex(verify_key_of(known).bytes), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    EXPECT_EQ(to_hex(sign(known, {}).bytes).substr(0, 32), "e5564300c360ac729086e2cc806e828a");
}

TEST_F(Keys, LowOrderPublicKeysAreRefused) {
    EXPECT_FALSE(public_key_from_bytes(Bytes(32)));
    Bytes one(32);
    one[0] = std::byte{1};
    EXPECT_FALSE(public_key_from_bytes(one));
    EXPECT_FALSE(public_key_from_bytes(Bytes(31)));
    EXPECT_TRUE(public_key_from_bytes(make_box_keys(entropy).public_key.bytes));
}

TEST_F(Keys, FingerprintsDifferByKeyAndReadAsWords) {
    const BoxKeys a = make_box_keys(entropy);
    const BoxKeys b = make_box_keys(entropy);
    EXPECT_NE(fingerprint_hex(a.public_key), fingerprint_hex(b.public_key));
    EXPECT_EQ(fingerprint_hex(a.public_key).size(), 32U);
    EXPECT_EQ(to_hex(bits_from_words(fingerprint_words(a.public_key)).value()), fingerprint_hex(a.public_key));
}

TEST_F(Keys, WordsAreThoseOfBip39) {
    // Vectors of the reference implementation (trezor/python-mnemonic, vectors.json).
    const std::pair<std::string, std::string> known[] = {
        {"00000000000000000000000000000000",
         "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"},
        {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f", "legal winner thank year wave sausage worth useful legal winner thank yellow"},
        {"80808080808080808080808080808080", "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"},
        {"ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"},
        {"9e885d952ad362caeb4efe34a8e91bd2", "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic"},
    };
    for (const auto& [hex, words] : known) {
        ByteArray<16> bits;
        const Bytes bytes = from_hex(hex).value();
        std::copy(bytes.begin(), bytes.end(), bits.begin());
        EXPECT_EQ(words_from(bits), words);
        EXPECT_EQ(bits_from_words(words).value(), bits);
    }
    for (unsigned i = 1; i < 2048; ++i) {
        EXPECT_LT(word_at(i - 1), word_at(i));
        EXPECT_NE(word_at(i - 1).substr(0, 4), word_at(i).substr(0, 4));
    }
}

TEST_F(Keys, WordsForgiveHowTheyAreTyped) {
    const ByteArray<16> bits = bits_from_words("ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic").value();
    EXPECT_EQ(bits_from_words("  Ozone DRILL\tgrab, fiber\r\ncurtain-grace  pudding thank cruise elder eight picnic\n").value(), bits);
    EXPECT_EQ(bits_from_words("ozon dril grab fibe curt grac pudd than crui elde eigh picn").value(), bits);
    const auto message = [](std::string_view text) { return bits_from_words(text).error().message; };
    EXPECT_EQ(message("ozone drill grxb fiber"), "words: word 3 is not in the list");
    EXPECT_EQ(message("ozo drill"), "words: word 1 is not in the list");
    EXPECT_EQ(message("ozone drill"), "words: 2 words where there must be 12");
    EXPECT_EQ(message(""), "words: 0 words where there must be 12");
    EXPECT_NE(message("drill ozone grab fiber curtain grace pudding thank cruise elder eight picnic").find("do not fit"), std::string::npos);
    EXPECT_FALSE(bits_from_words(std::string(2000, 'a')));
    // Full words that are the start of others stand for themselves.
    EXPECT_EQ(message("act act"), "words: 2 words where there must be 12");
}

TEST_F(Keys, MailboxComesFromTheWordsAlone) {
    const ReceiptSecret secret = ReceiptSecret::random(entropy);
    const MailboxKeys mailbox = mailbox_keys_of(secret);
    const MailboxKeys again = mailbox_keys_of(receipt_secret_from_words(receipt_words(secret)).value());
    EXPECT_EQ(mailbox.public_key, again.public_key);
    EXPECT_EQ(mailbox_id_of(mailbox.token), mailbox_id_of(again.token));
    const Bytes answer = seal_to(mailbox.public_key, "message/1", view("we called your bank"), entropy);
    EXPECT_EQ(text_of(open_sealed(again.secret, "message/1", answer).value()), "we called your bank");
    const MailboxKeys other = mailbox_keys_of(ReceiptSecret::random(entropy));
    EXPECT_FALSE(open_sealed(other.secret, "message/1", answer));
    EXPECT_NE(mailbox_id_of(mailbox.token), mailbox_id_of(other.token));
}

TEST_F(Keys, BlobsOpenInTheirOwnPlaceOnly) {
    const BoxKeys desk = make_box_keys(entropy);
    const Bytes sealed = seal_to(desk.public_key, "finding/1", view("text"), entropy);
    EXPECT_EQ(sealed.size(), seal_to(desk.public_key, "finding/1", view("a longer text"), entropy).size());
    EXPECT_EQ(open_sealed(desk.secret, "finding/2", sealed).error().kind, ErrorKind::corrupt);
    EXPECT_EQ(open_sealed(make_box_keys(entropy).secret, "finding/1", sealed).error().kind, ErrorKind::denied);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        Bytes changed = sealed;
        changed[at] ^= std::byte{4};
        EXPECT_FALSE(open_sealed(desk.secret, "finding/1", changed)) << at;
        EXPECT_FALSE(open_sealed(desk.secret, "finding/1", ByteView(sealed).first(at))) << at;
    }
}

TEST_F(Keys, ProductsAndLinkHashesBelongToOneDesk) {
    const DeskSecrets desk(make_box_keys(entropy).secret);
    const DeskSecrets other(make_box_keys(entropy).secret);
    const TipId tip = TipId::make(Instant{}, {});
    IdBytes random{};
    random[9] = std::byte{1};
    const TipId another = TipId::make(Instant{}, random);
    const Bytes sealed = desk.encrypt_product(tip, "evidence", view("seen"), entropy);
    EXPECT_EQ(text_of(desk.decrypt_product(tip, "evidence", sealed).value()), "seen");
    EXPECT_FALSE(desk.decrypt_product(tip, "decision", sealed));
    EXPECT_FALSE(desk.decrypt_product(another, "evidence", sealed));
    EXPECT_FALSE(other.decrypt_product(tip, "evidence", sealed));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        EXPECT_FALSE(desk.decrypt_product(tip, "evidence", ByteView(sealed).first(at))) << at;
    }
    EXPECT_EQ(desk.link_hash("phone", "123"), desk.link_hash("phone", "123"));
    EXPECT_NE(desk.link_hash("phone", "123"), desk.link_hash("card", "123"));
    EXPECT_NE(desk.link_hash("phone", "123"), other.link_hash("phone", "123"));
}

TEST_F(Keys, SystemEntropyGivesOtherBytesEachTime) {
    SystemEntropy system;
    ByteArray<32> a{};
    ByteArray<32> b{};
    system.fill(a);
    system.fill(b);
    EXPECT_NE(a, b);
    EXPECT_NE(a, ByteArray<32>{});
}

}  // namespace
}  // namespace plumbline::seal
