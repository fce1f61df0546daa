// SPDX-License-Identifier: Apache-2.0
// A file's content by the runs that plumbline-disk named.
#pragma once
#include "disk/file_map.h"
#include "examination/open_file.h"
#include "sandbox/sandbox.h"

namespace plumbline::examination {

// Appends the entry's bytes to `out`; empty, or what is wrong. A raw image is read as it stands, a container by the
// sandbox's task "linear". The entry has runs.
std::string append_runs(const OpenFile& image, std::string_view container, Sandbox& sandbox, const disk::FileEntry& entry, Bytes& out);

}  // namespace plumbline::examination
