// SPDX-License-Identifier: Apache-2.0
// Leads from a place in a decoded view back to its place in the bytes that the view was made from. A view is cut into
// runs; in a `same` run the bytes stand unchanged in the source, in a `base64` run three bytes came from four, in a
// `wide` run one from two, in any other run all that is known is where its first byte came from.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace plumbline::formats {

class OffsetMap {
  public:
    enum class Run : std::uint8_t { same, wide, base64, made };

    // `view_at` grows from call to call. Runs that continue the one before are joined.
    void add(std::uint64_t view_at, std::uint64_t source_at, Run run) {
        if (rows_.empty()) {
            rows_.reserve(first_rows);
        } else {
            const Row& last = rows_.back();
            if (run == Run::same && last.run == Run::same && source_at - last.source_at == view_at - last.view_at) return;
            if (run == Run::wide && last.run == Run::wide && source_at - last.source_at == 2 * (view_at - last.view_at)) return;
            if (last.view_at == view_at) rows_.pop_back();
        }
        rows_.push_back({view_at, source_at, run});
    }
    // Where [at, at + size) of the view stands in the source without any change; nothing where it does not.
    std::optional<std::uint64_t> same_at(std::uint64_t at, std::uint64_t size) const {
        const std::size_t row = row_of(at);
        if (row == rows_.size() || rows_[row].run != Run::same) return std::nullopt;
        if (row + 1 < rows_.size() && rows_[row + 1].view_at < at + size) return std::nullopt;
        return rows_[row].source_at + (at - rows_[row].view_at);
    }
    // The source byte that the view's byte `at` came from, or the first of those it came from.
    std::uint64_t source_of(std::uint64_t at) const {
        const std::size_t row = row_of(at);
        if (row == rows_.size()) return 0;
        const std::uint64_t into = at - rows_[row].view_at;
        if (rows_[row].run == Run::same) return rows_[row].source_at + into;
        if (rows_[row].run == Run::wide) return rows_[row].source_at + 2 * into;
        if (rows_[row].run == Run::base64) return rows_[row].source_at + into / 3 * 4 + into % 3;
        return rows_[row].source_at;
    }
    bool empty() const { return rows_.empty(); }

  private:
    struct Row {
        std::uint64_t view_at;
        std::uint64_t source_at;
        Run run;
    };
    static constexpr std::size_t first_rows = 32;  // the maps of most views grow past it
    static constexpr std::size_t near_rows = 4;
    // Places are asked for in order, mostly: the row of the last one, or one of the next, is tried first.
    std::size_t row_of(std::uint64_t at) const {
        for (std::size_t row = last_; row < std::min(last_ + near_rows, rows_.size()); ++row)
            if (rows_[row].view_at <= at && (row + 1 == rows_.size() || at < rows_[row + 1].view_at)) return last_ = row;
        const auto after = std::upper_bound(rows_.begin(), rows_.end(), at,
                                            [](std::uint64_t value, const Row& row) { return value < row.view_at; });
        return after == rows_.begin() ? rows_.size() : last_ = static_cast<std::size_t>(after - rows_.begin()) - 1;
    }
    std::vector<Row> rows_;
    mutable std::size_t last_ = 0;   // one thread
};

}  // namespace plumbline::formats
