// SPDX-License-Identifier: Apache-2.0
// A file for somebody to keep, never to be shown by the browser: it may be hostile.
#pragma once
#include <functional>
#include <string>

#include "http/server.h"

namespace plumbline::face {

// `next` appends at most about 64 KiB and says false at the end; it is called while the answer is sent.
Response download(std::string_view name, std::uint64_t size_bytes, std::function<Result<bool>(Bytes& out)> next);

}  // namespace plumbline::face
