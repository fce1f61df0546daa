// SPDX-License-Identifier: Apache-2.0
// The quick ways of wallets and of the words around a find, against ones that are slow and plain.
#include "evidence/scanners/wallet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "evidence/scanners/context.h"

namespace plumbline::evidence {
namespace {
constexpr std::string_view letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

// Long multiplication in bytes, one digit at a time.
Bytes slow_base58(std::string_view text) {
    std::vector<unsigned> low_first;
    for (const char c : text) {
        unsigned carry = static_cast<unsigned>(letters.find(c));
        for (unsigned& byte : low_first) {
            carry += 58 * byte;
            byte = carry & 255;
            carry >>= 8;
        }
        if (carry != 0) low_first.push_back(carry);
    }
    Bytes out(std::min(text.find_first_not_of('1'), text.size()));
    for (auto byte = low_first.rbegin(); byte != low_first.rend(); ++byte) out.push_back(static_cast<std::byte>(*byte));
    return out;
}

TEST(Wallet, Base58IsTheNumberThatItsDigitsSay) {
    std::mt19937 random(1);
    for (std::size_t size = 0; size <= 64; ++size)
        for (unsigned round = 0; round < 60; ++round) {
            std::string word;
            while (word.size() < size) word.push_back(round == 0 ? 'z' : word.size() < round % 7 ? '1' : letters[random() % letters.size()]);
            ASSERT_EQ(base58(word, Base58::bitcoin), slow_base58(word)) << word;
        }
    EXPECT_FALSE(base58("10", Base58::bitcoin));
    EXPECT_FALSE(base58(std::string(65, 'z'), Base58::bitcoin));
}

constexpr std::string_view words[] = {"bic", "swift", "swiftcode", "swift-bic", "pump.fun", "a"};

// The word of `words` that ends nearest, by looking for each of them in each place.
std::string_view slow_word_before(std::string_view text, std::size_t begin, std::size_t reach) {
    const std::string low = lowered(text.substr(begin > reach ? begin - reach : 0, std::min(begin, reach)));
    std::string_view nearest;
    std::size_t nearest_end = 0;
    for (const std::string_view word : words)
        for (std::size_t at = low.find(word); at != std::string::npos; at = low.find(word, at + 1)) {
            const std::size_t end = at + word.size();
            if ((at > 0 && is_alnum(low[at - 1])) || (end < low.size() && is_alnum(low[end]))) continue;
            // Short words behind a dot are the endings of files and hosts.
            if (word.size() <= 3 && at > 1 && low[at - 1] == '.' && is_alnum(low[at - 2])) continue;
            if (!nearest.empty() && end <= nearest_end) continue;
            nearest = word;
            nearest_end = end;
        }
    return nearest;
}

TEST(Context, WordsNearAreThoseThatASlowSearchFinds) {
    constexpr std::string_view pieces[] = {"bic", "BIC", "Swift", "swiftcode", "-", "pump.fun", ".", " ", " ", "a", "x", "1", "\n"};
    std::mt19937 random(2);
    std::size_t there = 0;
    for (unsigned round = 0; round < 20'000; ++round) {
        std::string text;
        while (text.size() < 60) text += pieces[random() % std::size(pieces)];
        const std::size_t begin = random() % text.size();
        const std::size_t end = begin + random() % (text.size() - begin);
        const std::size_t reach = random() % 40;
        const std::string_view slow = slow_word_before(text, begin, reach);
        ASSERT_EQ(word_before(text, begin, words, reach), slow) << text;
        const std::string_view behind = std::string_view(text).substr(end, reach);
        const bool is_near = !slow.empty() || !slow_word_before(behind, behind.size(), behind.size()).empty();
        ASSERT_EQ(has_word_near(text, begin, end, words, reach), is_near) << text;
        there += is_near;
    }
    EXPECT_GT(there, 2000U);
    EXPECT_LT(there, 19'000U);
}

}  // namespace
}  // namespace plumbline::evidence
