// SPDX-License-Identifier: Apache-2.0
#include "formats/packets/packets.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>

#include "formats/pcap/fields.h"

namespace plumbline::formats {

using namespace net;

namespace {
constexpr std::uint8_t icmp = 1, tcp = 6, udp = 17, icmp_v6 = 58;
constexpr std::uint64_t payload_v6_max = 2048;

// The sum of 16-bit words (RFC 1071); a right checksum makes it all ones.
std::uint64_t sum_of(ByteView bytes, std::uint64_t sum) {
    std::size_t at = 0;
    for (; at + 2 <= bytes.size(); at += 2) sum += (std::to_integer<std::uint64_t>(bytes[at]) << 8) | std::to_integer<std::uint64_t>(bytes[at + 1]);
    if (at < bytes.size()) sum += std::to_integer<std::uint64_t>(bytes[at]) << 8;
    return sum;
}
bool is_right(std::uint64_t sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

// Header fields that every sender sets in one of few ways; without them one of 65,536 places would pass by its checksum.
bool is_plausible_tcp(ByteView segment, std::uint64_t length) {
    if (length < 20) return false;
    if (segment.size() < 20) return true;  // cut off by the end of the bytes
    const std::uint64_t header = (u8_at(segment, 12) >> 4) * 4ULL;
    const unsigned flags = u8_at(segment, 13) & 0x3f;
    const bool is_flagged = flags != 0 && (flags & 3) != 3 && (flags & 6) != 6 && ((flags & 0x10) != 0 || (flags & 6) != 0);
    return header >= 20 && header <= length && (u8_at(segment, 12) & 0x0e) == 0 && is_flagged && be16_at(segment, 0) != 0 && be16_at(segment, 2) != 0 && be16_at(segment, 18) == 0;
}
bool is_plausible_udp(ByteView datagram, std::uint64_t length, bool is_fragment) {
    if (length < 8) return false;
    if (datagram.size() < 8) return true;
    const std::uint64_t said = be16_at(datagram, 4);
    return (is_fragment ? said > length : said == length) && be16_at(datagram, 2) != 0;
}
bool is_plausible_icmp(ByteView message, std::uint64_t length, bool is_v6) {
    const unsigned type = u8_at(message, 0);
    if (length < 8 || u8_at(message, 1) > 15) return false;
    if (message.size() < 4) return true;
    return is_v6 ? (type >= 1 && type <= 4) || (type >= 128 && type <= 161) : type <= 18 && type != 1 && type != 2 && type != 7;
}
bool is_plausible(std::uint8_t protocol, ByteView payload, std::uint64_t length, bool is_fragment, bool is_v6) {
    if (protocol == tcp) return is_plausible_tcp(payload, length);
    if (protocol == udp) return is_plausible_udp(payload, length, is_fragment);
    return is_plausible_icmp(payload, length, is_v6);
}

void set_macs(ByteView bytes, std::uint64_t at, std::uint32_t ethertype, CarvedPacket& out) {
    if (at < 14 || be16_at(bytes, at - 2) != ethertype) return;
    std::uint64_t header = at - 14;
    if (at >= 18 && be16_at(bytes, at - 6) == 0x8100) header = at - 18;
    const ByteView macs = bytes.subspan(header, 12);
    const bool is_from_group = (u8_at(macs, 6) & 1) != 0;
    const auto is_zero = [](ByteView mac) { return std::all_of(mac.begin(), mac.end(), [](std::byte b) { return b == std::byte{0}; }); };
    if (is_from_group || is_zero(macs.subspan(6)) || is_zero(macs.first(6))) return;
    out.has_macs = true;
    std::copy_n(macs.begin(), 6, out.mac_destination.begin());
    std::copy_n(macs.begin() + 6, 6, out.mac_source.begin());
}
void set_ports(ByteView payload, CarvedPacket& out) {
    if (out.protocol != tcp && out.protocol != udp) return;
    out.source_port = be16_at(payload, 0);
    out.destination_port = be16_at(payload, 2);
}

bool read_v4(ByteView bytes, std::uint64_t at, CarvedPacket& out) {
    const ByteView header = part_of(bytes, at, 20);
    if (header.size() < 20) return false;
    const std::uint8_t protocol = u8_at(header, 9);
    const unsigned flags = u8_at(header, 6);
    const std::uint64_t total = be16_at(header, 2);
    if (u8_at(header, 0) != 0x45 || u8_at(header, 7) != 0 || (flags != 0 && flags != 0x40 && flags != 0x20)) return false;
    if ((protocol != tcp && protocol != udp && protocol != icmp) || u8_at(header, 8) == 0 || total < 28) return false;
    const unsigned source = u8_at(header, 12);
    const unsigned destination = u8_at(header, 16);
    if (source == 0 || source >= 224 || destination == 0 || (destination >= 240 && be32_at(header, 16) != 0xffffffff)) return false;
    if (!is_right(sum_of(header, 0))) return false;
    const ByteView payload = part_of(bytes, at + 20, total - 20);
    if (!is_plausible(protocol, payload, total - 20, flags == 0x20, false)) return false;
    out.offset = at;
    out.source = address_of(header.subspan(12, 4));
    out.destination = address_of(header.subspan(16, 4));
    out.protocol = protocol;
    set_ports(payload, out);
    set_macs(bytes, at, 0x0800, out);
    return true;
}

bool is_used_v6(ByteView address, bool is_destination) {
    const unsigned first = u8_at(address, 0);
    if (first >= 0x20 && first <= 0x3f) return true;                        // 2000::/3
    if (first == 0xfe) return (u8_at(address, 1) & 0xc0) == 0x80;           // fe80::/10
    return first == 0xfc || first == 0xfd || (first == 0xff && is_destination && u8_at(address, 1) <= 0x3f);
}
bool read_v6(ByteView bytes, std::uint64_t at, CarvedPacket& out) {
    const ByteView header = part_of(bytes, at, 40);
    if (header.size() < 40) return false;
    const std::uint8_t protocol = u8_at(header, 6);
    const std::uint64_t length = be16_at(header, 4);
    if (u8_at(header, 0) != 0x60 || (protocol != tcp && protocol != udp && protocol != icmp_v6) || u8_at(header, 7) == 0) return false;
    if (length < 8 || length > payload_v6_max || !is_used_v6(header.subspan(8, 16), false) || !is_used_v6(header.subspan(24, 16), true)) return false;
    const ByteView payload = part_of(bytes, at + 40, length);
    if (payload.size() < length || !is_plausible(protocol, payload, length, false, true)) return false;
    // The checksum covers addresses, length and protocol too (RFC 8200 section 8.1); it is never absent.
    if (!is_right(sum_of(payload, sum_of(header.subspan(8, 32), length + protocol)))) return false;
    out.offset = at;
    out.source = address_of(header.subspan(8, 16));
    out.destination = address_of(header.subspan(24, 16));
    out.protocol = protocol;
    set_ports(payload, out);
    set_macs(bytes, at, 0x86dd, out);
    return true;
}
// Whether the search goes on.
bool try_at(ByteView bytes, std::uint64_t at, std::uint64_t max, std::vector<CarvedPacket>& out) {
    CarvedPacket packet;
    const bool is_packet = bytes[at] == std::byte{0x45} ? read_v4(bytes, at, packet) : read_v6(bytes, at, packet);
    if (is_packet) out.push_back(packet);
    return out.size() < max;
}
bool may_start(ByteView bytes, std::uint64_t at) {
    if (bytes[at] == std::byte{0x45}) return u8_at(bytes, at + 7) == 0;
    return bytes[at] == std::byte{0x60} && at + 40 <= bytes.size();
}
void search_portable(ByteView bytes, std::uint64_t at, std::uint64_t max, std::vector<CarvedPacket>& out) {
    for (; at + 20 <= bytes.size(); ++at)
        if (may_start(bytes, at) && !try_at(bytes, at, max, out)) return;
}
}  // namespace

std::vector<CarvedPacket> carve_packets_portable(ByteView bytes, std::uint64_t max) {
    std::vector<CarvedPacket> out;
    if (max > 0) search_portable(bytes, 0, max, out);
    return out;
}

std::vector<CarvedPacket> carve_packets(ByteView bytes, std::uint64_t max) {
#if defined(__SSE2__)
    std::vector<CarvedPacket> out;
    if (max == 0) return out;
    const auto load = [&](std::uint64_t at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at)); };
    const auto equals = [](__m128i block, int value) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(static_cast<char>(value))); };
    std::uint64_t at = 0;
    for (; at + 64 <= bytes.size(); at += 16) {
        const __m128i first = load(at);
        const __m128i v4 = equals(first, 0x45);
        const __m128i v6 = equals(first, 0x60);
        if (_mm_movemask_epi8(_mm_or_si128(v4, v6)) == 0) continue;
        const __m128i protocol = load(at + 6);
        const __m128i is_v6 = _mm_and_si128(v6, _mm_or_si128(equals(protocol, tcp), _mm_or_si128(equals(protocol, udp), equals(protocol, icmp_v6))));
        const __m128i is_v4 = _mm_and_si128(v4, equals(load(at + 7), 0));
        auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(is_v4, is_v6)));
        for (; mask != 0; mask &= mask - 1)
            if (!try_at(bytes, at + static_cast<unsigned>(std::countr_zero(mask)), max, out)) return out;
    }
    search_portable(bytes, at, max, out);
    return out;
#else
    return carve_packets_portable(bytes, max);
#endif
}

}  // namespace plumbline::formats
