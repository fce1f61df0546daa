// SPDX-License-Identifier: Apache-2.0
// Scans the bytes as a part. Every sighting's place must lead to its bytes again, both ways of making masks must find the
// same, the answer must survive the wire, and the bytes as an answer must be refused or read without harm.
#include "base/check.h"
#include "evidence/scan_text.h"
#include "evidence/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace plumbline;
    using namespace plumbline::evidence;
    [[maybe_unused]] static const bool is_ready = (prepare_scan(), true);
    const ByteView bytes = std::as_bytes(std::span(data, size));
    ScanOptions options;
    options.budget.depth_left = 6;
    options.budget.bytes_out_left = 1 << 20;
    options.budget.items_left = 100;
    options.sightings_max = 2000;
    const PartEvidence evidence = scan_part(bytes, "fuzz", options);
    std::size_t printed = 0;
    for (const Sighting& sighting : evidence.sightings) {
        if (sighting.kind == IndicatorKind::file || ++printed > 20) continue;
        const Result<Bytes> again = print_bytes_at(bytes, sighting.where + "+" + std::to_string(sighting.text.size()), {});
        CHECK(again && text_of(*again) == sighting.text);
    }
    const Result<PartEvidence> back = decode_scan_answer(encode_part_evidence(evidence));
    CHECK(back && back->sightings.size() == evidence.sightings.size());
    (void)decode_scan_answer(bytes);

    Memo memo;
    std::vector<Found> portable;
    std::vector<Found> best;
    scan_text(text_of(bytes), "US", memo, portable, classify_portable);
    scan_text(text_of(bytes), "US", memo, best, best_classify());
    CHECK(portable.size() == best.size());
    return 0;
}
