// SPDX-License-Identifier: Apache-2.0
// From a captured frame to the packet in it: Ethernet (802.1Q, 802.1ad, MPLS, PPPoE), Linux cooked v1 and v2, loopback,
// PPP, Cisco HDLC, FDDI, 802.11 with radiotap, Prism, AVS and PPI headers, PKTAP, and raw IP.
#pragma once
#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace plumbline::formats::net {

using MacAddress = std::array<std::byte, 6>;

struct Frame {
    enum class Holds : std::uint8_t { ip, arp, other, encrypted, nothing };
    Holds holds = Holds::other;
    bool has_macs = false;
    MacAddress source{};
    MacAddress destination{};
    std::uint64_t at = 0;    // of what it holds, in the frame
    std::uint64_t size = 0;
};
// A frame that is damaged, or of a link type that is not known, holds `other`: the bytes from where reading ended.
Frame read_frame(ByteView frame, std::uint32_t link_type);
bool is_link_type_known(std::uint32_t link_type);

// The same for bytes that start with an Ethernet header, or with what an ethertype says.
Frame read_ethernet(ByteView frame);
Frame read_ethertype(ByteView frame, std::uint64_t at, std::uint32_t type);

}  // namespace plumbline::formats::net
