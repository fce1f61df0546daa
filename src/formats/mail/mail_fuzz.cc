// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as mail within a small budget; every place that is said must lie in the bytes.
#include "formats/fuzz_visitor.h"
#include "formats/mail/mail.h"
#include "formats/text/charset.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    [[maybe_unused]] static const bool is_ready = (formats::prepare_charsets(), true);
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_mail(bytes, {}, budget, visitor);
    return 0;
}
