// SPDX-License-Identifier: Apache-2.0
// Asks of any bytes whether they are a disk image, and opens them as one.
#include "formats/disk_image/disk_image.h"
#include "formats/fuzz_visitor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    if (formats::looks_like_disk_image(bytes, {})) formats::open_disk_image(bytes, {}, budget, visitor);
    return 0;
}
