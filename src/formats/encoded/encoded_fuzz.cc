// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as an encoded file, and runs the decoders that have no other target.
#include "formats/encoded/encoded.h"
#include "formats/fuzz_visitor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_encoded(bytes, {}, budget, visitor);
    budget = formats::small_budget();
    CHECK(formats::decode_hexdump(bytes, budget).bytes.size() <= (1 << 20));
    budget = formats::small_budget();
    const formats::Decoded plain = formats::decode_escapes(bytes, budget);
    CHECK(plain.bytes.size() <= 2 * bytes.size());
    return 0;
}
