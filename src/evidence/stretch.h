// SPDX-License-Identifier: Apache-2.0
// A large file is scanned in stretches, each in a call of its own. A stretch is told where it nominally begins and ends
// and moves both by safe_cut(), which is the same function of the same bytes for the stretch before a cut and for the one
// behind it: nothing is read twice and nothing is left out.
//
//     const std::uint64_t step = 8 << 20;
//     for (std::uint64_t at = 0; at < file_size; at += step) {
//         const Range window = window_of(at, std::min(at + step, file_size), file_size, read_as);
//         answers.push_back(scan_stretch({bytes(window), window.begin, at, std::min(at + step, file_size), file_size, read_as}, name, options));
//     }
//
// Promise: the sightings of all stretches, one behind the other, are those of the whole file read the same way, as long
// as nothing that crosses a cut is longer than half the margin. What is longer there, such as base64 of 32 KiB in one block
// or an archive inside unknown bytes, is found whole by the stretch that it begins in; a later stretch may find pieces of it again.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace plumbline::evidence {

inline constexpr std::uint64_t stretch_margin = 64 * 1024;             // bytes on either side that a stretch looks at too
inline constexpr std::uint64_t cut_reach = 32ULL * 1024 * 1024;        // how far behind its nominal place a mailbox is cut
inline constexpr std::uint64_t boundary_reach = 1024 * 1024;           // the same in other files

struct Stretch {
    ByteView window;               // the file's bytes from `window_at` on; at least what window_of() says
    std::uint64_t window_at = 0;
    std::uint64_t begin = 0;       // nominal: multiples of the stretch size, or the file's end
    std::uint64_t end = 0;
    std::uint64_t file_size = 0;
    std::string read_as;           // "text", "unknown" or "mbox": what read_as_of() said
};

struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};
// What a stretch must be able to look at.
Range window_of(std::uint64_t begin, std::uint64_t end, std::uint64_t file_size, std::string_view read_as);

// Where the file is cut for the nominal place: for "mbox" the first mail's start at or behind it within cut_reach, or the
// file's end where that is near and no mail starts before it; else the first place within boundary_reach behind an empty line or eight zero bytes; else the nominal place itself. 0 and the
// file's end stay. The window must hold 64 bytes before `nominal` and what window_of() says behind it.
std::uint64_t safe_cut(ByteView window, std::uint64_t window_at, std::uint64_t nominal, std::uint64_t file_size, std::string_view read_as);

// How a file can be cut, from its first bytes (32 MiB see every mailbox): "text", "unknown", "mbox"; empty where it must be
// scanned whole, because its format knows its own order.
std::string_view read_as_of(ByteView head, std::string_view name);

}  // namespace plumbline::evidence
