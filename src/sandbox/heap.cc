// SPDX-License-Identifier: Apache-2.0
// The GNU C library asks for large pages only where its user's environment says so (glibc.malloc.hugetlb), so the end of
// the heap is moved once, and the new part is marked. mallopt(3), madvise(2).
#include "sandbox/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "sandbox/lockdown.h"

namespace plumbline::sandbox {

namespace {
constexpr std::uintptr_t large_page_bytes = 2 * 1024 * 1024;
constexpr int step_divisor = 8;  // of the heap's later steps: large ones cost fewer calls, but a limit is met with one unused
}  // namespace

void keep_heap(std::size_t bytes, int block_bytes_max) {
    if (is_sanitizer_build()) return;
    ::mallopt(M_MMAP_THRESHOLD, block_bytes_max);
    ::mallopt(M_TRIM_THRESHOLD, static_cast<int>(bytes) + block_bytes_max);
    ::mallopt(M_TOP_PAD, static_cast<int>(bytes));
    const auto old_end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
    void* volatile block = std::malloc(static_cast<std::size_t>(block_bytes_max) / 2);  // more than the heap has at its end
    std::free(block);
    ::mallopt(M_TOP_PAD, static_cast<int>(bytes) / step_divisor);
    const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
    const std::uintptr_t begin = (old_end + large_page_bytes - 1) / large_page_bytes * large_page_bytes;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace plumbline::sandbox
