// SPDX-License-Identifier: Apache-2.0
// A scan's answer with its texts, and the way back: the bytes that a place leads to.
#include <algorithm>
#include <cstdlib>

#include "evidence/finds.h"
#include "evidence/scan.h"
#include "evidence/scanners/host.h"
#include "evidence/scanners/phone.h"
#include "evidence/slice.h"
#include "formats/archive/archive.h"
#include "formats/format.h"
#include "formats/image/image.h"
#include "formats/pdf/pdf.h"
#include "formats/text/charset.h"

namespace plumbline::evidence {

ScanOptions scan_options(const Limits& limits) {
    ScanOptions options;
    options.budget.depth_left = limits.decode_depth_max;
    options.budget.bytes_out_left = limits.decode_bytes_out_max;
    options.budget.items_left = limits.decode_items_max;
    options.sightings_max = limits.sightings_max;
    return options;
}

namespace {
ScanAnswer answer_of(ScannedPart&& part) {
    ScanAnswer out{std::move(part.evidence), std::move(part.later), part.begin, part.end};
    out.evidence.sightings.reserve(part.finds.size());
    for (std::size_t i = 0; i < part.finds.size(); ++i) out.evidence.sightings.push_back(to_sighting(part.finds.at(i)));
    return out;
}
}  // namespace

ScanAnswer scan_whole(ByteView bytes, std::string_view name, const ScanOptions& options) {
    ScannedPart part;
    Memo memo;
    scan_whole_into(part, memo, bytes, name, options);
    return answer_of(std::move(part));
}

ScanAnswer scan_stretch(const Stretch& stretch, std::string_view name, const ScanOptions& options) {
    ScannedPart part;
    Memo memo;
    scan_stretch_into(part, memo, stretch, name, options);
    return answer_of(std::move(part));
}

PartEvidence scan_part(ByteView bytes, std::string_view name, const ScanOptions& options) { return std::move(scan_whole(bytes, name, options).evidence); }

Result<Bytes> print_bytes_at(ByteView file, std::string_view text, const ScanOptions& options) {
    const Where where = TRY(parse_where(text));
    formats::Budget budget = options.budget;
    Bytes held;
    ByteView bytes = file;
    for (const WhereStep& step : where.steps) {
        Bytes next = TRY(formats::decode_at(bytes, step.offset, step.decoder, step.argument, budget));
        held = std::move(next);
        bytes = held;
    }
    if (!where.offset) return to_bytes(bytes);
    if (*where.offset >= bytes.size()) return fail(ErrorKind::invalid, "where: offset {} is behind the end at {}", *where.offset, bytes.size());
    std::uint64_t size = where.size.value_or(0);
    if (!where.size) {
        for (const Sighting& sighting : scan_part(file, "", options).sightings)
            if (sighting.where == text && sighting.kind != IndicatorKind::file) size = std::max<std::uint64_t>(size, sighting.text.size());
        if (size == 0) return fail(ErrorKind::invalid, "where: no sighting starts there; write \"{}+N\" for N bytes", text.substr(0, 200));
    }
    bytes = bytes.subspan(*where.offset);
    if (size > bytes.size()) return fail(ErrorKind::invalid, "where: only {} bytes are there", bytes.size());
    return to_bytes(bytes.first(size));
}

void prepare_scan() {
    prepare_hosts();
    prepare_phones();
    formats::prepare_charsets();
    formats::prepare_archives();
    formats::prepare_images();
    formats::prepare_pdf();
    // qsort, which the code readers use, asks at its first list over 1 KiB how much memory the machine has.
    int rows[512] = {};
    std::qsort(rows, std::size(rows), sizeof rows[0], [](const void*, const void*) { return 0; });
    // Hashes load their algorithms at first use.
    scan_part(view("From: a@example.com\nTo: b@example.com\nSubject: =?koi8-r?Q?=D4?=\n\n+44 20 7946 0958 ::1 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2\n"), "", {});
}

}  // namespace plumbline::evidence
