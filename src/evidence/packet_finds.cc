// SPDX-License-Identifier: Apache-2.0
#include "evidence/packet_finds.h"

#include <algorithm>

#include "formats/packets/packets.h"

namespace plumbline::evidence {

namespace {
constexpr std::uint64_t packets_max = 100'000;
}

std::vector<PacketFind> packet_finds(ByteView bytes, std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t from = begin - std::min(begin, formats::carved_bytes_before);
    const std::uint64_t to = std::min<std::uint64_t>(bytes.size(), end + formats::carved_bytes_behind);
    std::vector<PacketFind> out;
    for (const formats::CarvedPacket& packet : formats::carve_packets(bytes.subspan(from, to - from), packets_max)) {
        const std::uint64_t at = from + packet.offset;
        if (at < begin || at >= end) continue;
        // RFC 791 section 3.1, RFC 8200 section 3: where the two addresses stand in the header.
        const bool is_v6 = packet.source.is_v6;
        const IndicatorKind kind = is_v6 ? IndicatorKind::ipv6 : IndicatorKind::ipv4;
        const std::size_t size = is_v6 ? 16 : 4;
        out.push_back({kind, at + (is_v6 ? 8 : 12), size, formats::net::address_text(packet.source)});
        out.push_back({kind, at + (is_v6 ? 24 : 16), size, formats::net::address_text(packet.destination)});
    }
    return out;
}

}  // namespace plumbline::evidence
