// SPDX-License-Identifier: Apache-2.0
// Captured traffic: pcap and pcapng. What it gives of a capture:
//
//     pcap:flows      a line for each pair of endpoints: addresses, ports, MAC addresses, packets, bytes; ARP; name records
//     pcap:dns        what was asked and answered: DNS, mDNS, LLMNR, NetBIOS names, DHCP
//     pcap:tcp/N/c    what the client of the TCP connection N said, joined; "s" what the server said. To be opened in turn.
//     pcap:datagrams  what UDP and others carried in fragments, joined, one payload a line
//
// All other payloads are windows on the file. Bytes that stand in the file unchanged keep their place there. Connections
// are numbered from 0 in the order of their first packet.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_pcap(ByteView bytes, const Hints& hints);
void open_pcap(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
// `argument` is what stands after "pcap:". invalid: none of the above; corrupt: no such connection.
Result<Bytes> decode_pcap(ByteView bytes, std::string_view argument, Budget& budget);

// For tests: records that were read whole.
std::uint64_t count_packets(ByteView bytes);

}  // namespace plumbline::formats
