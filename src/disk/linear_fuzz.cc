// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>

#include "disk/linear.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline::disk;
    std::vector<std::unique_ptr<RandomBytes>> segments;
    segments.push_back(bytes_of_memory(std::as_bytes(std::span(data, size))));
    const auto linear = open_linear(std::move(segments));
    if (!linear) return 0;
    const std::uint64_t end = linear->bytes->size_bytes();
    plumbline::Bytes piece(4096);
    for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{65536}, end / 2, end - std::min<std::uint64_t>(end, 4096)}) {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), end - std::min(at, end)));
        static_cast<void>(linear->bytes->read(at, std::span(piece).first(count)));
    }
    return 0;
}
