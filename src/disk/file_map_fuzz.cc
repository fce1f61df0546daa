// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "disk/file_map.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline::disk;
    const auto bytes = std::as_bytes(std::span(data, size));
    static_cast<void>(read_answer(bytes, {}));
    static_cast<void>(read_request(bytes));
    return 0;
}
