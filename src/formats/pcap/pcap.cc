// SPDX-License-Identifier: Apache-2.0
#include "formats/pcap/pcap.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "formats/dns/dns.h"
#include "formats/http1/http1.h"
#include "formats/pcap/capture.h"
#include "formats/pcap/dhcp.h"
#include "formats/pcap/fields.h"
#include "formats/pcap/flows.h"
#include "formats/pcap/view_text.h"

namespace plumbline::formats {

using namespace net;

namespace {
constexpr std::uint8_t icmp = 1, tcp = 6, udp = 17, icmp_v6 = 58, sctp = 132;
constexpr std::uint64_t stream_bytes_max = 64ULL * 1024 * 1024;

std::string protocol_name(std::uint8_t protocol) {
    switch (protocol) {
        case icmp: return "icmp";
        case tcp: return "tcp";
        case udp: return "udp";
        case icmp_v6: return "icmpv6";
        case sctp: return "sctp";
        default: return fmt::format("protocol {}", protocol);
    }
}
bool is_dns_port(std::uint32_t port) { return port == 53 || port == 5353 || port == 5355 || port == 137; }

// Goes through a capture once. Payloads that are not part of a view go to the visitor as they come, where there is one.
class Capture {
  public:
    Capture(ByteView file, Budget& budget, Visitor* visitor)
        : file_(file), budget_(budget), visitor_(visitor), reader_(file), dns_(budget), flow_text_(budget), datagrams_(budget),
          internet_(file, {[this](const Datagram& datagram) { take(datagram); }, [this](const PacketBytes& rest) { window(rest); }}) {}

    void read() {
        while (const std::optional<CapturedPacket> packet = reader_.next()) {
            if (!budget_.take_steps(packet->size + 64ULL)) {
                unread(packet->at, "", "pcap: over the budget of steps");
                break;
            }
            take(*packet);
        }
        if (!reader_.damage().empty()) {
            unread(std::min<std::uint64_t>(reader_.position(), file_.size()), "", reader_.damage());
            window(reader_.position(), file_.size() - std::min<std::uint64_t>(reader_.position(), file_.size()));
        }
        if (const std::uint64_t count = internet_.finish(); count > 0) unread(0, "", fmt::format("pcap: {} datagrams lack fragments; the others are read as they stand", count));
        for (const CaptureText& text : reader_.texts()) window(text.at, text.size);
        for (const std::uint64_t at : reader_.secrets()) unread(at, "", "pcap: keys in a decryption secrets block are not used");
        for (const std::uint32_t link_type : unknown_links_) unread(0, "", fmt::format("pcap: link type {} is not known; its packets are read as they stand", link_type));
        if (encrypted_frames_ > 0) unread(0, "", fmt::format("pcap: {} wireless frames are encrypted", encrypted_frames_));
        if (flows_.packets_left_out() > 0) unread(0, "", fmt::format("pcap: over the limit of {} flows: {} packets are in none", FlowTable::flows_max, flows_.packets_left_out()));
        write_flows();
    }

    const FlowTable& flows() const { return flows_; }
    // "flows", "dns" or "datagrams"; empty where there is no such view.
    Decoded view_of(std::string_view name) {
        ViewText& text = name == "flows" ? flow_text_ : name == "dns" ? dns_ : datagrams_;
        Decoded out;
        out.decoder = "pcap:" + std::string(name);
        out.size_in = file_.size();
        out.bytes = std::move(text.bytes());
        out.map = std::move(text.map());
        if (text.is_over()) out.damage = "pcap: over the budget of decoded bytes";
        return out;
    }

