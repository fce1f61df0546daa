// SPDX-License-Identifier: Apache-2.0
#include "formats/pcap/internet.h"

#include <algorithm>

#include "formats/pcap/fields.h"

namespace plumbline::formats::net {

namespace {
constexpr unsigned tunnels_max = 4;
constexpr std::size_t waiting_max = 1024;        // datagrams that wait for fragments
constexpr std::size_t pieces_max = 512;          // fragments of one datagram
constexpr std::uint64_t datagram_bytes_max = 65'535;
constexpr unsigned extensions_max = 16;

enum Protocol : std::uint8_t {
    hop_by_hop = 0, ip_in_ip = 4, ipv6_in_ip = 41, routing = 43, fragment_header = 44, gre = 47, authentication = 51,
    no_next = 59, destination_options = 60, mobility = 135,
};
}  // namespace

IpAddress address_of(ByteView bytes) {
    IpAddress out;
    out.is_v6 = bytes.size() == 16;
    std::copy_n(bytes.begin(), std::min<std::size_t>(bytes.size(), 16), out.bytes.begin());
    return out;
}

std::string address_text(const IpAddress& address) {
    const ByteView bytes(address.bytes);
    if (!address.is_v6) return fmt::format("{}.{}.{}.{}", u8_at(bytes, 0), u8_at(bytes, 1), u8_at(bytes, 2), u8_at(bytes, 3));
    // The longest run of two or more zero groups, the first of equals, is "::".
    unsigned best = 8;
    unsigned best_size = 1;
    for (unsigned i = 0; i < 8; ++i) {
        unsigned size = 0;
        while (i + size < 8 && be16_at(bytes, 2 * (i + size)) == 0) ++size;
        if (size > best_size) {
            best = i;
            best_size = size;
        }
    }
    std::string out;
    for (unsigned i = 0; i < 8; ++i) {
        if (i == best) {
            out += "::";
            i += best_size - 1;
            continue;
        }
        if (!out.empty() && !out.ends_with(':')) out += ':';
        out += fmt::format("{:x}", be16_at(bytes, 2 * i));
    }
    return out;
}

PacketBytes PacketBytes::from(std::uint64_t offset) const {
    PacketBytes out = *this;
    offset = std::min<std::uint64_t>(offset, bytes.size());
    out.bytes = bytes.subspan(offset);
    out.at += offset;
    out.into += offset;
    return out;
}
PacketBytes PacketBytes::first(std::uint64_t count) const {
    PacketBytes out = *this;
    out.bytes = bytes.first(std::min<std::uint64_t>(count, bytes.size()));
    return out;
}
void PacketBytes::each_piece(const std::function<void(std::uint64_t, std::uint64_t)>& piece) const {
    if (bytes.empty()) return;
    if (!pieces) return piece(at, bytes.size());
    std::uint64_t start = 0;
    for (const Piece& row : *pieces) {
        const std::uint64_t from = std::max(start, into);
        const std::uint64_t to = std::min(start + row.size, into + bytes.size());
        if (from < to) piece(row.at + (from - start), to - from);
        start += row.size;
    }
}

void Internet::packet(const PacketBytes& ip, unsigned depth) {
    const unsigned version = u8_at(ip.bytes, 0) >> 4;
    if (depth > tunnels_max || (version != 4 && version != 6)) return sink_.rest(ip);
    if (version == 4) packet_v4(ip, depth);
    else packet_v6(ip, depth);
}

void Internet::packet_v4(const PacketBytes& ip, unsigned depth) {
    const std::uint64_t header = (u8_at(ip.bytes, 0) & 15) * 4ULL;
    if (header < 20 || header > ip.bytes.size()) return sink_.rest(ip);
    std::uint64_t total = be16_at(ip.bytes, 2);
    // Offloaded packets are captured before their length is known; what is longer than captured was cut.
    if (total < header) total = ip.bytes.size();
    Datagram out;
    out.source = address_of(ip.bytes.subspan(12, 4));
    out.destination = address_of(ip.bytes.subspan(16, 4));
    out.protocol = u8_at(ip.bytes, 9);
    out.payload = ip.first(total).from(header);
    const std::uint32_t field = be16_at(ip.bytes, 6);
    const bool has_more = (field & 0x2000) != 0;
    const std::uint64_t offset = (field & 0x1fffULL) * 8;
    if (!has_more && offset == 0) return payload(out, depth);
    fragment({out.source, out.destination, be16_at(ip.bytes, 4), out.protocol}, out, offset, !has_more, depth);
}

void Internet::packet_v6(const PacketBytes& ip, unsigned depth) {
    if (ip.bytes.size() < 40) return sink_.rest(ip);
    Datagram out;
    out.source = address_of(ip.bytes.subspan(8, 16));
    out.destination = address_of(ip.bytes.subspan(24, 16));
    std::uint8_t next = u8_at(ip.bytes, 6);
    const std::uint64_t length = be16_at(ip.bytes, 4);
    PacketBytes rest = ip.from(40);
    if (length > 0) rest = rest.first(length);
    for (unsigned i = 0; i < extensions_max; ++i) {
        std::uint64_t size = 0;
        if (next == hop_by_hop || next == routing || next == destination_options || next == mobility) size = (u8_at(rest.bytes, 1) + 1ULL) * 8;
        else if (next == authentication) size = (u8_at(rest.bytes, 1) + 2ULL) * 4;
        else if (next == fragment_header) size = 8;
        else break;
        if (size > rest.bytes.size()) return sink_.rest(rest);
        const PacketBytes extension = rest;
        const std::uint8_t type = next;
        next = u8_at(rest.bytes, 0);
        rest = rest.from(size);
        if (type != fragment_header) continue;
        const std::uint32_t field = be16_at(extension.bytes, 2);
        if ((field & 0xfff9) == 0) continue;  // an atomic fragment, RFC 6946
        out.protocol = next;
        out.payload = rest;
        return fragment({out.source, out.destination, be32_at(extension.bytes, 4), next}, out, field & 0xfff8ULL, (field & 1) == 0, depth);
    }
    out.protocol = next;
    out.payload = rest;
    payload(out, depth);
}

void Internet::payload(const Datagram& datagram, unsigned depth) {
    switch (datagram.protocol) {
        case ip_in_ip:
        case ipv6_in_ip: sink_.datagram({datagram.source, datagram.destination, datagram.protocol, {}}); return packet(datagram.payload, depth + 1);
        case gre: sink_.datagram({datagram.source, datagram.destination, datagram.protocol, {}}); return generic_routing(datagram, depth);
        // Extension headers in a joined IPv6 datagram.
        case destination_options:
            if (datagram.source.is_v6 && depth <= tunnels_max) {
                Datagram inner = datagram;
                inner.protocol = u8_at(datagram.payload.bytes, 0);
                inner.payload = datagram.payload.from((u8_at(datagram.payload.bytes, 1) + 1ULL) * 8);
                return payload(inner, depth + 1);
            }
            [[fallthrough]];
        default: sink_.datagram(datagram);
    }
}

// RFC 2784 and 2890; version 1 is PPTP's (RFC 2637).
void Internet::generic_routing(const Datagram& datagram, unsigned depth) {
    const ByteView bytes = datagram.payload.bytes;
    const std::uint32_t flags = be16_at(bytes, 0);
    const std::uint32_t type = be16_at(bytes, 2);
    std::uint64_t at = 4;
    if (flags & 0xc000) at += 4;
    if (flags & 0x2000) at += 4;
    if (flags & 0x1000) at += 4;
    if ((flags & 7) == 1 && (flags & 0x80)) at += 4;
    if (at > bytes.size()) return sink_.rest(datagram.payload);
    const ByteView inner = bytes.subspan(at);
    if (type == 0x880b) return frame(datagram.payload.from(at), read_frame(inner, 9), depth);
    if (type == 0x6558) return frame(datagram.payload.from(at), read_ethernet(inner), depth);
    // ERSPAN types I (no sequence number), II and III, draft-foschiano-erspan.
    if (type == 0x88be) at += (flags & 0x1000) ? 8 : 0;
    if (type == 0x22eb) at += 12;
    if (type == 0x88be || type == 0x22eb) return frame(datagram.payload.from(at), read_ethernet(part_of(bytes, at)), depth);
    frame(datagram.payload.from(at), read_ethertype(inner, 0, type), depth);
}

void Internet::frame(const PacketBytes& stretch, const Frame& read, unsigned depth) {
    const PacketBytes inner = stretch.from(read.at).first(read.size);
    if (read.holds == Frame::Holds::ip) return packet(inner, depth + 1);
    if (!inner.bytes.empty()) sink_.rest(inner);
}

void Internet::tunnelled_frame(const PacketBytes& stretch) { frame(stretch, read_ethernet(stretch.bytes), 1); }

// What came first stays where fragments overlap.
void Internet::fragment(const FragmentKey& key, const Datagram& part, std::uint64_t offset, bool is_last, unsigned depth) {
    const std::uint64_t end = offset + part.payload.bytes.size();
    if (part.payload.bytes.empty()) return;
    if (end > datagram_bytes_max || depth > tunnels_max) return sink_.rest(part.payload);
    const auto [found, is_new] = waiting_.try_emplace(key);
    Fragments& fragments = found->second;
    if (is_new) {
        fragments.order = next_order_++;
        order_.emplace(fragments.order, key);
    }
    if (fragments.pieces.size() >= pieces_max) return sink_.rest(part.payload);
    std::uint64_t at = offset;
    part.payload.each_piece([&](std::uint64_t file_at, std::uint64_t size) {
        std::uint64_t from = at;
        const std::uint64_t to = at + size;
        at = to;
        while (from < to) {
            auto next = fragments.pieces.upper_bound(from);
            if (next != fragments.pieces.begin()) {
                const auto before = std::prev(next);
                from = std::max(from, before->first + before->second.size);
                if (from >= to) break;
            }
            const std::uint64_t until = next == fragments.pieces.end() ? to : std::min(to, next->first);
            if (until > from) {
                fragments.pieces.emplace(from, PacketBytes::Piece{file_at + (from - (to - size)), until - from});
                fragments.bytes += until - from;
            }
            from = std::max(until, from + 1);
        }
    });
    if (is_last) fragments.end = end;
    std::uint64_t reached = 0;
    for (const auto& [place, piece] : fragments.pieces) {
        if (place != reached || fragments.bytes < fragments.end) break;
        reached += piece.size;
    }
    if (fragments.end == 0 || reached < fragments.end) {
        if (waiting_.size() > waiting_max) drop_oldest();
        return;
    }
    std::vector<PacketBytes::Piece> pieces;
    Bytes joined;
    for (const auto& [place, piece] : fragments.pieces) {
        if (place >= fragments.end) break;
        pieces.push_back({piece.at, std::min(piece.size, fragments.end - place)});
        append(joined, file_.subspan(piece.at, pieces.back().size));
    }
    order_.erase(fragments.order);
    waiting_.erase(found);
    Datagram whole = part;
    whole.payload = {};
    whole.payload.bytes = joined;
    whole.payload.pieces = &pieces;
    payload(whole, depth + 1);
}

void Internet::give_up(const Fragments& fragments) {
    ++given_up_;
    for (const auto& [place, piece] : fragments.pieces) {
        PacketBytes stretch;
        stretch.bytes = file_.subspan(piece.at, piece.size);
        stretch.at = piece.at;
        sink_.rest(stretch);
    }
}
void Internet::drop_oldest() {
    const auto oldest = waiting_.find(order_.begin()->second);
    give_up(oldest->second);
    order_.erase(order_.begin());
    waiting_.erase(oldest);
}
std::uint64_t Internet::finish() {
    while (!order_.empty()) drop_oldest();
    return given_up_;
}

}  // namespace plumbline::formats::net
