// SPDX-License-Identifier: Apache-2.0
#include "face/work.h"

#include <gtest/gtest.h>

#include "seal/test_entropy.h"

namespace plumbline::face {
namespace {

class WorkTest : public testing::Test {
  protected:
    FakeClock clock{instant_from("2026-11-28T10:00:30Z").take()};
    seal::TestEntropy entropy{"work"};
    WorkOptions options{.bits = 6, .bits_more_max = 4, .tips_per_minute = 10, .plain_per_minute = 3};

    static std::string solved(const Json& offer) {
        const auto bits = static_cast<unsigned>(offer.integer_at("bits").value());
        const std::string challenge = offer.text_at("challenge").value();
        const Bytes head = from_base64url(challenge).take();
        std::string solution = challenge + ".";
        for (unsigned puzzle = 0; puzzle < work_puzzles; ++puzzle) {
            for (std::uint32_t nonce = 0;; ++nonce) {
                Bytes message = head;
                append_u8(message, static_cast<std::uint8_t>(puzzle));
                append_u32(message, nonce);
                const Sha256 hash = sha256(message);
                unsigned zeros = 0;
                while (zeros < bits && (std::to_integer<unsigned>(hash.bytes[zeros / 8]) >> (7 - zeros % 8) & 1) == 0) ++zeros;
                if (zeros < bits) continue;
                solution += (puzzle == 0 ? "" : ",") + std::to_string(nonce);
                break;
            }
        }
        return solution;
    }
};

TEST_F(WorkTest, ASolutionCountsOnceAndNotAfterItsTime) {
    WorkGate gate(clock, entropy, options);
    const std::string solution = solved(gate.offer());
    EXPECT_TRUE(gate.check(solution));
    EXPECT_TRUE(gate.admit(solution));
    EXPECT_EQ(gate.check(solution).error().kind, ErrorKind::conflict);
    const std::string late = solved(gate.offer());
    clock.advance(work_life + std::chrono::minutes(1));
    EXPECT_EQ(gate.check(late).error().kind, ErrorKind::timeout);
}

TEST_F(WorkTest, ChangedOrForeignSolutionsAreRefused) {
    WorkGate gate(clock, entropy, options);
    WorkGate other(clock, entropy, options);
    const std::string solution = solved(gate.offer());
    EXPECT_EQ(other.check(solution).error().kind, ErrorKind::invalid);
    // Every change of a letter: of the challenge none passes; of the nonces one in 2^6 may be a solution too.
    const std::size_t dot = solution.find('.');
    for (std::size_t i = 0; i < dot; ++i) {
        std::string changed = solution;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(gate.check(changed)) << i;
    }
    for (std::size_t i = 0; i + 1 < solution.size(); ++i) EXPECT_FALSE(gate.check(solution.substr(0, i))) << i;
    for (const char* bad : {"", ".", "a.b", "AAAA.1,2,3"}) EXPECT_FALSE(gate.check(bad)) << bad;
    EXPECT_FALSE(gate.check(solution + ",1"));
    EXPECT_FALSE(gate.check(solution + std::string(10'000, '1')));
    EXPECT_TRUE(gate.check(solution));
}

TEST_F(WorkTest, WithoutASolutionTheDeskTakesItsRateAndRecovers) {
    WorkGate gate(clock, entropy, options);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(gate.admit(""));
    EXPECT_EQ(gate.admit("").error().kind, ErrorKind::busy);
    EXPECT_EQ(gate.admit("not a solution").error().kind, ErrorKind::busy);
    const std::string solution = solved(gate.offer());
    EXPECT_TRUE(gate.admit(solution));            // who has worked is let in all the same
    EXPECT_EQ(gate.admit(solution).error().kind, ErrorKind::busy);   // once
    clock.advance(std::chrono::seconds(21));      // a third of a minute is one of three
    EXPECT_TRUE(gate.admit(""));
    EXPECT_FALSE(gate.admit(""));
}

TEST_F(WorkTest, GrowsWithTheTipsOfTheDeskAndFallsBack) {
    WorkGate gate(clock, entropy, options);
    EXPECT_EQ(gate.bits_now(), 6U);
    for (int i = 0; i < 10; ++i) gate.count_tip();
    EXPECT_EQ(gate.bits_now(), 6U);
    gate.count_tip();
    EXPECT_EQ(gate.bits_now(), 7U);
    for (int i = 0; i < 30; ++i) gate.count_tip();
    EXPECT_EQ(gate.bits_now(), 9U);               // 41 tips: over 10, 20 and 40
    for (int i = 0; i < 5000; ++i) gate.count_tip();
    EXPECT_EQ(gate.bits_now(), 10U);              // and no more than that
    const std::string hard = solved(gate.offer());
    clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(gate.bits_now(), 10U);              // the minute before still counts
    clock.advance(std::chrono::minutes(1));
    EXPECT_EQ(gate.bits_now(), 6U);
    EXPECT_TRUE(gate.admit(hard));
}

TEST_F(WorkTest, CanBeOff) {
    options.bits = 0;
    options.plain_per_minute = 0;
    WorkGate gate(clock, entropy, options);
    EXPECT_EQ(gate.offer().integer_at("bits").value(), 0);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(gate.admit(""));
}

}  // namespace
}  // namespace plumbline::face
