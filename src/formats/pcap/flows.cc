// SPDX-License-Identifier: Apache-2.0
#include "formats/pcap/flows.h"

#include <algorithm>

#include "formats/pcap/fields.h"

namespace plumbline::formats::net {

namespace {
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t sctp = 132;
constexpr unsigned flag_fin = 1, flag_syn = 2, flag_rst = 4, flag_ack = 16;

bool has_data(const Flow& flow) { return !flow.direction[0].segments.empty() || !flow.direction[1].segments.empty(); }

// Only what no earlier segment has, in the order of the stream.
std::vector<Segment> without_overlaps(const std::vector<Segment>& captured) {
    std::map<std::int64_t, std::int64_t> covered;  // begin to end, joined where they touch
    std::vector<Segment> out;
    for (const Segment& segment : captured) {
        std::int64_t from = segment.at;
        const std::int64_t to = segment.at + segment.size;
        std::int64_t begin = from;
        std::int64_t end = to;
        auto row = covered.upper_bound(from);
        if (row != covered.begin() && std::prev(row)->second >= from) --row;
        while (row != covered.end() && row->first <= to) {
            if (row->first > from) out.push_back({from, segment.file_at + static_cast<std::uint64_t>(from - segment.at), static_cast<std::uint32_t>(row->first - from)});
            from = std::max(from, row->second);
            begin = std::min(begin, row->first);
            end = std::max(end, row->second);
            row = covered.erase(row);
        }
        if (from < to) out.push_back({from, segment.file_at + static_cast<std::uint64_t>(from - segment.at), static_cast<std::uint32_t>(to - from)});
        covered.emplace(begin, end);
    }
    std::sort(out.begin(), out.end(), [](const Segment& a, const Segment& b) { return a.at < b.at; });
    return out;
}
}  // namespace

Flow* FlowTable::flow_of(const Datagram& datagram, const Frame& frame, std::uint16_t from, std::uint16_t to, bool is_new_connection) {
    const bool is_low = std::tie(datagram.source, from) <= std::tie(datagram.destination, to);
    const Key key = is_low ? Key{datagram.source, datagram.destination, from, to, datagram.protocol} : Key{datagram.destination, datagram.source, to, from, datagram.protocol};
    const auto [row, is_new] = newest_.try_emplace(key, flows_.size());
    if (!is_new) {
        Flow& known = flows_[row->second];
        if (!is_new_connection || (!known.is_over && !has_data(known))) return &known;
    }
    if (flows_.size() >= flows_max) {
        if (is_new) newest_.erase(row);
        return nullptr;
    }
    row->second = flows_.size();
    Flow flow;
    flow.address[0] = datagram.source;
    flow.address[1] = datagram.destination;
    flow.port[0] = from;
    flow.port[1] = to;
    flow.protocol = datagram.protocol;
    flow.has_macs = frame.has_macs;
    flow.mac[0] = frame.source;
    flow.mac[1] = frame.destination;
    if (datagram.protocol == tcp) flow.tcp_number = tcp_count_++;
    flows_.push_back(std::move(flow));
    return &flows_.back();
}

bool FlowTable::add(const Datagram& datagram, const Frame& frame) {
    const ByteView bytes = datagram.payload.bytes;
    const bool has_ports = bytes.size() >= 4 && (datagram.protocol == tcp || datagram.protocol == udp || datagram.protocol == sctp);
    const std::uint16_t from = has_ports ? be16_at(bytes, 0) : std::uint16_t{0};
    const std::uint16_t to = has_ports ? be16_at(bytes, 2) : std::uint16_t{0};
    const bool is_tcp = datagram.protocol == tcp && bytes.size() >= 20;
    const unsigned flags = is_tcp ? u8_at(bytes, 13) : 0u;
    const bool is_syn = (flags & (flag_syn | flag_ack)) == flag_syn;
    Flow* flow = flow_of(datagram, frame, from, to, false);
    if (flow && is_syn) {
        // A SYN with another number on a connection that has ended or spoken is a new connection on the same ports.
        const unsigned side = flow->address[0] == datagram.source && flow->port[0] == from ? 0u : 1u;
        const Direction& direction = flow->direction[side];
        const auto start = static_cast<std::uint32_t>(be32_at(bytes, 4) + 1);
        if (!direction.has_start || static_cast<std::uint32_t>(direction.start) != start) flow = flow_of(datagram, frame, from, to, true);
    }
    if (!flow) {
        ++packets_left_out_;
        return false;
    }
    unsigned side = flow->address[0] == datagram.source && flow->port[0] == from ? 0u : 1u;
    // A capture that begins with the answer to a SYN: the other one began.
    const bool is_first = flow->direction[0].packets + flow->direction[1].packets == 0;
    if (is_first && (flags & (flag_syn | flag_ack)) == (flag_syn | flag_ack)) {
        std::swap(flow->address[0], flow->address[1]);
        std::swap(flow->port[0], flow->port[1]);
        std::swap(flow->mac[0], flow->mac[1]);
        side = 1;
    }
    Direction& direction = flow->direction[side];
    ++direction.packets;
    direction.bytes += bytes.size();
    if (flags & (flag_fin | flag_rst)) flow->is_over = true;
    return !is_tcp || add_segment(*flow, side, datagram);
}

bool FlowTable::add_segment(Flow& flow, unsigned side, const Datagram& datagram) {
    const ByteView bytes = datagram.payload.bytes;
    Direction& direction = flow.direction[side];
    std::uint32_t number = be32_at(bytes, 4);
    const bool is_syn = (u8_at(bytes, 13) & flag_syn) != 0;
    if (is_syn) ++number;
    if (!direction.has_reference) {
        direction.has_reference = true;
        direction.reference = (std::int64_t{1} << 32) + number;
    }
    const std::int64_t at = direction.reference + static_cast<std::int32_t>(number - static_cast<std::uint32_t>(direction.reference));
    if (is_syn && direction.segments.empty()) {
        direction.has_start = true;
        direction.start = at;
        direction.reference = at;
    }
    const std::uint64_t header = (u8_at(bytes, 12) >> 4) * 4ULL;
    if (header < 20 || header > bytes.size()) return header < 20;
    const PacketBytes data = datagram.payload.from(header);
    if (data.bytes.empty()) return true;
    if (segments_ >= segments_max) return false;
    std::int64_t next = at;
    data.each_piece([&](std::uint64_t file_at, std::uint64_t size) {
        std::int64_t from = next;
        next += static_cast<std::int64_t>(size);
        // Bytes before the first one are probes that keep a connection open.
        if (direction.has_start && from < direction.start) {
            file_at += static_cast<std::uint64_t>(std::min(direction.start, next) - from);
            from = std::min(direction.start, next);
        }
        if (from >= next) return;
        if (direction.segments.empty() ? direction.has_start && from != direction.start : from != direction.reference) direction.is_in_order = false;
        direction.segments.push_back({from, file_at, static_cast<std::uint32_t>(next - from)});
        direction.reference = std::max(direction.reference, next);
        if (direction.segments.size() == 1) direction.reference = next;
        ++segments_;
    });
    return true;
}

TcpStream join_stream(ByteView file, const Direction& direction, std::uint64_t stream_bytes_max, Budget& budget) {
    TcpStream out;
    std::vector<Segment> sorted;
    if (!direction.is_in_order) sorted = without_overlaps(direction.segments);
    const std::vector<Segment>& segments = direction.is_in_order ? direction.segments : sorted;
    if (segments.empty()) return out;
    std::int64_t expected = direction.has_start ? direction.start : segments.front().at;
    bool is_over = false;
    for (const Segment& segment : segments) {
        const auto gap = static_cast<std::uint64_t>(segment.at - expected);
        const std::uint64_t filled = gap > TcpStream::gap_bytes_max ? TcpStream::break_bytes : gap;
        is_over = is_over || out.bytes.size() + filled + segment.size > stream_bytes_max || !budget.take_steps(segment.size + 1) || !budget.take_bytes(filled + segment.size);
        if (is_over) {
            out.left_out.push_back(segment);
            continue;
        }
        if (gap > 0) {
            if (out.gaps++ == 0) out.first_gap_file_at = segment.file_at;
            out.missing += gap;
            out.map.add(out.bytes.size(), segment.file_at, OffsetMap::Run::made);
            out.bytes.resize(out.bytes.size() + filled);
        }
        out.map.add(out.bytes.size(), segment.file_at, OffsetMap::Run::same);
        append(out.bytes, file.subspan(segment.file_at, segment.size));
        expected = segment.at + segment.size;
    }
    return out;
}

}  // namespace plumbline::formats::net
