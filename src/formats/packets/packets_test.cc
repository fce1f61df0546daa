// SPDX-License-Identifier: Apache-2.0
#include "formats/packets/packets.h"

#include <random>

#include "formats/pcap/capture_builder.h"

namespace plumbline::formats {
namespace {
using net::CaptureBuilder;

std::string noise(std::size_t size, unsigned seed) {
    std::mt19937_64 random(seed);
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>(random());
    return out;
}
const std::string a("\xc0\x00\x02\x01", 4);
const std::string b("\xc6\x33\x64\x02", 4);
std::string tcp_packet() { return CaptureBuilder::ip(a, b, 6, CaptureBuilder::tcp(40'000, 443, 77, 0x18, "hello")); }
std::string v6_packet() {
    const std::string ends = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\x01" + std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\x02";
    std::string payload = CaptureBuilder::udp(5353, 5353, "name");
    const std::string sum = CaptureBuilder::big(CaptureBuilder::checksum(ends + CaptureBuilder::big(payload.size() + 17, 4) + payload), 2);
    payload.replace(6, 2, sum);
    return std::string("\x60\0\0\0", 4) + CaptureBuilder::big(payload.size(), 2) + "\x11\x40" + ends + payload;
}

TEST(Packets, FindsThemAtAnyPlace) {
    for (std::size_t before = 0; before < 70; ++before) {
        const std::string bytes = noise(before, 1) + CaptureBuilder::ethernet(tcp_packet()) + noise(40, 2) + v6_packet() + noise(before, 3);
        const std::vector<CarvedPacket> found = carve_packets(view(bytes), 100);
        ASSERT_EQ(found.size(), 2u) << before;
        EXPECT_EQ(found[0].offset, before + 14);
        EXPECT_EQ(net::address_text(found[0].source), "192.0.2.1");
        EXPECT_EQ(net::address_text(found[0].destination), "198.51.100.2");
        EXPECT_EQ(found[0].destination_port, 443);
        EXPECT_TRUE(found[0].has_macs);
        EXPECT_EQ(net::address_text(found[1].destination), "2001:db8::2");
        EXPECT_FALSE(found[1].has_macs);
        EXPECT_EQ(carve_packets(view(bytes), 1).size(), 1u);
        EXPECT_EQ(carve_packets_portable(view(bytes), 100).size(), 2u);
    }
}

TEST(Packets, EveryChangedByteOfTheHeaderLosesIt) {
    for (const std::string& packet : {tcp_packet(), v6_packet()}) {
        ASSERT_EQ(carve_packets(view(packet), 10).size(), 1u);
        for (std::size_t at = 0; at < (packet[0] == '\x45' ? 20u : 40u); ++at) {
            // The flow label and traffic class of IPv6 and its hop limit are under no checksum.
            if (packet[0] == '\x60' && ((at >= 1 && at < 4) || at == 7)) continue;
            std::string changed = packet;
            changed[at] = static_cast<char>(changed[at] ^ 0x10);
            EXPECT_TRUE(carve_packets(view(changed), 10).empty()) << at;
        }
    }
}

TEST(Packets, NothingInNoise) {
    const std::string bytes = noise(8 << 20, 9);
    EXPECT_TRUE(carve_packets(view(bytes), 10).empty());
    EXPECT_TRUE(carve_packets(view(std::string(1 << 20, '\0')), 10).empty());
    EXPECT_TRUE(carve_packets(view(std::string(1 << 20, '\x45')), 10).empty());
    EXPECT_TRUE(carve_packets(view(std::string(1 << 20, '\x60')), 10).empty());
}

// Bytes that all look like the start of a header, with the checksum right in few: both searches agree.
TEST(Packets, BothSearchesAgree) {
    std::string bytes = noise(1 << 20, 4);
    for (std::size_t at = 0; at + 100 < bytes.size(); at += 61) bytes.replace(at, 61, (at % 7 == 0 ? tcp_packet() : v6_packet() + noise(61, 5)).substr(0, 61));
    const auto fast = carve_packets(view(bytes), 100'000);
    const auto slow = carve_packets_portable(view(bytes), 100'000);
    ASSERT_EQ(fast.size(), slow.size());
    EXPECT_GT(fast.size(), 1000u);
    for (std::size_t i = 0; i < fast.size(); ++i) EXPECT_EQ(fast[i].offset, slow[i].offset);
}
}  // namespace
}  // namespace plumbline::formats
