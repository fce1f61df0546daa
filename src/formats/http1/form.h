// SPDX-License-Identifier: Apache-2.0
// The parts of a multipart body (RFC 2046 section 5.1, RFC 7578) as web clients send them: binary, each with its own header.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

// `body` stands at `at` in what the visitor's places count from. Parts with a file name are files.
void open_form(ByteView body, std::uint64_t at, std::string_view boundary, Budget& budget, Visitor& visitor);

}  // namespace plumbline::formats
