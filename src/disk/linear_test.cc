// SPDX-License-Identifier: Apache-2.0
// The fuzzers' seeds are small images of each container, made by hand: what they hold is known.
#include "disk/linear.h"

#include <gtest/gtest.h>

#include <fstream>

namespace plumbline::disk {
namespace {

Bytes seed(const std::string& name) {
    std::ifstream file(std::string(PLUMBLINE_ROOM_DIR) + "/corpus/linear_fuzz/" + name, std::ios::binary);
    return to_bytes(std::string(std::istreambuf_iterator<char>(file), {}));
}

Result<Linear> open_bytes(const Bytes& bytes) {
    std::vector<std::unique_ptr<RandomBytes>> segments;
    segments.push_back(bytes_of_memory(bytes));
    return open_linear(std::move(segments));
}

// The disk's size, its first block's letter, where the second block starts and what stands there.
struct Expected {
    std::string name;
    std::uint64_t size_bytes;
    std::string first;
    std::uint64_t second_at;
    std::string second;
};

TEST(Linear, EachContainerGivesItsDisk) {
    const std::string hole(4, '\0');
    const std::vector<Expected> all{{"qcow2", 4096, "AAAA", 512, "hell"}, {"vhd", 8192, "BBBB", 4096, hole}, {"vmdk", 8192, "CCCC", 4096, hole},
                                    {"ewf", 1024, "DDDD", 512, "EEEE"}, {"vdi", 2048, "FFFF", 1024, hole}};
    for (const Expected& expected : all) {
        const Bytes bytes = seed(expected.name);
        const auto linear = open_bytes(bytes);
        ASSERT_TRUE(linear) << expected.name << ": " << linear.error().message;
        EXPECT_EQ(linear->container, expected.name);
        EXPECT_EQ(linear->bytes->size_bytes(), expected.size_bytes) << expected.name;
        const auto first = linear->bytes->bytes(0, 4);
        const auto second = linear->bytes->bytes(expected.second_at, 4);
        const auto across = linear->bytes->bytes(expected.second_at - 2, 4);
        ASSERT_TRUE(first && second && across) << expected.name;
        EXPECT_EQ(text_of(*first), expected.first) << expected.name;
        EXPECT_EQ(text_of(*second), expected.second) << expected.name;
        EXPECT_EQ(text_of(*across), expected.first.substr(0, 2) + expected.second.substr(0, 2)) << expected.name;
        EXPECT_FALSE(linear->bytes->bytes(expected.size_bytes - 2, 4)) << expected.name << ": past the end";
    }
}

TEST(Linear, WhatIsNotReadIsNamed) {
    for (const auto& [magic, name] : {std::pair{std::string("LVF\x09\x0d\x0a\xff\0", 8), "L01"}, {std::string("COWD"), "ESX"}}) {
        Bytes bytes = to_bytes(magic);
        bytes.resize(8192);
        const auto linear = open_bytes(bytes);
        ASSERT_FALSE(linear);
        EXPECT_EQ(linear.error().kind, ErrorKind::unsupported);
        EXPECT_NE(linear.error().message.find(name), std::string::npos);
    }
    Bytes backed = seed("qcow2");
    backed[15] = std::byte{1};
    ASSERT_FALSE(open_bytes(backed));
    EXPECT_NE(open_bytes(backed).error().message.find("backing"), std::string::npos);
}

TEST(Linear, RawSegmentsAreJoined) {
    const Bytes a = to_bytes("first ");
    const Bytes b = to_bytes("second");
    std::vector<std::unique_ptr<RandomBytes>> segments;
    segments.push_back(bytes_of_memory(a));
    segments.push_back(bytes_of_memory(b));
    const auto linear = open_linear(std::move(segments));
    ASSERT_TRUE(linear);
    const auto all = linear->bytes->bytes(0, 12);
    ASSERT_TRUE(all);
    EXPECT_EQ(text_of(*all), "first second");
    EXPECT_EQ(linear->container, "raw");
}

}  // namespace
}  // namespace plumbline::disk
