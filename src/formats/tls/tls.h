// SPDX-License-Identifier: Apache-2.0
// What one side of a TLS connection says before it is encrypted (RFC 8446, RFC 5246): the server's name that a client
// asks for, the protocols it offers, and the names in certificates (RFC 5280). The view is "tls"; the rest is named.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_tls(ByteView bytes, const Hints& hints);
void open_tls(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
Decoded decode_tls(ByteView bytes, Budget& budget);

}  // namespace plumbline::formats
