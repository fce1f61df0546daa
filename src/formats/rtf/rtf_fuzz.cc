// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as RTF, and as the object that stands in one, within a small budget; every place must lie in the bytes.
#include "formats/rtf/rtf.h"

#include "formats/fuzz_visitor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_rtf(bytes, {}, budget, visitor);
    if (formats::looks_like_ole1(bytes, {})) formats::open_ole1(bytes, {}, budget, visitor);
    return 0;
}
