// SPDX-License-Identifier: Apache-2.0
// Bytes with their origin, and the text form of a place in evidence, the forensic path: docs/formats/where.md.
//
//     1204-zip:a.eml-88-base64-17     byte 17 of what base64 gives from byte 88 of the entry a.eml, whose header is at 1204
//     1204-zip:a.eml                  all of that entry
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "formats/offset_map.h"

namespace plumbline::evidence {

// One buffer of a scan: the file itself, or what a decoder made of a stretch of another slice. It lives as long as the
// decoder's call, and so do the pointers into it.
struct Slice {
    ByteView bytes;
    std::string prefix;                        // "" for the file, "1204-zip:a.eml-" for that entry
    const Slice* parent = nullptr;
    std::uint64_t parent_offset = 0;           // where the decoder started, in the parent
    const formats::OffsetMap* map = nullptr;   // null where no byte stands unchanged in the parent
    mutable std::uint32_t path = 0;            // its number among the paths of a scan's finds, 0 while it has none
    std::uint64_t base = 0;                    // where the first byte stands in the file: a stretch of a file begins late
};
// The place of byte `at` as a path.
inline std::string where_of(const Slice& slice, std::uint64_t at) { return slice.prefix + std::to_string(slice.base + at); }

struct Place {
    const Slice* slice = nullptr;
    std::uint64_t at = 0;                      // in the slice
};
// The place of `size` bytes at `at`. Where they stand unchanged in the slice's parent, the parent's place is given: the
// shortest path that leads to the same bytes.
Place place_of(const Slice& slice, std::uint64_t at, std::uint64_t size);

struct WhereStep {
    std::uint64_t offset = 0;
    std::string decoder;
    std::string argument;
};
struct Where {
    std::vector<WhereStep> steps;
    std::optional<std::uint64_t> offset;  // absent where all that the last decoder gives is meant
    std::optional<std::uint64_t> size;    // "...-17+14"
};
Result<Where> parse_where(std::string_view text);

// The order of output: by path, offsets as numbers, a shorter path first.
bool where_less(std::string_view a, std::string_view b);

}  // namespace plumbline::evidence
