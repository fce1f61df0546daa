// SPDX-License-Identifier: Apache-2.0
// The first line is a list, the rest are values that are asked for in every kind.
#include "base/check.h"
#include "evidence/warning_lists.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(text.find('\n'), text.size());
    evidence::WarningLists lists = evidence::WarningLists::built_in();
    const std::size_t before = lists.size();
    const bool is_loaded = static_cast<bool>(lists.load(text.substr(0, line)));
    CHECK(lists.size() == before + (is_loaded ? 1 : 0));
    for (unsigned kind = 1; kind <= static_cast<unsigned>(IndicatorKind::file); ++kind)
        CHECK(lists.names_for(static_cast<IndicatorKind>(kind), text.substr(line)).size() <= lists.size());
    return 0;
}
