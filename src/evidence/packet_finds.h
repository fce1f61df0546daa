// SPDX-License-Identifier: Apache-2.0
// Addresses of IP packets that lie in bytes of no form: what memory, swap and free space hold of the network.
#pragma once
#include <string>
#include <vector>

#include "base/bytes.h"
#include "model/indicator.h"

namespace plumbline::evidence {

struct PacketFind {
    IndicatorKind kind = IndicatorKind::ipv4;  // or ipv6
    std::size_t at = 0;                        // of the address's own bytes, which are its text
    std::size_t size = 4;
    std::string value;
};
// Of the packets whose header begins in [begin, end), in order; at most 100,000 packets. What lies around [begin, end) in
// `bytes` is looked at too, so that parts that are read one by one find the same as the whole.
std::vector<PacketFind> packet_finds(ByteView bytes, std::uint64_t begin, std::uint64_t end);

}  // namespace plumbline::evidence
