// SPDX-License-Identifier: Apache-2.0
// Opens the bytes as a compound file and as each of the streams that have a format of their own, within a small budget; every
// place that is said must lie in the bytes, and every decoder must take them.
#include "formats/fuzz_visitor.h"
#include "formats/ole/ole.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    formats::Budget budget = formats::small_budget();
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_ole(bytes, {}, budget, visitor);
    for (const char* media_type : {"", "application/x-ole-native", "application/x-vba", "application/x-ppt-pictures"}) {
        formats::Hints hints;
        hints.media_type = media_type;
        if (formats::looks_like_office_stream(bytes, hints)) formats::open_office_stream(bytes, hints, budget, visitor);
    }
    for (const char* decoder : {"ole", "msg", "doc", "xls", "ppt", "oleprops", "vba", "lzfu"}) {
        formats::Budget own = formats::small_budget();
        (void)formats::decode_ole(bytes, decoder, "1/x", own);
    }
    return 0;
}
