// SPDX-License-Identifier: Apache-2.0
// `plumbline scan`: every indicator of files and folders, one JSON line a sighting, in the order of file, path and
// offset. The output is the same bytes for any number of jobs.
#pragma once
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "sandbox/sandbox.h"

namespace plumbline::app {

struct ScanArguments {
    std::vector<std::string> paths;   // files and folders; links inside folders are not followed
    std::string format = "jsonl";
    unsigned jobs = 1;                // threads that wait for the sandbox; 0 counts as 1
    std::string print_where;          // print the bytes of this place in the one file of `paths`, instead of scanning
    std::string region;               // hint for phone numbers without '+'; empty: none are taken
    Limits limits;
};

// `sandbox` must know the tasks "scan" (evidence::scan_in_sandbox) and "print" (evidence::print_in_sandbox).
// 0 all files were read, 3 some were not (each is named on standard error, as every part that could not be read is).
// Errors: `invalid` usage; `unavailable` standard output is gone.
Result<int> run_scan(const ScanArguments& arguments, Sandbox& sandbox);

}  // namespace plumbline::app
