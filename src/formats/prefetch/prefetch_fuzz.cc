// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as a prefetch file, packed and not, within a small budget; every place that is said must lie in the bytes.
#include "formats/prefetch/prefetch.h"
#include "formats/fuzz_visitor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    if (formats::looks_like_prefetch(bytes, {})) formats::open_prefetch(bytes, {}, budget, visitor);
    budget = formats::small_budget();
    if (formats::looks_like_mam(bytes, {})) formats::open_mam(bytes, {}, budget, visitor);
    return 0;
}
