// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/lines.h"

#include <algorithm>
#include <cmath>

namespace plumbline::formats::pdf {

namespace {
constexpr double same_line_em = 0.3;   // a smaller rise or fall stays in the line
constexpr double step_back_em = 0.7;   // a piece that starts further back is sorted to its place
}  // namespace

void Lines::piece(const Pen& pen, std::string_view text, double length) {
    if (text.empty() || is_full()) return;
    double start = 0;
    if (!line_.empty()) {
        const double dx = pen.x - first_.x;
        const double dy = pen.y - first_.y;
        start = dx * first_.along_x + dy * first_.along_y;
        const double off = std::abs(dy * first_.along_x - dx * first_.along_y);
        const bool is_same_way = pen.along_x * first_.along_x + pen.along_y * first_.along_y > 0.99;
        if (!is_same_way || !(off <= same_line_em * std::max(first_.em, pen.em))) end_line();
    }
    if (line_.empty()) {
        first_ = pen;
        start = 0;
    }
    Piece* last = line_.empty() ? nullptr : &line_.back();
    const std::size_t at = line_text_.size();
    line_text_ += text;
    if (last && std::abs(start - last->end) <= blank_em * std::max(last->em, pen.em)) {
        last->end = start + length;
        last->text_end = line_text_.size();
        return;
    }
    line_.push_back({start, start + length, at, line_text_.size(), pen.em});
}

void Lines::end_line() {
    if (line_.empty()) return;
    bool is_in_order = true;
    for (std::size_t i = 1; i < line_.size(); ++i) is_in_order = is_in_order && line_[i].start > line_[i - 1].end - step_back_em * line_[i].em;
    if (!is_in_order) std::stable_sort(line_.begin(), line_.end(), [](const Piece& a, const Piece& b) { return a.start < b.start; });
    const auto text_of_piece = [&](const Piece& piece) { return std::string_view(line_text_).substr(piece.text_at, piece.text_end - piece.text_at); };
    const Piece* before = nullptr;
    for (const Piece& piece : line_) {
        const std::string_view text = text_of_piece(piece);
        // Bold letters are often the same letters drawn twice.
        if (before && std::abs(piece.start - before->start) < 0.3 * piece.em && text == text_of_piece(*before)) continue;
        const double gap = before ? std::abs(piece.start - before->end) : 0;
        if (before && gap > blank_em * std::max(before->em, piece.em) && !out_.ends_with(' ') && text.front() != ' ') out_.push_back(' ');
        out_ += text;
        before = &piece;
    }
    while (out_.ends_with(' ')) out_.pop_back();
    if (!out_.empty() && out_.back() != '\n') out_.push_back('\n');
    line_.clear();
    line_text_.clear();
}

std::string Lines::take() {
    end_line();
    return std::move(out_);
}

}  // namespace plumbline::formats::pdf
