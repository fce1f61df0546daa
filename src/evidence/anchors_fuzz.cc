// SPDX-License-Identifier: Apache-2.0
// The anchor pass and every verifier behind it over any text: both ways of making masks must give the same anchors and
// the same finds, and a find lies in the text.
#include "base/check.h"
#include "evidence/scan_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    using namespace plumbline::evidence;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static Memo memo;
    const auto anchors_of = [&](Classify classify) {
        std::vector<std::size_t> out;
        for_each_anchor(text, classify, [&](Anchor anchor, std::size_t begin, std::size_t end) {
            CHECK(begin < end && end <= text.size());
            out.insert(out.end(), {static_cast<std::size_t>(anchor), begin, end});
        });
        return out;
    };
    CHECK(anchors_of(classify_portable) == anchors_of(best_classify()));
    std::vector<Found> portable;
    std::vector<Found> best;
    std::vector<Sign> signs;
    scan_text(text, "US", memo, portable, classify_portable);
    scan_text(text, "US", memo, best, best_classify(), &signs);
    CHECK(portable.size() == best.size());
    for (std::size_t i = 0; i < best.size(); ++i) {
        CHECK(best[i].kind == portable[i].kind && best[i].begin == portable[i].begin && best[i].end == portable[i].end);
        CHECK(best[i].begin < best[i].end && best[i].end <= text.size());
    }
    for (const Sign& sign : signs) CHECK(sign.begin <= text.size() && sign.end <= text.size());
    return 0;
}
