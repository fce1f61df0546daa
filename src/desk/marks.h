// SPDX-License-Identifier: Apache-2.0
// Where the sightings of a part stand in the text that the page shows. The shown text is made for reading (a mail's parts
// decoded and joined), so a sighting's own offset does not point into it: its text is looked for, as a whole word. Pure.
#pragma once
#include <vector>

#include "model/indicator.h"

namespace plumbline::desk {

struct Mark {
    std::size_t from = 0;        // UTF-16 code units, as a browser's strings count
    std::size_t to = 0;
    std::size_t sighting = 0;    // index into the sightings given
    bool operator==(const Mark&) const = default;
};

inline constexpr std::size_t marks_max = 4000;             // of one text
inline constexpr std::size_t marked_texts_max = 1000;      // different texts that are looked for

// Sorted, not overlapping: where two would overlap, the longer stands, then the earlier. Every place where a sighting's text
// stands is marked, with the first sighting of that text. `text` is UTF-8.
std::vector<Mark> marks_of(std::string_view text, const std::vector<Sighting>& sightings);

}  // namespace plumbline::desk
