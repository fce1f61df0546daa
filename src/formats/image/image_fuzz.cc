// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as an image, without its pixels, within a small budget; every place that is said must lie in the bytes,
// and what a view gave is had again from its place.
#include "formats/fuzz_visitor.h"
#include "formats/image/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    budget.reads_codes = false;
    formats::FuzzVisitor visitor(bytes.size());
    if (!formats::looks_like_image(bytes, {})) return 0;
    formats::open_image(bytes, {}, budget, visitor);
    (void)formats::decode_image(bytes, "comment.1", budget);
    (void)formats::decode_image(bytes, "xmp", budget);
    return 0;
}
