// SPDX-License-Identifier: Apache-2.0
// A heap for a process that works on one large piece after the other.
#pragma once
#include <cstddef>

namespace plumbline::sandbox {

// From now on memory that was freed serves the next piece instead of going back to the system: blocks of up to
// `block_bytes_max`, and `bytes` beside what is in use. The system is asked to give these in large pages, which costs a fault
// for two megabytes instead of 512; they are taken as they are touched. Does nothing of it where there is a sanitizer.
void keep_heap(std::size_t bytes, int block_bytes_max);

}  // namespace plumbline::sandbox
