// SPDX-License-Identifier: Apache-2.0
#include "desk/marks.h"

#include <algorithm>
#include <unordered_set>

#include "base/utf8.h"

namespace plumbline::desk {

namespace {

struct Found {
    std::size_t from = 0;      // bytes
    std::size_t to = 0;
    std::size_t sighting = 0;
};

bool is_word(char letter) {
    const auto value = static_cast<unsigned char>(letter);
    return value >= 0x80 || (value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || (value >= 'A' && value <= 'Z');
}
// "1.2.3.4" is not marked inside "11.2.3.40": a word does not go on over the mark's edge.
bool stands_alone(std::string_view text, std::size_t from, std::size_t to) {
    if (from > 0 && is_word(text[from - 1]) && is_word(text[from])) return false;
    return !(to < text.size() && is_word(text[to]) && is_word(text[to - 1]));
}

std::vector<Found> find_all(std::string_view text, const std::vector<Sighting>& sightings) {
    std::vector<Found> found;
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < sightings.size() && seen.size() < marked_texts_max; ++i) {
        const std::string wanted = utf8_repaired(sightings[i].text);
        if (wanted.empty() || !seen.insert(wanted).second) continue;
        for (std::size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + wanted.size())) {
            if (stands_alone(text, at, at + wanted.size())) found.push_back({at, at + wanted.size(), i});
            if (found.size() >= 2 * marks_max) return found;
        }
    }
    return found;
}

// Longest first, each kept where nothing that is kept covers any of it.
std::vector<Found> without_overlaps(std::vector<Found> found) {
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        const std::size_t size_a = a.to - a.from;
        const std::size_t size_b = b.to - b.from;
        return size_a != size_b ? size_a > size_b : a.from < b.from;
    });
    std::vector<Found> kept;   // sorted by `from`
    for (const Found& one : found) {
        const auto after = std::upper_bound(kept.begin(), kept.end(), one.from, [](std::size_t from, const Found& other) { return from < other.from; });
        if (after != kept.end() && after->from < one.to) continue;
        if (after != kept.begin() && std::prev(after)->to > one.from) continue;
        kept.insert(after, one);
        if (kept.size() >= marks_max) break;
    }
    return kept;
}

}  // namespace

std::vector<Mark> marks_of(std::string_view text, const std::vector<Sighting>& sightings) {
    const std::vector<Found> found = without_overlaps(find_all(text, sightings));
    std::vector<Mark> marks;
    marks.reserve(found.size());
    std::size_t byte = 0;
    std::size_t units = 0;
    const auto units_at = [&](std::size_t wanted) {
        while (byte < wanted && byte < text.size()) {
            const std::size_t size = std::max<std::size_t>(1, utf8_sequence_size(text.substr(byte)));
            byte += size;
            units += size == 4 ? 2 : 1;  // a surrogate pair
        }
        return units;
    };
    for (const Found& one : found) {
        const std::size_t from = units_at(one.from);
        marks.push_back({from, units_at(one.to), one.sighting});
    }
    return marks;
}

}  // namespace plumbline::desk
