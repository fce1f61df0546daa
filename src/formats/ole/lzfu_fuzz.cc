// SPDX-License-Identifier: Apache-2.0
// Decompresses the bytes as packed RTF, and as macro text; neither may give more than the budget allows.
#include "formats/fuzz_visitor.h"
#include "formats/ole/lzfu.h"
#include "formats/ole/macro.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    for (const auto decode : {formats::decode_lzfu, formats::decode_macro}) {
        formats::Budget budget = formats::small_budget();
        const std::uint64_t before = budget.bytes_out_left;
        const formats::Decoded out = decode(bytes, budget);
        CHECK(out.bytes.size() <= before - budget.bytes_out_left && out.size_in <= bytes.size());
    }
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(size);
    formats::open_lzfu(bytes, {}, budget, visitor);
    formats::open_macro(bytes, budget, visitor);
    return 0;
}
