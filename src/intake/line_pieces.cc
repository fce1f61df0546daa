// SPDX-License-Identifier: Apache-2.0
#include "intake/line_pieces.h"

#include <cerrno>
#include <system_error>

namespace plumbline::intake {

namespace {
constexpr std::size_t piece_bytes_max = 64 * 1024;
}

Result<LinePieces> LinePieces::open(const std::string& path) {
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (file == nullptr) return fail(ErrorKind::unavailable, "cannot be opened: {}", std::generic_category().message(errno));
    return LinePieces(file);
}

Result<void> LinePieces::refill() {
    buffer_.erase(0, at_);
    at_ = 0;
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + piece_bytes_max);
    const std::size_t count = std::fread(buffer_.data() + kept, 1, piece_bytes_max, file_.get());
    buffer_.resize(kept + count);
    if (count < piece_bytes_max && std::ferror(file_.get()) != 0)
        return fail(ErrorKind::unavailable, "cannot be read: {}", std::generic_category().message(errno));
    if (count == 0) is_at_end_ = true;
    return {};
}

Result<std::optional<LinePiece>> LinePieces::next() {
    for (;;) {
        const std::string_view rest = std::string_view(buffer_).substr(at_);
        const std::size_t feed = rest.substr(0, piece_bytes_max).find('\n');
        if (feed == std::string_view::npos && rest.size() < piece_bytes_max && !is_at_end_) {
            TRY(refill());
            continue;
        }
        if (rest.empty()) return std::optional<LinePiece>();
        LinePiece piece;
        piece.text = rest.substr(0, feed == std::string_view::npos ? std::min(rest.size(), piece_bytes_max) : feed + 1);
        piece.starts_line = is_line_start_;
        piece.ends_line = feed != std::string_view::npos || (is_at_end_ && piece.text.size() == rest.size());
        is_line_start_ = piece.ends_line;
        at_ += piece.text.size();
        bytes_read_ += piece.text.size();
        return std::optional<LinePiece>(piece);
    }
}

}  // namespace plumbline::intake
