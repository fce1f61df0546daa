// SPDX-License-Identifier: Apache-2.0
// DNS messages (RFC 1035) as lines of text: what was asked and what was answered. Also multicast DNS (RFC 6762), LLMNR
// (RFC 4795) and the NetBIOS name service (RFC 1002), which share its form. Pointers in names only lead backwards.
#pragma once
#include "formats/format.h"
#include "formats/pcap/view_text.h"

namespace plumbline::formats {

enum class DnsRead : std::uint8_t { none, whole, damaged };
// Appends a line for each question and record: "query www.example.com A", "www.example.com A 192.0.2.1". `none` where the
// bytes are no message: nothing was appended then.
DnsRead append_dns(const net::PacketBytes& message, bool is_netbios, net::ViewText& out);

// Messages over TCP, each behind its length in two bytes (RFC 7766 section 8). Only where the parent says "application/dns"
// and the first message is one. The view is "dns".
bool looks_like_dns_stream(ByteView bytes, const Hints& hints);
void open_dns_stream(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
Decoded decode_dns_stream(ByteView bytes, Budget& budget);

}  // namespace plumbline::formats
