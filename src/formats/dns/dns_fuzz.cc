// SPDX-License-Identifier: Apache-2.0
// Reads the bytes as one message of DNS, of NetBIOS names and of DHCP, and as messages over TCP.
#include "formats/dns/dns.h"
#include "formats/fuzz_visitor.h"
#include "formats/pcap/dhcp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::net::PacketBytes message;
    message.bytes = bytes;
    formats::net::ViewText text(budget);
    formats::append_dns(message, false, text);
    formats::append_dns(message, true, text);
    formats::net::append_dhcp(message, text);
    for (std::uint64_t at = 0; at < text.bytes().size(); at += 1 + text.bytes().size() / 64) CHECK(text.map().source_of(at) <= size);
    formats::FuzzVisitor visitor(size);
    formats::open_dns_stream(bytes, {}, budget, visitor);
    return 0;
}
