// SPDX-License-Identifier: Apache-2.0
// The files that an examination is to read, in the order of its output.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace plumbline::examination {

struct FileEntry {
    std::string path;
    std::uint64_t size_bytes = 0;  // when it was listed
    int open_fd = -1;              // the caller's open file to read instead of what stands at `path`
};

// The regular files under `paths`, sorted by path, each once. Links inside folders are not followed. A path that is no
// folder is listed as it is: what cannot be opened is named when its turn comes. unavailable: a folder cannot be read.
Result<std::vector<FileEntry>> files_under(const std::vector<std::string>& paths);

}  // namespace plumbline::examination
