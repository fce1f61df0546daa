// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as a registry hive within a small budget; every place that is said must lie in the bytes.
#include "formats/registry/registry.h"
#include "formats/fuzz_visitor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_registry(bytes, {}, budget, visitor);
    return 0;
}
