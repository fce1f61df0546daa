// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as a uuencoded file within a small budget.
#include "formats/fuzz_visitor.h"
#include "formats/uuencode/uuencode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_uuencode(bytes, {}, budget, visitor);
    return 0;
}
