// SPDX-License-Identifier: Apache-2.0
// Bytes of the disk that an image container holds, read inside the sandbox.
#pragma once
#include "base/bytes.h"

namespace plumbline::examination {

// A task of the sandbox: the input is the container, the parameters are those of linear_parameters(); the answer is the
// bytes there. Errors are those of disk::open_linear and RandomBytes::read.
Result<Bytes> linear_in_sandbox(ByteView input, ByteView parameters);
Bytes linear_parameters(std::uint64_t offset, std::uint64_t count);

}  // namespace plumbline::examination
