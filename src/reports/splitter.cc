// SPDX-License-Identifier: Apache-2.0
#include "reports/splitter.h"

namespace plumbline::reports {

namespace {
constexpr std::size_t csv_head_bytes_max = 64 * 1024;
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
// "From x@y Thu Aug 22 15:05:07 2002": RFC 4155, appendix A, read generously.
bool is_mbox_line(std::string_view line) { return line.starts_with("From ") && line.find(':') != std::string_view::npos; }
}  // namespace

void ItemSplitter::keep(std::string_view piece) {
    if (is_too_long_ || item_.size() + piece.size() > bounds_.item_bytes_max) {
        is_too_long_ = true;
        item_.clear();
        return;
    }
    item_ += piece;
}

Result<void> ItemSplitter::give(const Take& take, std::string refused) {
    BatchItem item;
    item.number = form_ == BatchForm::csv ? row_first_ : ++number_;
    if (is_too_long_) refused = fmt::format("has more than {} bytes", bounds_.item_bytes_max);
    item.refused = std::move(refused);
    if (item.refused.empty()) item.text = item_;
    const Result<void> taken = take(item);
    item_.clear();
    is_too_long_ = false;
    return taken;
}

Result<void> ItemSplitter::feed(ByteView piece, const Take& take) { return form_ == BatchForm::json ? feed_json(text_of(piece), take) : feed_lines(text_of(piece), take); }

// Objects are told by their braces outside of texts. A list around them is passed over; anything else between them is one refused item,
// up to the end of its line.
Result<void> ItemSplitter::feed_json(std::string_view text, const Take& take) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (is_in_item_) {
            if (is_in_text_) {
                if (is_escaped_) is_escaped_ = false;
                else if (c == '\\') is_escaped_ = true;
                else if (c == '"') is_in_text_ = false;
            } else if (c == '"') {
                is_in_text_ = true;
            } else if (c == '{') {
                ++depth_;
            } else if (c == '}' && --depth_ == 0) {
                keep(text.substr(begin, at + 1 - begin));
                is_in_item_ = false;
                TRY(give(take));
            }
            continue;
        }
        if (is_garbage_) {
            if (c != '\n') continue;
            is_garbage_ = false;
            TRY(give(take, "is no JSON object"));
            continue;
        }
        if (c == '{') {
            begin = at;
            is_in_item_ = true;
            depth_ = 1;
        } else if (c == '[' && !is_in_list_ && !was_list_ && number_ == 0) {
            is_in_list_ = was_list_ = true;
        } else if (c == ']' && is_in_list_) {
            is_in_list_ = false;
        } else if (!is_space(c) && c != ',' && c != '\x1e') {  // RFC 7464 puts a record separator before each text
            is_garbage_ = true;
        }
    }
    if (is_in_item_) keep(text.substr(begin));
    return {};
}

Result<void> ItemSplitter::feed_lines(std::string_view text, const Take& take) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view piece = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
        text.remove_prefix(piece.size());
        // A line that is longer than an item may be is never held: it goes on as pieces of a line.
        if (end == std::string_view::npos && line_.size() + piece.size() <= bounds_.item_bytes_max) {
            line_ += piece;
            return {};
        }
        line_ += piece;
        const std::string line = std::move(line_);
        line_.clear();
        TRY(form_ == BatchForm::mbox ? line_of_mbox(line, take) : line_of_csv(line, take));
    }
    return {};
}

Result<void> ItemSplitter::line_of_mbox(std::string_view line, const Take& take) {
    if (was_blank_ && is_mbox_line(line)) {
        if (!item_.empty() || is_too_long_) TRY(give(take));
    } else {
        // One '>' is taken from ">From " (mboxrd).
        const std::size_t marks = line.find_first_not_of('>');
        keep(marks != std::string_view::npos && marks > 0 && line.substr(marks).starts_with("From ") ? line.substr(1) : line);
    }
    was_blank_ = line == "\n" || line == "\r\n";
    return {};
}

Result<void> ItemSplitter::line_of_csv(std::string_view line, const Take& take) {
    for (const char c : line)
        if (c == '"') is_in_quotes_ = !is_in_quotes_;
    if (rows_ == 0) {
        if (head_.size() + line.size() > csv_head_bytes_max) return fail(ErrorKind::invalid, "the first row has more than {} bytes", csv_head_bytes_max);
        head_ += line;
        if (!is_in_quotes_) rows_ = 1;
        return {};
    }
    const bool is_blank = line == "\n" || line == "\r\n";
    if (item_.empty() && is_blank && !is_too_long_) {
        ++rows_;
        return {};
    }
    if (item_.empty()) {
        item_ = head_;
        row_first_ = rows_ + 1;
    }
    keep(line);
    if (is_in_quotes_) return {};
    ++rows_;
    if (item_.size() >= bounds_.csv_piece_bytes || is_too_long_) return give(take);
    return {};
}

Result<void> ItemSplitter::end(const Take& take) {
    if (form_ != BatchForm::json) {
        if (!line_.empty()) {
            const std::string line = std::move(line_);
            line_.clear();
            TRY(form_ == BatchForm::mbox ? line_of_mbox(line, take) : line_of_csv(line, take));
        }
        if (!item_.empty() || is_too_long_) TRY(give(take));
        return {};
    }
    if (is_in_item_) return give(take, "ends in the middle");
    if (is_garbage_) return give(take, "is no JSON object");
    return {};
}

}  // namespace plumbline::reports
