// SPDX-License-Identifier: Apache-2.0
#include "evidence/scanners/context.h"

#include <algorithm>

namespace plumbline::evidence {

namespace {
// Where in `low` the last whole word stands that equals `word`; npos where there is none.
std::size_t last_word(std::string_view low, std::string_view word) {
    for (std::size_t at = low.rfind(word); at != std::string_view::npos; at = at == 0 ? std::string_view::npos : low.rfind(word, at - 1)) {
        const bool starts = at == 0 || !is_alnum(low[at - 1]);
        const bool ends = at + word.size() >= low.size() || !is_alnum(low[at + word.size()]);
        if (starts && ends) return at;
    }
    return std::string_view::npos;
}
}  // namespace

std::string_view word_before(std::string_view text, std::size_t begin, std::span<const std::string_view> words, std::size_t reach) {
    const std::size_t from = begin > reach ? begin - reach : 0;
    const std::string low = lowered(text.substr(from, begin - from));
    std::string_view nearest;
    std::size_t nearest_at = 0;
    for (const std::string_view word : words) {
        const std::size_t at = last_word(low, word);
        if (at == std::string_view::npos || (!nearest.empty() && at + word.size() <= nearest_at)) continue;
        nearest = word;
        nearest_at = at + word.size();
    }
    return nearest;
}

bool has_word_near(std::string_view text, std::size_t begin, std::size_t end, std::span<const std::string_view> words, std::size_t reach) {
    if (!word_before(text, begin, words, reach).empty()) return true;
    const std::string low = lowered(text.substr(end, reach));
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return last_word(low, word) != std::string_view::npos; });
}

}  // namespace plumbline::evidence
