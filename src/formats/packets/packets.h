// SPDX-License-Identifier: Apache-2.0
// Finds IP packets in bytes that have no form: images of memory, swap, space that a file system has given up.
//
// Taken: an IPv4 header without options, unfragmented or the first fragment, whose header checksum is right (RFC 1071), of
// TCP, UDP or ICMP with a plausible header behind it; an IPv6 header directly before TCP, UDP or ICMPv6 up to 2,048 bytes
// whose checksum is right. Addresses that nobody sends from or to are not taken. Pure; the portable and the SSE2 search
// give the same.
#pragma once
#include <vector>

#include "formats/pcap/internet.h"

namespace plumbline::formats {

struct CarvedPacket {
    std::uint64_t offset = 0;  // of the IP header. IPv4 addresses stand at +12 and +16, IPv6 ones at +8 and +24
    net::IpAddress source;
    net::IpAddress destination;
    std::uint8_t protocol = 0;
    std::uint16_t source_port = 0;       // 0 for ICMP
    std::uint16_t destination_port = 0;
    bool has_macs = false;               // an Ethernet header stands before it: MAC addresses at -14 (destination) and -8
    net::MacAddress mac_source{};             // (with a VLAN tag at -18 and -12)
    net::MacAddress mac_destination{};
};

// In the order of offset, the first `max`. Whether a packet is taken depends on the 18 bytes before it, its header and at
// most 2,088 bytes from its start: windows that overlap by that find the same.
std::vector<CarvedPacket> carve_packets(ByteView bytes, std::uint64_t max);
inline constexpr std::uint64_t carved_bytes_before = 18;
inline constexpr std::uint64_t carved_bytes_behind = 2088;

// For tests: the search without SSE2.
std::vector<CarvedPacket> carve_packets_portable(ByteView bytes, std::uint64_t max);

}  // namespace plumbline::formats
