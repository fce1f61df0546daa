// SPDX-License-Identifier: Apache-2.0
// A file in pieces of at most 64 KiB that never cross a line end, so that a reader of lines needs no more memory than
// that, however long a line is.
#pragma once
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumbline::intake {

struct LinePiece {
    std::string_view text;        // with its line feed; valid until the next call
    bool starts_line = false;
    bool ends_line = false;       // or the file ends here
};

// One thread.
class LinePieces {
  public:
    static Result<LinePieces> open(const std::string& path);
    Result<std::optional<LinePiece>> next();        // nullopt at the end; unavailable: the disk cannot read it
    std::uint64_t bytes_read() const { return bytes_read_; }

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    explicit LinePieces(std::FILE* file) : file_(file) {}
    Result<void> refill();
    std::unique_ptr<std::FILE, Close> file_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::uint64_t bytes_read_ = 0;
    bool is_line_start_ = true;
    bool is_at_end_ = false;
};

}  // namespace plumbline::intake
