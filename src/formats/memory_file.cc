// SPDX-License-Identifier: Apache-2.0
#include "formats/memory_file.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace plumbline::formats {

namespace {
MemoryFile::State* state_of(intptr_t* io_handle) { return reinterpret_cast<MemoryFile::State*>(io_handle); }

int open_file(intptr_t* io_handle, int access_flags, libbfio_error_t**) {
    if ((access_flags & LIBBFIO_ACCESS_FLAG_WRITE) != 0) return -1;
    state_of(io_handle)->at = 0;
    state_of(io_handle)->is_open = true;
    return 1;
}
int close_file(intptr_t* io_handle, libbfio_error_t**) {
    state_of(io_handle)->is_open = false;
    return 0;
}
ssize_t read_file(intptr_t* io_handle, std::uint8_t* buffer, std::size_t size, libbfio_error_t**) {
    MemoryFile::State* state = state_of(io_handle);
    if (state->at >= state->bytes.size()) return 0;
    const std::size_t count = std::min<std::size_t>(size, state->bytes.size() - state->at);
    if (count > 0) std::memcpy(buffer, state->bytes.data() + state->at, count);
    state->at += count;
    return static_cast<ssize_t>(count);
}
ssize_t write_file(intptr_t*, const std::uint8_t*, std::size_t, libbfio_error_t**) { return -1; }
// A place behind the end can be sought, as in a file; nothing is read there.
off64_t seek_file(intptr_t* io_handle, off64_t offset, int whence, libbfio_error_t**) {
    MemoryFile::State* state = state_of(io_handle);
    const std::uint64_t from = whence == SEEK_CUR ? state->at : whence == SEEK_END ? state->bytes.size() : 0;
    off64_t at = 0;
    if (__builtin_add_overflow(static_cast<off64_t>(from), offset, &at) || at < 0) return -1;
    state->at = static_cast<std::uint64_t>(at);
    return at;
}
int file_exists(intptr_t*, libbfio_error_t**) { return 1; }
int file_is_open(intptr_t* io_handle, libbfio_error_t**) { return state_of(io_handle)->is_open ? 1 : 0; }
int size_of_file(intptr_t* io_handle, size64_t* size, libbfio_error_t**) {
    *size = state_of(io_handle)->bytes.size();
    return 1;
}
}  // namespace

MemoryFile::MemoryFile(ByteView bytes) : state_(std::make_unique<State>()) {
    state_->bytes = bytes;
    libbfio_handle_t* handle = nullptr;
    if (libbfio_handle_initialize(&handle, reinterpret_cast<intptr_t*>(state_.get()), nullptr, nullptr, open_file, close_file, read_file, write_file, seek_file, file_exists,
                                  file_is_open, size_of_file, LIBBFIO_FLAG_IO_HANDLE_NON_MANAGED, nullptr) == 1)
        handle_.reset(handle);
}

}  // namespace plumbline::formats
