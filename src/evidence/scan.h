// SPDX-License-Identifier: Apache-2.0
// The evidence step: bytes in, sightings out. Formats are opened one inside the other within a budget; every stretch of
// text is scanned for all kinds; what could not be read is named. A pure function: the same bytes and options give the
// same PartEvidence, byte for byte.
//
//     const PartEvidence evidence = scan_part(bytes, "mail.eml", {});
//
// Rules. Sightings stand in the order of where_less, then kind. Every place is a sighting of its own; the same value at
// two places is two sightings, the same kind at one place is one. Kinds are looked for independently: the host of a URL is also a domain,
// except that nothing inside a message id is an address or a domain. Over `sightings_max` the later ones are left out and
// `unread` says how many. Behind the first 65,536 sightings a value is listed 1,024 times more (evidence/repeats.h); `unread`
// says of which value how many places are not.
#pragma once
#include "base/bytes.h"
#include "base/limits.h"
#include "evidence/stretch.h"
#include "formats/budget.h"
#include "model/indicator.h"

namespace plumbline::evidence {

struct ScanOptions {
    formats::Budget budget;                      // of the whole part
    std::uint64_t sightings_max = 200'000;
    std::uint64_t text_bytes_max = 256 * 1024;   // of PartEvidence::text
    std::uint64_t unread_max = 1000;             // rows in `unread`; the last one says that there were more
    bool is_hashed = true;                       // PartEvidence::sha256 is filled; never for a stretch
    std::string xor_keys;                        // each byte: the file is also read with all its bytes XOR this one
    std::string region;                          // ISO 3166 alpha-2 of phone numbers without '+'; empty: none are taken
};
ScanOptions scan_options(const Limits& limits);

// What another program must open: a "disk" image, or a picture for "ocr". It stays in the file; `where` leads to its bytes.
struct Later {
    std::string where;
    std::string reader;
    std::uint64_t size_bytes = 0;
    bool operator==(const Later&) const = default;
};
struct ScanAnswer {
    PartEvidence evidence;
    std::vector<Later> later;       // by `where`
    std::uint64_t begin = 0;        // what was scanned: of a stretch, the cuts that it moved to
    std::uint64_t end = 0;
};
ScanAnswer scan_whole(ByteView bytes, std::string_view name, const ScanOptions& options);
// Places count from the file's first byte. The budget and all limits are the stretch's own.
ScanAnswer scan_stretch(const Stretch& stretch, std::string_view name, const ScanOptions& options);
// scan_whole(...).evidence
PartEvidence scan_part(ByteView bytes, std::string_view name, const ScanOptions& options);

// The bytes that `where` leads to in `file`: a sighting's place gives its text, a place with "+N" gives N bytes, a path
// that ends in a decoder gives all that it decodes. invalid: not a forensic path, or not in this file.
Result<Bytes> print_bytes_at(ByteView file, std::string_view where, const ScanOptions& options);

// Loads what the scanners need and what a locked process could not load (suffix list, numbering data, converters). Once,
// before any call in a process that may not open files; elsewhere it happens at first use.
void prepare_scan();

}  // namespace plumbline::evidence
