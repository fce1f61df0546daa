// SPDX-License-Identifier: Apache-2.0
// The decoders of a forensic path that belong to captured traffic: "pcap", "http1", "tls", "dns", "dots".
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool is_network_decoder(std::string_view decoder);
// `bytes` start where the decoder starts.
Result<Bytes> decode_network(ByteView bytes, std::string_view decoder, std::string_view argument, Budget& budget);

}  // namespace plumbline::formats
