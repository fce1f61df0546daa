// SPDX-License-Identifier: Apache-2.0
// Envelopes open whole and in their own place only. 10,000 random mutations and every truncation are refused.
#include "seal/envelope.h"

#include <gtest/gtest.h>

#include <random>

#include "seal/pad.h"
#include "seal/random.h"
#include "seal/test_entropy.h"

namespace plumbline::seal {
namespace {

TipId tip_numbered(unsigned char number) {
    IdBytes random{};
    random[15] = std::byte{number};
    return TipId::make(Instant{}, random);
}

Bytes plain_of(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * 131 + i / 251) & 0xff);
    return bytes;
}

class Envelope : public testing::Test {
  protected:
    void SetUp() override { init_crypto(); }
    TestEntropy entropy{"envelope"};
    TipId tip = tip_numbered(1);
    TipKey key = TipKey::random(entropy);
};

TEST_F(Envelope, PartsOfEverySizeAroundAChunkComeBack) {
    const std::size_t c = chunk_plain_bytes;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, c - 1, c, c + 1, 2 * c - 1, 2 * c, 2 * c + 1, 3 * c + 7}) {
        const Bytes plain = plain_of(size);
        const Bytes sealed = seal_part(key, tip, 1, plain, entropy);
        EXPECT_EQ(sealed.size(), sealed_bytes_of(size)) << size;
        const Result<Bytes> opened = open_part(key, tip, 1, sealed);
        ASSERT_TRUE(opened) << size << opened.error().message;
        EXPECT_EQ(*opened, plain) << size;
    }
}

TEST_F(Envelope, PiecesOfAnySizeGiveTheSameBytes) {
    const Bytes plain = plain_of(3 * chunk_plain_bytes + 100);
    TestEntropy one("pieces");
    const Bytes whole = seal_part(key, tip, 2, plain, one);
    std::mt19937 random(7);
    for (const std::size_t piece_max : {std::size_t{1000}, std::size_t{65536}, std::size_t{200000}}) {
        TestEntropy again("pieces");
        PartSealer sealer(key, tip, 2, again);
        PartOpener opener(key, tip, 2);
        Bytes sealed;
        Bytes opened;
        for (std::size_t at = 0; at < plain.size();) {
            const std::size_t count = std::min<std::size_t>(plain.size() - at, 1 + random() % piece_max);
            sealer.push(ByteView(plain).subspan(at, count), sealed);
            at += count;
        }
        sealer.finish(sealed);
        EXPECT_EQ(sealed, whole);
        for (std::size_t at = 0; at < sealed.size();) {
            const std::size_t count = std::min<std::size_t>(sealed.size() - at, 1 + random() % piece_max);
            ASSERT_TRUE(opener.push(ByteView(sealed).subspan(at, count), opened));
            at += count;
        }
        ASSERT_TRUE(opener.finish(opened));
        EXPECT_EQ(opened, plain);
    }
}

TEST_F(Envelope, EveryTruncationIsRefused) {
    const Bytes sealed = seal_part(key, tip, 1, plain_of(300), entropy);
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        EXPECT_FALSE(open_part(key, tip, 1, ByteView(sealed).first(size))) << size;
    }
    const Bytes large = seal_part(key, tip, 1, plain_of(2 * chunk_plain_bytes + 5), entropy);
    for (const std::size_t size : {part_header_bytes, part_header_bytes + chunk_sealed_bytes, part_header_bytes + 2 * chunk_sealed_bytes,
                                   large.size() - 1}) {
        EXPECT_FALSE(open_part(key, tip, 1, ByteView(large).first(size))) << size;
    }
}

TEST_F(Envelope, TenThousandMutationsAreRefused) {
    const Bytes sealed = seal_part(key, tip, 1, plain_of(1000), entropy);
    std::mt19937 random(11);
    for (int round = 0; round < 10'000; ++round) {
        Bytes mutated = sealed;
        switch (random() % 4) {
            case 0: mutated[random() % mutated.size()] ^= static_cast<std::byte>(1U << random() % 8); break;
            case 1: mutated.insert(mutated.begin() + static_cast<std::ptrdiff_t>(random() % (mutated.size() + 1)), static_cast<std::byte>(random())); break;
            case 2: mutated.erase(mutated.begin() + static_cast<std::ptrdiff_t>(random() % mutated.size())); break;
            default: mutated[random() % mutated.size()] = static_cast<std::byte>(random()); break;
        }
        if (mutated == sealed) continue;
        ASSERT_FALSE(open_part(key, tip, 1, mutated)) << "round " << round;
    }
}

