// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as PDF within a small budget; every place that is said must lie in the bytes.
#include "formats/pdf/pdf.h"

#include "formats/fuzz_visitor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    budget.steps_left = 1 << 20;  // forms that show each other take all there are
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_pdf(bytes, {}, budget, visitor);
    return 0;
}
