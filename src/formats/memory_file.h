// SPDX-License-Identifier: Apache-2.0
// Bytes as a file for the libraries that stand on libbfio. libbfio's own memory range reads behind its end where a damaged file
// leads there (seek past the end, then read: version 20170123), so reading and seeking are ours and bounded.
#pragma once
#include <libbfio.h>

#include <memory>

#include "base/bytes.h"

namespace plumbline::formats {

class MemoryFile {
  public:
    // The bytes must outlive it; nothing writes to them. handle() is null where there is no memory.
    explicit MemoryFile(ByteView bytes);
    libbfio_handle_t* handle() const { return handle_.get(); }

    struct State {
        ByteView bytes;
        std::uint64_t at = 0;
        bool is_open = false;
    };

  private:
    struct Free {
        void operator()(libbfio_handle_t* handle) const { libbfio_handle_free(&handle, nullptr); }
    };
    std::unique_ptr<State> state_;  // goes after the handle
    std::unique_ptr<libbfio_handle_t, Free> handle_;
};

}  // namespace plumbline::formats
