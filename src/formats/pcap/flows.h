// SPDX-License-Identifier: Apache-2.0
// Who spoke with whom, and what each side of a TCP connection (RFC 9293) said, in order: segments are kept as places in
// the file and joined at the end. Where two segments overlap, what was captured first stays.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "formats/budget.h"
#include "formats/offset_map.h"
#include "formats/pcap/internet.h"

namespace plumbline::formats::net {

struct Segment {
    std::int64_t at = 0;        // of its first byte, on the number line of its direction
    std::uint64_t file_at = 0;
    std::uint32_t size = 0;
};

struct Direction {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;       // of IP payload
    std::vector<Segment> segments; // in the order of capture
    bool has_start = false;        // the SYN was seen; `start` is the first byte's place
    bool has_reference = false;
    bool is_in_order = true;       // every segment starts where the one before ended
    std::int64_t start = 0;
    std::int64_t reference = 0;    // the place up to which bytes were seen
};

struct Flow {
    IpAddress address[2];          // [0] began: the client of a TCP connection
    std::uint16_t port[2] = {0, 0};
    std::uint8_t protocol = 0;
    bool has_macs = false;
    MacAddress mac[2]{};           // as in the first frame
    bool is_over = false;          // a FIN or RST was seen
    std::uint64_t tcp_number = 0;  // from 0, of TCP connections alone
    Direction direction[2];        // [0] from the one that began
};

class FlowTable {
  public:
    static constexpr std::size_t flows_max = 100'000;
    static constexpr std::uint64_t segments_max = 4'000'000;

    // One packet between two endpoints. False where it is over a limit: its payload is the caller's to read as it stands.
    bool add(const Datagram& datagram, const Frame& frame);
    const std::vector<Flow>& flows() const { return flows_; }
    std::uint64_t packets_left_out() const { return packets_left_out_; }

  private:
    struct Key {
        IpAddress low, high;
        std::uint16_t low_port = 0, high_port = 0;
        std::uint8_t protocol = 0;
        auto operator<=>(const Key&) const = default;
    };
    Flow* flow_of(const Datagram& datagram, const Frame& frame, std::uint16_t from, std::uint16_t to, bool is_new_connection);
    bool add_segment(Flow& flow, unsigned side, const Datagram& datagram);

    std::vector<Flow> flows_;
    std::map<Key, std::size_t> newest_;
    std::uint64_t tcp_count_ = 0;
    std::uint64_t segments_ = 0;
    std::uint64_t packets_left_out_ = 0;
};

// One side of a connection. `gaps` and `missing` count what was never captured: up to gap_bytes_max bytes of it stand as
// zero bytes, so that lengths stay right; a longer gap as a break of break_bytes.
struct TcpStream {
    static constexpr std::uint64_t gap_bytes_max = 64 * 1024;
    static constexpr std::uint64_t break_bytes = 16;
    Bytes bytes;
    OffsetMap map;                    // into the file
    std::uint64_t gaps = 0;
    std::uint64_t missing = 0;
    std::uint64_t first_gap_file_at = 0;
    std::vector<Segment> left_out;    // over the budget, or behind stream_bytes_max
};
TcpStream join_stream(ByteView file, const Direction& direction, std::uint64_t stream_bytes_max, Budget& budget);

}  // namespace plumbline::formats::net
