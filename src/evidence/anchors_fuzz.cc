// SPDX-License-Identifier: Apache-2.0
// The anchor pass and every verifier behind it over any text: all ways of making masks must give the same anchors, from
// which all finds are made, and a find lies in the text.
#include "base/check.h"
#include "evidence/scan_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    using namespace plumbline::evidence;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static Memo memo;
    memo.release({});
    const auto anchors_of = [&](Classify classify, Digits wanted) {
        std::vector<std::size_t> out;
        for_each_anchor(text, classify, wanted, [&](Anchor anchor, std::size_t begin, std::size_t end) {
            CHECK(begin < end && end <= text.size());
            out.insert(out.end(), {static_cast<std::size_t>(anchor), begin, end});
        });
        return out;
    };
    for (const Digits wanted : {Digits::likely, Digits::all})
        for (const Classify classify : every_classify()) CHECK(anchors_of(classify_portable, wanted) == anchors_of(classify, wanted));
    // With a region every run of digits is an anchor; with one that is none it says no more than without.
    std::vector<Found> found;
    std::vector<Found> more;
    std::vector<Sign> signs;
    scan_text(text, "", memo, found, best_classify(), &signs);
    scan_text(text, size % 4 == 0 ? "US" : "ZZ", memo, more, best_classify(), nullptr);
    CHECK(size % 4 == 0 || found.size() == more.size());
    for (const Found& row : found) CHECK(row.begin < row.end && row.end <= text.size());
    for (const Sign& sign : signs) CHECK(sign.begin <= text.size() && sign.end <= text.size());
    return 0;
}
