// SPDX-License-Identifier: Apache-2.0
// `plumbline scan`: every indicator of files and folders, one JSON line a sighting, in the order of file, path and
// offset. The output is the same bytes for any number of jobs.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "examination/plan.h"
#include "sandbox/sandbox.h"

namespace plumbline::app {

struct ScanArguments {
    std::vector<std::string> paths;   // files and folders; links inside folders are not followed
    std::string format = "jsonl";     // or "features": feature files and histograms in the folder `output`
    unsigned jobs = 1;                // threads that wait for the sandbox; 0 counts as 1
    std::string output;               // a file (jsonl) or a new folder (features); empty: standard output
    bool resumes = false;             // goes on where a scan into `output` was stopped; jsonl only
    std::string print_where;          // print the bytes of this place in the one file of `paths`, instead of scanning
    std::string region;               // hint for phone numbers without '+'; empty: none are taken
    bool reads_text_in_pictures = false;  // needs the sandbox's task "ocr"; seconds a picture
    bool reads_codes = true;          // QR and bar codes in pictures
    std::string xor_keys;             // each byte: files are also read with all their bytes XOR this one
    std::vector<std::string> warning_lists;  // files of MISP's form, or "built-in": sightings that they have are marked
    Limits limits;
    examination::PlanOptions plan;
    std::optional<std::uint64_t> stop_after_pieces;  // for tests of going on: ends with `unavailable` after so many
};

// `sandbox` must know the tasks that examination/examination.h names.
// 0 all files were read, 3 some were not (each is named on standard error, as every part that could not be read is).
// Errors: `invalid` usage; `conflict` the output is there already or belongs to another scan; `unavailable` the output
// cannot be written.
Result<int> run_scan(const ScanArguments& arguments, Sandbox& sandbox);

}  // namespace plumbline::app
