// SPDX-License-Identifier: Apache-2.0
// The questions to `plumbline-disk`, as functions.
//
//     FileMap map;
//     const auto end = ask_list({image_fd}, {}, visitor);        // every volume and file
//     const auto made = ask_read({image_fd}, {}, items, visitor);  // content that stands nowhere as it is
//
// Not from a confined process: a program is started. Any thread.
#pragma once
#include <vector>

#include "disk/file_map.h"

namespace plumbline::disk {

struct AskLimits {
    unsigned cpu_seconds_max = 600;
    unsigned wall_seconds_max = 1200;
    std::uint64_t memory_bytes_max = 1024ULL * 1024 * 1024;
    std::uint64_t answer_bytes_max = 512ULL * 1024 * 1024;
    std::uint64_t files_max = 5'000'000;
    unsigned restarts_max = 8;  // of a list whose program died in the middle of a volume
};
struct Asked {
    bool is_cut = false;               // a bound was reached
    std::vector<std::string> deaths;   // how the program died: "plumbline-disk: signal 11 (SIGSEGV), at volume 2"
};
// `files`: the image, or its segments in order. Where the program dies in one volume, that volume's files so far count and
// the next volume is asked for anew. An Error where it cannot be started, or its answer breaks the rules.
Result<Asked> ask_list(const std::vector<int>& files, const AskLimits& limits, const AnswerVisitor& visitor);
// The items' content in their order. An item of which no last piece came could not be read to its end.
Result<Asked> ask_read(const std::vector<int>& files, const AskLimits& limits, const std::vector<ReadItem>& items, const AnswerVisitor& visitor);

}  // namespace plumbline::disk
