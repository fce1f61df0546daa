// SPDX-License-Identifier: Apache-2.0
// Carves the bytes; both searches must agree, and what is found must lie in the bytes.
#include "base/check.h"
#include "formats/packets/packets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    const auto fast = formats::carve_packets(bytes, 100);
    const auto slow = formats::carve_packets_portable(bytes, 100);
    CHECK(fast.size() == slow.size());
    for (std::size_t i = 0; i < fast.size(); ++i) CHECK(fast[i].offset == slow[i].offset && fast[i].offset + 20 <= size);
    return 0;
}
