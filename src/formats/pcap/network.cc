// SPDX-License-Identifier: Apache-2.0
#include "formats/pcap/network.h"

#include "formats/dns/dns.h"
#include "formats/http1/http1.h"
#include "formats/pcap/pcap.h"
#include "formats/smtp/smtp.h"
#include "formats/tls/tls.h"

namespace plumbline::formats {

bool is_network_decoder(std::string_view decoder) {
    return decoder == "pcap" || decoder == "http1" || decoder == "tls" || decoder == "dns" || decoder == "dots";
}

Result<Bytes> decode_network(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget) {
    if (decoder == "pcap") return decode_pcap(bytes, argument, budget);
    if (decoder == "http1") return decode_http1(bytes, argument, budget);
    if (decoder == "tls") return std::move(decode_tls(bytes, budget).bytes);
    if (decoder == "dns") return std::move(decode_dns_stream(bytes, budget).bytes);
    return std::move(decode_dots(bytes, budget).bytes);
}

}  // namespace plumbline::formats
