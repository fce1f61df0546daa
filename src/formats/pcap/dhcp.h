// SPDX-License-Identifier: Apache-2.0
// DHCP (RFC 2131, RFC 2132): the addresses, hardware address and names of a message, as one line.
#pragma once
#include "formats/pcap/view_text.h"

namespace plumbline::formats::net {

// False where the bytes are no DHCP or BOOTP message; nothing was appended then.
bool append_dhcp(const PacketBytes& message, ViewText& out);
std::string mac_text(const MacAddress& mac);

}  // namespace plumbline::formats::net