  private:
    void take(const CapturedPacket& packet) {
        const ByteView bytes = file_.subspan(packet.at, packet.size);
        frame_ = read_frame(bytes, packet.link_type);
        if (!is_link_type_known(packet.link_type) && unknown_links_.size() < 16) unknown_links_.insert(packet.link_type);
        if (frame_.holds == Frame::Holds::nothing) return;
        if (frame_.holds == Frame::Holds::encrypted) {
            ++encrypted_frames_;
            return;
        }
        PacketBytes inner;
        inner.at = packet.at + frame_.at;
        inner.bytes = bytes.subspan(frame_.at, frame_.size);
        if (frame_.holds == Frame::Holds::ip) internet_.packet(inner);
        else if (frame_.holds == Frame::Holds::arp) take_arp(inner);
        else window(inner);
    }
    // RFC 826, Ethernet and IPv4. The same answer is written once.
    void take_arp(const PacketBytes& arp) {
        const ByteView bytes = arp.bytes;
        if (bytes.size() < 28 || be32_at(bytes, 0) != 0x00010800 || be16_at(bytes, 4) != 0x0604) return window(arp);
        MacAddress mac{};
        std::copy_n(bytes.begin() + 8, 6, mac.begin());
        const std::string line = fmt::format("arp {} is at {}, asked for {}\n", address_text(address_of(bytes.subspan(14, 4))), mac_text(mac), address_text(address_of(bytes.subspan(24, 4))));
        if (arp_lines_.size() < 10'000 && arp_lines_.insert(line).second) flow_text_.made(line, arp.at);
    }
    void take(const Datagram& datagram) {
        const bool is_kept = flows_.add(datagram, frame_);
        const ByteView bytes = datagram.payload.bytes;
        if (datagram.protocol == tcp && bytes.size() >= 20 && is_kept) return;
        if (datagram.protocol != udp || bytes.size() < 8) return window(datagram.payload.from(datagram.protocol == tcp ? 20 : 0));
        const std::uint32_t from = be16_at(bytes, 0);
        const std::uint32_t to = be16_at(bytes, 2);
        const std::uint64_t length = be16_at(bytes, 4);
        const PacketBytes payload = (length >= 8 ? datagram.payload.first(length) : datagram.payload).from(8);
        if (to == 4789) return internet_.tunnelled_frame(payload.from(8));  // VXLAN, RFC 7348
        if ((is_dns_port(from) || is_dns_port(to)) && take_dns(payload, from == 137 || to == 137)) return;
        if ((to == 67 || to == 68) && append_dhcp(payload, dns_)) return;
        window(payload);
    }
    bool take_dns(const PacketBytes& payload, bool is_netbios) {
        const DnsRead result = append_dns(payload, is_netbios, dns_);
        if (result == DnsRead::damaged) {
            unread(payload.at, "", "pcap: a DNS message is damaged");
            window(payload);
        }
        return result != DnsRead::none;
    }
    void window(const PacketBytes& stretch) {
        if (stretch.bytes.empty()) return;
        if (stretch.pieces) {
            datagrams_.same(stretch);
            datagrams_.made("\n", 0);
        } else {
            window(stretch.at, stretch.bytes.size());
        }
    }
    void window(std::uint64_t at, std::uint64_t size) {
        if (visitor_ && size > 0) visitor_->window(at, at + size, {}, true);
    }
    void unread(std::uint64_t at, std::string_view decoder, std::string reason) {
        if (visitor_) visitor_->unread(at, decoder, std::move(reason));
    }
    void write_flows() {
        for (const CaptureName& name : reader_.names()) {
            flow_text_.made("name " + address_text(address_of(file_.subspan(name.address_at, name.address_size))) + " ", name.address_at);
            std::string names(text_of(file_.subspan(name.name.at, name.name.size)));
            std::replace(names.begin(), names.end(), '\0', ' ');
            flow_text_.made(names + "\n", name.name.at);
        }
        for (const Flow& flow : flows_.flows()) {
            const bool has_ports = flow.protocol == tcp || flow.protocol == udp || flow.protocol == sctp;
            const auto end = [&](unsigned side) { return address_text(flow.address[side]) + (has_ports ? fmt::format(" port {}", flow.port[side]) : ""); };
            std::string line = protocol_name(flow.protocol) + (flow.protocol == tcp ? fmt::format("/{}", flow.tcp_number) : "");
            line += fmt::format(" {} to {}, {} packets {} bytes, back {} packets {} bytes", end(0), end(1), flow.direction[0].packets, flow.direction[0].bytes, flow.direction[1].packets, flow.direction[1].bytes);
            if (flow.has_macs) line += fmt::format(", {} to {}", mac_text(flow.mac[0]), mac_text(flow.mac[1]));
            flow_text_.made(line + "\n", 0);
        }
    }

    ByteView file_;
    Budget& budget_;
    Visitor* visitor_;
    CaptureReader reader_;
    FlowTable flows_;
    ViewText dns_;
    ViewText flow_text_;
    ViewText datagrams_;
    Frame frame_;
    std::set<std::string> arp_lines_;
    std::set<std::uint32_t> unknown_links_;
    std::uint64_t encrypted_frames_ = 0;
    Internet internet_;
};

Decoded stream_child(const Flow& flow, unsigned side, TcpStream& stream, std::uint64_t size_in) {
    Decoded child;
    child.decoder = fmt::format("pcap:tcp/{}/{}", flow.tcp_number, side == 0 ? 'c' : 's');
    child.size_in = size_in;
    child.bytes = std::move(stream.bytes);
    child.map = std::move(stream.map);
    return child;
}

// Both sides of one connection: the answers of a web server are named by what was asked for.
void give_connection(ByteView file, const Flow& flow, Budget& budget, Visitor& visitor) {
    std::string requests;
    for (const unsigned side : {0U, 1U}) {
        const Direction& direction = flow.direction[side];
        if (direction.segments.empty()) continue;
        const std::string name = fmt::format("pcap:tcp/{}/{}", flow.tcp_number, side == 0 ? 'c' : 's');
        if (!budget.take_items(1)) return visitor.unread(direction.segments.front().file_at, name, "pcap: over the budget of items");
        TcpStream stream = join_stream(file, direction, stream_bytes_max, budget);
        if (stream.gaps > 0)
            visitor.unread(stream.first_gap_file_at, name, fmt::format("pcap: {} bytes of the stream were not captured, in {} gaps, the first before this place", stream.missing, stream.gaps));
        if (!stream.left_out.empty()) {
            visitor.unread(stream.left_out.front().file_at, name, "pcap: the stream is longer than what is joined; the rest is read packet by packet");
            for (const Segment& segment : stream.left_out) visitor.window(segment.file_at, segment.file_at + segment.size, {}, true);
        }
        if (stream.bytes.empty()) continue;
        Hints hints;
        if (is_dns_port(flow.port[0]) || is_dns_port(flow.port[1])) hints.media_type = "application/dns";
        if (looks_like_http1(stream.bytes, {})) {
            hints.name = requests;
            if (requests.empty()) requests = request_names(stream.bytes);
        }
        visitor.decoded(stream_child(flow, side, stream, file.size()), hints, false);
    }
}
}  // namespace

bool looks_like_pcap(ByteView bytes, const Hints&) { return looks_like_capture(bytes); }

void open_pcap(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    Capture capture(bytes, budget, &visitor);
    capture.read();
    for (const std::string_view name : {"flows", "dns", "datagrams"}) {
        Decoded view = capture.view_of(name);
        if (!view.damage.empty()) visitor.unread(0, view.decoder, view.damage);
        if (!view.bytes.empty()) visitor.decoded(std::move(view), {}, true);
    }
    for (const Flow& flow : capture.flows().flows())
        if (flow.protocol == tcp) give_connection(bytes, flow, budget, visitor);
}

Result<Bytes> decode_pcap(ByteView bytes, std::string_view argument, Budget& budget) {
    Capture capture(bytes, budget, nullptr);
    if (argument == "flows" || argument == "dns" || argument == "datagrams") {
        capture.read();
        return std::move(capture.view_of(argument).bytes);
    }
    std::uint64_t number = 0;
    const char* const end = argument.data() + argument.size();
    if (!argument.starts_with("tcp/")) return fail(ErrorKind::invalid, "pcap: no view is named \"{}\"", argument.substr(0, 40));
    const auto [stop, error] = std::from_chars(argument.data() + 4, end, number);
    const std::string_view side(stop, static_cast<std::size_t>(end - stop));
    if (error != std::errc{} || (side != "/c" && side != "/s")) return fail(ErrorKind::invalid, "pcap: no view is named \"{}\"", argument.substr(0, 40));
    capture.read();
    for (const Flow& flow : capture.flows().flows()) {
        if (flow.protocol != tcp || flow.tcp_number != number) continue;
        return std::move(join_stream(bytes, flow.direction[side == "/s"], stream_bytes_max, budget).bytes);
    }
    return fail(ErrorKind::corrupt, "pcap: no TCP connection {}", number);
}

std::uint64_t count_packets(ByteView bytes) {
    CaptureReader reader(bytes);
    std::uint64_t count = 0;
    while (reader.next()) count += reader.damage().empty();
    return count;
}

}  // namespace plumbline::formats
