// SPDX-License-Identifier: Apache-2.0
// Signs of other writings in any text: every stretch lies in the text, those of one writing do not overlap, and their
// decoders end within a small budget.
#include <algorithm>

#include "base/check.h"
#include "evidence/scan_text.h"
#include "formats/encoded/encoded.h"
#include "formats/fuzz_visitor.h"
#include "formats/text/writing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    using namespace plumbline::evidence;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    const std::string_view text = text_of(bytes);
    std::vector<Sign> signs;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (std::string_view("%&[({:.=\\b\xc2\xe2\xe3\xef").find(text[at]) != std::string_view::npos) note_writing(text, at, signs);
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_alnum(text[end])) ++end;
        if (end - at >= 25) note_word(text, at, end, signs);
        at = end + 1;
    }
    std::sort(signs.begin(), signs.end(), [](const Sign& a, const Sign& b) { return a.begin < b.begin; });
    const Island* last = nullptr;
    const std::vector<Island> islands = islands_of(text, signs);
    for (const Island& one : islands) {
        CHECK(one.begin <= one.end && one.end <= text.size());
        CHECK(!last || last->writing != one.writing || one.begin >= last->begin);
        last = &one;
        formats::Budget budget = formats::small_budget();
        (void)formats::decode_plain(bytes.subspan(one.begin, one.end - one.begin), budget);
        (void)formats::decode_escapes(bytes.subspan(one.begin, one.end - one.begin), budget);
    }
    return 0;
}