TEST_F(Envelope, OtherPlacesAndReorderedChunksAreRefused) {
    const Bytes plain = plain_of(3 * chunk_plain_bytes);
    Bytes sealed = seal_part(key, tip, 1, plain, entropy);
    EXPECT_FALSE(open_part(key, tip, 2, sealed));
    EXPECT_FALSE(open_part(key, tip_numbered(2), 1, sealed));
    EXPECT_FALSE(open_part(TipKey::random(entropy), tip, 1, sealed));
    const Bytes other = seal_part(key, tip, 1, plain, entropy);
    // The second chunk of one sealing in the place of the same chunk of another.
    Bytes mixed = sealed;
    std::copy_n(other.begin() + part_header_bytes + chunk_sealed_bytes, chunk_sealed_bytes,
                mixed.begin() + part_header_bytes + chunk_sealed_bytes);
    EXPECT_FALSE(open_part(key, tip, 1, mixed));
    Bytes swapped = sealed;
    const auto first = swapped.begin() + part_header_bytes;
    std::swap_ranges(first, first + chunk_sealed_bytes, first + chunk_sealed_bytes);
    EXPECT_FALSE(open_part(key, tip, 1, swapped));
    Bytes longer = sealed;
    append(longer, sealed);
    EXPECT_FALSE(open_part(key, tip, 1, longer));
    EXPECT_TRUE(open_part(key, tip, 1, sealed));
}

TEST_F(Envelope, AFailedOpenerGivesNothingMore) {
    Bytes sealed = seal_part(key, tip, 1, plain_of(3 * chunk_plain_bytes), entropy);
    sealed[part_header_bytes + chunk_sealed_bytes + 9] ^= std::byte{1};
    PartOpener opener(key, tip, 1);
    Bytes out;
    const Result<void> opened = opener.push(sealed, out);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().message, "chunk 1: its bytes do not check");
    EXPECT_EQ(out.size(), chunk_plain_bytes);
    EXPECT_FALSE(opener.push(sealed, out));
    EXPECT_FALSE(opener.finish(out));
    EXPECT_EQ(out.size(), chunk_plain_bytes);
}

TEST_F(Envelope, ContentHidesItsSize) {
    EXPECT_EQ(seal_content(key, tip, plain_of(0), entropy).size(), seal_content(key, tip, plain_of(1023), entropy).size());
    EXPECT_EQ(sealed_bytes_of(2048), seal_content(key, tip, plain_of(1024), entropy).size());
    for (const std::size_t size : {0UL, 1UL, 1023UL, 1024UL, 65535UL, 65536UL, 140000UL}) {
        const Bytes plain = plain_of(size);
        const Result<Bytes> opened = open_content(key, tip, seal_content(key, tip, plain, entropy));
        ASSERT_TRUE(opened) << size;
        EXPECT_EQ(*opened, plain);
    }
    // A part that is not padded is no content, whatever it holds.
    EXPECT_FALSE(open_content(key, tip, seal_part(key, tip, 0, plain_of(1000), entropy)));
    EXPECT_FALSE(open_content(key, tip, seal_part(key, tip, 0, Bytes(1024), entropy)));
}

TEST_F(Envelope, PaddingHasOneSpelling) {
    for (std::size_t size = 0; size < 5000; size += 37) {
        Bytes bytes = plain_of(size);
        pad(bytes, 128);
        EXPECT_EQ(bytes.size(), size_class_of(size, 128));
        Bytes larger = bytes;
        larger.resize(bytes.size() * 2);
        EXPECT_FALSE(unpad(larger, 128));
        ASSERT_TRUE(unpad(bytes, 128));
        EXPECT_EQ(bytes, plain_of(size));
    }
}

TEST_F(Envelope, KeysAreWrappedToEachDeskAndBoundToTheTip) {
    const BoxKeys a = make_box_keys(entropy);
    const BoxKeys b = make_box_keys(entropy);
    const BoxKeys stranger = make_box_keys(entropy);
    const Bytes wrapped = wrap_tip_key_for(key, tip, {a.public_key, b.public_key}, entropy);
    EXPECT_EQ(wrapped.size(), 2 * wrapped_key_bytes);
    for (const BoxKeys* desk : {&a, &b}) {
        const Result<TipKey> opened = unwrap_tip_key_of(wrapped, tip, desk->secret);
        ASSERT_TRUE(opened);
        EXPECT_TRUE(equal_in_constant_time(opened->bytes(), key.bytes()));
        const Result<TipKey> elsewhere = unwrap_tip_key_of(wrapped, tip_numbered(9), desk->secret);
        ASSERT_FALSE(elsewhere);
        EXPECT_EQ(elsewhere.error().kind, ErrorKind::corrupt);
    }
    const Result<TipKey> denied = unwrap_tip_key_of(wrapped, tip, stranger.secret);
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().kind, ErrorKind::denied);
    for (std::size_t size = 0; size < wrapped.size(); ++size) {
        if (size == wrapped_key_bytes) continue;
        EXPECT_FALSE(unwrap_tip_key_of(ByteView(wrapped).first(size), tip, a.secret)) << size;
    }
    std::mt19937 random(3);
    for (int round = 0; round < 1000; ++round) {
        Bytes mutated = to_bytes(ByteView(wrapped).first(wrapped_key_bytes));
        mutated[random() % mutated.size()] ^= static_cast<std::byte>(1U << random() % 8);
        // X25519 ignores the top bit of the one-time key, but the nonce is a hash over all of it.
        EXPECT_FALSE(unwrap_tip_key(mutated, tip, a.secret)) << round;
    }
}

}  // namespace
}  // namespace plumbline::seal
