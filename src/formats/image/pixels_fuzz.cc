// SPDX-License-Identifier: Apache-2.0
// Decodes the bytes to gray and looks for codes, twice: the answers must be the same.
#include "base/check.h"
#include "formats/fuzz_visitor.h"
#include "formats/image/codes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    const Result<formats::Codes> codes = formats::read_codes(bytes, budget);
    formats::Budget budget_again = formats::small_budget();
    const Result<formats::Codes> again = formats::read_codes(bytes, budget_again);
    CHECK(codes.has_value() == again.has_value());
    CHECK(!codes || codes->text == again->text);
    return 0;
}
