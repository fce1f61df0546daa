// SPDX-License-Identifier: Apache-2.0
// Prints the bytes of a place again, in files of any size and on disk images, whose steps no single decoder can take.
#pragma once
#include "examination/examination.h"

namespace plumbline::examination {

// The bytes that `where` leads to in the open file: as evidence::print_bytes_at, and through the steps "fs:..." and those of
// image containers. invalid: not a forensic path, or not in this file; otherwise the sandbox's and plumbline-disk's errors.
Result<Bytes> print_place(int fd, std::string_view where, Sandbox& sandbox, const ExaminationOptions& options);

}  // namespace plumbline::examination
