// SPDX-License-Identifier: Apache-2.0
// The first byte says the form and where the rest is cut in two: the items are the same as in one piece.
#include "base/check.h"
#include "reports/splitter.h"

namespace {
using namespace plumbline;
using namespace plumbline::reports;

std::vector<std::string> items_of(BatchForm form, ByteView bytes, std::size_t cut) {
    std::vector<std::string> items;
    ItemSplitter splitter(form, {2000, 300});
    const auto take = [&items](const BatchItem& item) -> Result<void> {
        CHECK(item.text.size() <= 2000);
        items.push_back(fmt::format("{} {} {}", item.number, item.text, item.refused));
        return {};
    };
    if (!splitter.feed(bytes.first(cut), take) || !splitter.feed(bytes.subspan(cut), take) || !splitter.end(take)) items.emplace_back("refused");
    return items;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView bytes = std::as_bytes(std::span(data + 1, size - 1));
    const auto form = static_cast<BatchForm>(data[0] % 3);
    const std::size_t cut = bytes.empty() ? 0 : data[0] * bytes.size() / 256;
    CHECK(items_of(form, bytes, cut) == items_of(form, bytes, bytes.size()));
    return 0;
}
