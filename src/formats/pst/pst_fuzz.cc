// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as a mailbox of Outlook within a small budget. What is looked for is damage that libpff does not survive.
#include "formats/fuzz_visitor.h"
#include "formats/pst/pst.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_pst(bytes, {}, budget, visitor);
    return 0;
}
