// SPDX-License-Identifier: Apache-2.0
// Character sets and UTF-16: the first byte chooses, the rest is read.
#include "base/check.h"
#include "base/utf8.h"
#include "formats/fuzz_visitor.h"
#include "formats/text/charset.h"
#include "formats/text/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    [[maybe_unused]] static const bool is_ready = (formats::prepare_charsets(), true);
    if (size == 0) return 0;
    static constexpr std::string_view charsets[] = {"", "utf-8", "iso-8859-1", "koi8-r", "iso-2022-jp", "shift_jis", "gb18030", "utf-7", "utf-16", "no-such"};
    const ByteView bytes = std::as_bytes(std::span(data, size)).subspan(1);
    CHECK(is_utf8(formats::to_utf8(bytes, charsets[data[0] % std::size(charsets)])));
    formats::Budget budget = formats::small_budget();
    const formats::Decoded wide = formats::decode_utf16(bytes, data[0] & 1, budget);
    CHECK(is_utf8(text_of(wide.bytes)));
    formats::FuzzVisitor visitor(bytes.size());
    formats::open_raw(bytes, {}, budget, visitor);
    return 0;
}
