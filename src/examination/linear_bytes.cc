// SPDX-License-Identifier: Apache-2.0
#include "examination/linear_bytes.h"

#include "disk/linear.h"

namespace plumbline::examination {

Bytes linear_parameters(std::uint64_t offset, std::uint64_t count) {
    Bytes out;
    append_u64(out, offset);
    append_u64(out, count);
    return out;
}

Result<Bytes> linear_in_sandbox(ByteView input, ByteView parameters) {
    ByteReader reader(parameters);
    const std::uint64_t offset = TRY(reader.u64());
    const std::uint64_t count = TRY(reader.u64());
    std::vector<std::unique_ptr<disk::RandomBytes>> segments;
    segments.push_back(disk::bytes_of_memory(input));
    const disk::Linear linear = TRY(disk::open_linear(std::move(segments)));
    return linear.bytes->bytes(offset, count);
}

}  // namespace plumbline::examination
