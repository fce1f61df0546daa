// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as a shortcut and as a jump list within a small budget; every place that is said must lie in the bytes.
#include "formats/fuzz_visitor.h"
#include "formats/lnk/lnk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::FuzzVisitor visitor(bytes.size());
    formats::Budget budget = formats::small_budget();
    formats::open_lnk(bytes, {}, budget, visitor);
    budget = formats::small_budget();
    formats::open_jump_list(bytes, {}, budget, visitor);
    return 0;
}
