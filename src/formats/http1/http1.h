// SPDX-License-Identifier: Apache-2.0
// One side of a conversation in HTTP/1 (RFC 9112): requests or responses, one after another. Headers are read as text;
// bodies are joined (chunks) and unpacked (gzip, deflate), and given as children with their type and name.
//
//     http1:urls     each request's address in full, composed from its Host field: from the first byte of the side
//     http1:body     the body of the message whose first line stands there, where it was chunked or packed
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

bool looks_like_http1(ByteView bytes, const Hints& hints);
// For responses, hints.name is what request_names gave of the other side.
void open_http1(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);
Result<Bytes> decode_http1(ByteView bytes, std::string_view argument, Budget& budget);

// The method and the last part of the path of each request, one request a line; at most 1 MiB.
std::string request_names(ByteView requests);

}  // namespace plumbline::formats
