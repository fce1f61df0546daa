// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as gzip within a small budget; every place that is said must lie in the bytes.
#include "formats/gzip/gzip.h"
#include "formats/fuzz_visitor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    if (formats::looks_like_gzip(bytes, {})) formats::open_gzip(bytes, {}, budget, visitor);
    if (formats::looks_like_zlib(bytes, {})) formats::open_zlib(bytes, {}, budget, visitor);
    return 0;
}
