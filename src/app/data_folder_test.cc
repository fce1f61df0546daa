// SPDX-License-Identifier: Apache-2.0
#include "app/data_folder.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <filesystem>
#include <thread>

#include "seal/random.h"
#include "store/test_folder.h"

namespace plumbline::app {
namespace {

TEST(DataFolder, ManyFirstStartsAtOnceEndWithOneSetOfKeys) {
    seal::init_crypto();
    seal::SystemEntropy entropy;
    const TestFolder folder;
    for (int round = 0; round < 20; ++round) {
        const std::string data = folder.path() + "/" + std::to_string(round) + "/data";
        constexpr int starts = 6;
        std::vector<std::string> seen(starts);
        std::vector<std::thread> threads;
        for (int i = 0; i < starts; ++i) {
            threads.emplace_back([&data, &entropy, &mine = seen[static_cast<std::size_t>(i)]] {
                const auto made = ensure_keys(data, std::nullopt, true, entropy);
                if (made) mine = read_small_file(KeyPaths(data).desk_secret).value() + read_small_file(KeyPaths(data).receipt_secret).value();
            });
        }
        for (std::thread& thread : threads) thread.join();
        // What one of them sealed to, the others can open: nobody's key was replaced behind its back.
        for (const std::string& keys : seen) ASSERT_EQ(keys, seen[0]) << "round " << round;
        ASSERT_TRUE(read_desk_secret_key(data, std::nullopt));
    }
}

TEST(DataFolder, ACrashBetweenTheTwoHalvesOfTheDeskKeyIsMended) {
    seal::init_crypto();
    seal::SystemEntropy entropy;
    const TestFolder folder;
    ASSERT_TRUE(ensure_keys(folder.path(), std::nullopt, true, entropy));
    const KeyPaths paths(folder.path());
    const std::string before = read_small_file(paths.desk_public).value();
    ASSERT_TRUE(std::filesystem::remove(paths.desk_public));
    ASSERT_TRUE(ensure_keys(folder.path(), std::nullopt, true, entropy));
    EXPECT_EQ(read_small_file(paths.desk_public).value(), before);

    // The other way round nothing is made: tips that are here already are sealed to that key.
    ASSERT_TRUE(std::filesystem::remove(paths.desk_secret));
    const auto refused = ensure_keys(folder.path(), std::nullopt, true, entropy);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
}

TEST(DataFolder, WhoReadsASecretLeavesNoCoreFile) {
    seal::init_crypto();
    seal::SystemEntropy entropy;
    const TestFolder folder;
    ASSERT_TRUE(ensure_keys(folder.path(), std::nullopt, true, entropy));
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    ASSERT_TRUE(read_receipt_key(folder.path()));
    EXPECT_EQ(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    struct rlimit core {};
    ASSERT_EQ(::getrlimit(RLIMIT_CORE, &core), 0);
    EXPECT_EQ(core.rlim_max, 0U);
}

}  // namespace
}  // namespace plumbline::app
