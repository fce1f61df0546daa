// SPDX-License-Identifier: Apache-2.0
#include "evidence/scanners/context.h"

#include <cstdint>

namespace plumbline::evidence {

namespace {
bool stands_at(std::string_view text, std::size_t at, std::string_view word) {
    if (text.size() - at < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (to_lower(text[at + i]) != word[i]) return false;
    return at + word.size() == text.size() || !is_alnum(text[at + word.size()]);
}
// Calls take(word's index, its end) for each of `words` that stands whole in `text`, until it says true. One pass: most
// words of a text begin with another letter than all of `words`.
template <class Take>
void for_each_word(std::string_view text, std::span<const std::string_view> words, Take&& take) {
    std::uint32_t firsts = 0;
    for (const std::string_view word : words) firsts |= 1U << (word[0] - 'a');
    bool is_inside = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = to_lower(text[at]);
        const bool starts = !is_inside && is_lower(c) && (firsts >> (c - 'a') & 1) != 0;
        is_inside = is_alnum(c);
        if (!starts) continue;
        // Short words behind a dot are the endings of files and hosts ("subset.cc").
        const bool is_ending = at > 1 && text[at - 1] == '.' && is_alnum(text[at - 2]);
        for (std::size_t i = 0; i < words.size(); ++i)
            if (stands_at(text, at, words[i]) && !(is_ending && words[i].size() <= 3) && take(i, at + words[i].size())) return;
    }
}
}  // namespace

std::string_view word_before(std::string_view text, std::size_t begin, std::span<const std::string_view> words, std::size_t reach) {
    const std::size_t from = begin > reach ? begin - reach : 0;
    std::size_t nearest = words.size();
    std::size_t nearest_end = 0;
    // Of two that end in one place ("swift-bic", "bic"), the first of the list counts.
    for_each_word(text.substr(from, begin - from), words, [&](std::size_t index, std::size_t end) {
        if (end < nearest_end || (end == nearest_end && index > nearest)) return false;
        nearest = index;
        nearest_end = end;
        return false;
    });
    return nearest < words.size() ? words[nearest] : std::string_view();
}

bool has_word_near(std::string_view text, std::size_t begin, std::size_t end, std::span<const std::string_view> words, std::size_t reach) {
    const std::size_t from = begin > reach ? begin - reach : 0;
    bool is_there = false;
    const auto take = [&](std::size_t, std::size_t) { return is_there = true; };
    for_each_word(text.substr(from, begin - from), words, take);
    if (!is_there) for_each_word(text.substr(end, reach), words, take);
    return is_there;
}

}  // namespace plumbline::evidence
