// SPDX-License-Identifier: Apache-2.0
#include "figures/suppress.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace plumbline::figures {

std::vector<std::optional<std::uint64_t>> suppress_small(const std::vector<std::uint64_t>& counts, std::uint64_t below) {
    CHECK(below >= 3);
    std::vector<std::optional<std::uint64_t>> shown(counts.begin(), counts.end());
    const auto is_small = [below](std::uint64_t count) { return count > 0 && count < below; };
    if (std::none_of(counts.begin(), counts.end(), is_small)) return shown;
    std::uint64_t cover = std::numeric_limits<std::uint64_t>::max();
    for (const std::uint64_t count : counts) {
        if (count >= below) cover = std::min(cover, count);
    }
    for (auto& count : shown) {
        if (*count < below || *count == cover) count = std::nullopt;
    }
    return shown;
}

}  // namespace plumbline::figures
