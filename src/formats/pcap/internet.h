// SPDX-License-Identifier: Apache-2.0
// From an IP packet to what it carries: IPv4 (RFC 791) and IPv6 (RFC 8200) with extension headers, fragments joined, and
// packets inside packets (IP in IP, GRE, VXLAN). Bytes keep their places in the file, through fragments too.
#pragma once
#include <array>
#include <compare>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "formats/pcap/link.h"

namespace plumbline::formats::net {

struct IpAddress {
    std::array<std::byte, 16> bytes{};  // an IPv4 address in the first four
    bool is_v6 = false;
    auto operator<=>(const IpAddress&) const = default;
};
// Dotted decimal, or groups of hexadecimal digits as in RFC 5952.
std::string address_text(const IpAddress& address);
IpAddress address_of(ByteView bytes);  // 4 or 16 bytes

// Bytes of the file, in one piece or joined from the pieces of fragments.
struct PacketBytes {
    struct Piece {
        std::uint64_t at;  // in the file
        std::uint64_t size;
    };
    ByteView bytes;
    std::uint64_t at = 0;                          // in the file, where `pieces` is null
    const std::vector<Piece>* pieces = nullptr;    // of the joined bytes
    std::uint64_t into = 0;                        // of `bytes` in the joined ones

    PacketBytes from(std::uint64_t offset) const;
    PacketBytes first(std::uint64_t count) const;
    // Calls `piece(at in the file, size)` for all of it, in order.
    void each_piece(const std::function<void(std::uint64_t, std::uint64_t)>& piece) const;
};

struct Datagram {
    IpAddress source;
    IpAddress destination;
    std::uint8_t protocol = 0;
    PacketBytes payload;
};

class Internet {
  public:
    // `datagram` gets each whole datagram; `rest` what is not read any further.
    struct Sink {
        std::function<void(const Datagram&)> datagram;
        std::function<void(const PacketBytes&)> rest;
    };
    Internet(ByteView file, Sink sink) : sink_(std::move(sink)), file_(file) {}
    // A stretch that starts with an IP header.
    void packet(const PacketBytes& ip) { packet(ip, 0); }
    // A tunnel over UDP: an Ethernet frame.
    void tunnelled_frame(const PacketBytes& frame);
    // Fragments whose others never came go to `rest`. Gives how many datagrams that were.
    std::uint64_t finish();

  private:
    struct FragmentKey {
        IpAddress source;
        IpAddress destination;
        std::uint32_t id = 0;
        std::uint8_t protocol = 0;
        auto operator<=>(const FragmentKey&) const = default;
    };
    struct Fragments {
        std::map<std::uint64_t, PacketBytes::Piece> pieces;  // by place in the datagram, not overlapping
        std::uint64_t bytes = 0;
        std::uint64_t end = 0;  // 0 until the last fragment came
        std::uint64_t order = 0;
    };
    void packet(const PacketBytes& ip, unsigned depth);
    void packet_v4(const PacketBytes& ip, unsigned depth);
    void packet_v6(const PacketBytes& ip, unsigned depth);
    void payload(const Datagram& datagram, unsigned depth);
    void generic_routing(const Datagram& datagram, unsigned depth);
    void frame(const PacketBytes& stretch, const Frame& read, unsigned depth);
    void fragment(const FragmentKey& key, const Datagram& part, std::uint64_t offset, bool is_last, unsigned depth);
    void drop_oldest();
    void give_up(const Fragments& fragments);

    Sink sink_;
    ByteView file_;
    std::map<FragmentKey, Fragments> waiting_;
    std::map<std::uint64_t, FragmentKey> order_;
    std::uint64_t next_order_ = 0;
    std::uint64_t given_up_ = 0;
};

}  // namespace plumbline::formats::net
