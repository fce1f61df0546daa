// SPDX-License-Identifier: Apache-2.0
#include "formats/pcap/link.h"

#include <algorithm>

#include "formats/pcap/fields.h"

namespace plumbline::formats::net {

namespace {
constexpr unsigned tags_max = 16;    // VLAN tags and MPLS labels of one frame
constexpr unsigned headers_max = 4;  // headers that name another link type

using Holds = Frame::Holds;

Frame held(ByteView frame, std::uint64_t at, Holds holds) {
    Frame out;
    out.at = std::min<std::uint64_t>(at, frame.size());
    out.size = frame.size() - out.at;
    out.holds = out.size == 0 ? Holds::nothing : holds;
    return out;
}
// By the version in the first four bits: what says "IP" may say the wrong version.
Frame held_ip(ByteView frame, std::uint64_t at) {
    const unsigned version = u8_at(frame, at) >> 4;
    return held(frame, at, version == 4 || version == 6 ? Holds::ip : Holds::other);
}
MacAddress mac_at(ByteView frame, std::uint64_t at) {
    MacAddress out{};
    const ByteView bytes = part_of(frame, at, 6);
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}
Frame read_ppp(ByteView frame, std::uint64_t at) {
    if (be16_at(frame, at) == 0xff03) at += 2;
    const bool is_short = (u8_at(frame, at) & 1) != 0;  // protocol field compression, RFC 1661 section 6.5
    const std::uint32_t protocol = is_short ? u8_at(frame, at) : be16_at(frame, at);
    at += is_short ? 1 : 2;
    if (protocol == 0x21 || protocol == 0x57) return held_ip(frame, at);
    if (protocol == 0x281) return read_ethertype(frame, at, 0x8847);
    return held(frame, at, Holds::other);
}
// LLC (IEEE 802.2), with SNAP where it says so.
Frame read_llc(ByteView frame, std::uint64_t at) {
    if (be16_at(frame, at) == 0xaaaa && u8_at(frame, at + 2) == 3) return read_ethertype(frame, at + 8, be16_at(frame, at + 6));
    if (be16_at(frame, at) == 0x0606) return held_ip(frame, at + 3);
    return held(frame, at, Holds::other);
}
void set_macs(Frame& out, ByteView frame, std::uint64_t source_at, std::uint64_t destination_at) {
    out.has_macs = true;
    out.source = mac_at(frame, source_at);
    out.destination = mac_at(frame, destination_at);
}

// IEEE 802.11-2016 section 9.2 and 9.3.2.
Frame read_wireless(ByteView frame, std::uint64_t at, bool has_padding) {
    if (frame.size() < at + 16) return held(frame, at, Holds::other);
    const std::uint32_t control = u8_at(frame, at);
    const std::uint32_t flags = u8_at(frame, at + 1);
    const unsigned type = (control >> 2) & 3;
    const unsigned subtype = control >> 4;
    if (type == 1) return held(frame, at, Holds::other);
    Frame out;
    std::uint64_t body = at + 24;
    if (type == 0) {
        out = held(frame, body, (flags & 0x40) ? Holds::encrypted : Holds::other);
    } else {
        const bool has_four = (flags & 3) == 3;
        const bool has_quality = (subtype & 8) != 0;
        std::uint64_t header = 24 + (has_four ? 6 : 0) + (has_quality ? 2 : 0) + (has_quality && (flags & 0x80) ? 4 : 0);
        const bool is_aggregate = has_quality && (u8_at(frame, at + 24 + (has_four ? 6 : 0)) & 0x80) != 0;
        if (has_padding) header = (header + 3) / 4 * 4;
        body = at + header;
        if (subtype & 4) out = held(frame, frame.size(), Holds::nothing);
        else if (flags & 0x40) out = held(frame, body, Holds::encrypted);
        else out = read_llc(frame, is_aggregate ? body + 14 : body);
    }
    switch (type == 2 ? flags & 3 : 0) {
        case 0: set_macs(out, frame, at + 10, at + 4); break;
        case 1: set_macs(out, frame, at + 10, at + 16); break;
        case 2: set_macs(out, frame, at + 16, at + 4); break;
        default: set_macs(out, frame, at + 24, at + 16); break;
    }
    return out;
}
Frame read_radiotap(ByteView frame) {
    const std::uint64_t length = little_at(frame, 2, 2);
    if (length < 8) return held(frame, 0, Holds::other);
    // The flags field comes after the timestamp; bit 5 of it says that the header is padded to four bytes.
    const std::uint64_t present = little_at(frame, 4, 4);
    std::uint64_t field = 8;
    for (std::uint64_t word = present; (word & 0x80000000) != 0 && field + 4 <= length; field += 4) word = little_at(frame, field, 4);
    if (present & 1) field = (field + 7) / 8 * 8 + 8;
    const bool has_padding = (present & 2) != 0 && field < length && (u8_at(frame, field) & 0x20) != 0;
    return read_wireless(frame, length, has_padding);
}
Frame read_cooked(ByteView frame, std::uint64_t type_at, std::uint64_t address_at, std::uint64_t header) {
    if (frame.size() < header) return held(frame, 0, Holds::other);
    const std::uint32_t type = be16_at(frame, type_at);
    Frame out = type == 4 ? read_llc(frame, header) : read_ethertype(frame, header, type);
    if (be16_at(frame, address_at - 2) == 6 || u8_at(frame, address_at - 1) == 6) {
        out.has_macs = true;
        out.source = mac_at(frame, address_at);
    }
    return out;
}
Frame read_headed(ByteView frame, std::uint32_t link_type, unsigned depth);
// A header that names the link type of what follows.
Frame read_inner(ByteView frame, std::uint64_t at, std::uint32_t link_type, unsigned depth) {
    if (depth >= headers_max || at > frame.size()) return held(frame, 0, Holds::other);
    Frame out = read_headed(frame.subspan(at), link_type, depth + 1);
    out.at += at;
    return out;
}
Frame read_headed(ByteView frame, std::uint32_t link_type, unsigned depth) {
    switch (link_type) {
        case 1: return read_ethernet(frame);
        case 0:
        case 108: return held_ip(frame, 4);  // NULL and LOOP: the address family of some system, then IP
        case 12: case 14: case 101: case 228: case 229: return held_ip(frame, 0);
        case 9: case 50: return read_ppp(frame, 0);
        case 51: return read_ethertype(frame, 0, 0x8864);
        case 104: return read_ethertype(frame, 4, be16_at(frame, 2));
        case 10: {
            Frame out = read_llc(frame, 13);
            if (frame.size() >= 13) set_macs(out, frame, 7, 1);
            return out;
        }
        case 109: return held_ip(frame, 12);
        case 117: return held_ip(frame, (std::uint64_t{u8_at(frame, 0)} + 3) / 4 * 4);
        case 105: return read_wireless(frame, 0, false);
        case 119: return u8_at(frame, 0) == 0x80 ? read_inner(frame, big_at(frame, 4, 4), 105, depth) : read_inner(frame, 144, 105, depth);
        case 163: return read_inner(frame, big_at(frame, 4, 4), 105, depth);
        case 127: return read_radiotap(frame);
        case 113: return read_cooked(frame, 14, 6, 16);
        case 276: return read_cooked(frame, 0, 12, 20);
        case 192: return read_inner(frame, little_at(frame, 2, 2), static_cast<std::uint32_t>(little_at(frame, 4, 4)), depth);
        case 258: return read_inner(frame, little_at(frame, 0, 4), static_cast<std::uint32_t>(little_at(frame, 8, 4)), depth);
        default: return held(frame, 0, Holds::other);
    }
}
}  // namespace

bool is_link_type_known(std::uint32_t link_type) {
    static constexpr std::uint32_t known[] = {0, 1, 9, 10, 12, 14, 50, 51, 101, 104, 105, 108, 109, 113, 117, 119, 127, 163, 192, 228, 229, 258, 276};
    return std::find(std::begin(known), std::end(known), link_type) != std::end(known);
}

Frame read_frame(ByteView frame, std::uint32_t link_type) { return read_headed(frame, link_type, 0); }

Frame read_ethernet(ByteView frame) {
    if (frame.size() < 14) return held(frame, 0, Holds::other);
    const std::uint32_t type = be16_at(frame, 12);
    Frame out = type <= 1500 ? read_llc(frame, 14) : read_ethertype(frame, 14, type);
    set_macs(out, frame, 6, 0);
    return out;
}

Frame read_ethertype(ByteView frame, std::uint64_t at, std::uint32_t type) {
    for (unsigned tags = 0; tags < tags_max; ++tags) {
        switch (type) {
            case 0x0800:
            case 0x86dd: return held_ip(frame, at);
            case 0x0806: return held(frame, at, Holds::arp);
            case 0x8100: case 0x88a8: case 0x9100: case 0x9200:
                type = be16_at(frame, at + 2);
                at += 4;
                if (type <= 1500) return read_llc(frame, at);
                continue;
            case 0x8864:  // PPPoE session, RFC 2516
                if (frame.size() < at + 8) return held(frame, at, Holds::other);
                return read_ppp(frame, at + 6);
            case 0x8847:
            case 0x8848: {  // an MPLS label, RFC 3032; behind the last one IP, or a control word and Ethernet (RFC 4448)
                const bool is_last = (u8_at(frame, at + 2) & 1) != 0;
                if (frame.size() < at + 4) return held(frame, at, Holds::other);
                at += 4;
                if (!is_last) continue;
                if (u8_at(frame, at) >> 4 != 0 || frame.size() < at + 18) return held_ip(frame, at);
                const std::uint32_t inner = be16_at(frame, at + 16);
                if (inner != 0x0800 && inner != 0x86dd && inner != 0x8100) return held(frame, at, Holds::other);
                type = inner;
                at += 18;
                continue;
            }
            default: return held(frame, at, Holds::other);
        }
    }
    return held(frame, at, Holds::other);
}

}  // namespace plumbline::formats::net
