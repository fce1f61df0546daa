// SPDX-License-Identifier: Apache-2.0
// The sightings of a part while it is scanned: rows of numbers and one run of bytes, as they go over the wire. Places are
// compared as numbers, and no text is made of one before somebody prints it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "evidence/answer.h"
#include "evidence/answer_row.h"
#include "evidence/scan.h"
#include "evidence/scanners/memo.h"

namespace plumbline::evidence {

class Finds {
  public:
    Finds() { clear(); }
    void clear();
    std::size_t size() const { return rows_.size(); }
    std::size_t bytes_held() const { return rows_.capacity() * sizeof(Row) + bytes_.capacity(); }

    // A path that finds stand under, and the first offset in it. Path 0 is the file itself.
    std::uint32_t add_path(std::string path, std::uint64_t root);
    // A find in a text: [from, to) is what is shown around it, [begin, end) the find.
    struct Spot {
        std::size_t from = 0;
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t to = 0;
    };
    void add(IndicatorKind kind, std::uint32_t path, std::uint64_t offset, std::string_view text, const Spot& spot, std::string_view value);
    // An embedded file, whose place is the whole of `path`.
    void add_file(std::uint32_t path, std::uint64_t offset, std::string_view name, std::string_view sha256, std::string_view size);

    // Puts the finds from `first` on in the order of where_less, then kind, then text, and drops those that stand there twice.
    void settle(std::size_t first);
    SightingView at(std::size_t index) const;
    // Paths and rows of an answer.
    void encode(Bytes& out) const;

  private:
    struct Row {
        AnswerRow answer;
        std::uint64_t root = 0;      // the first offset of the place
        std::uint64_t bytes_at = 0;  // of the bytes around, the text where it stands apart, and the value
    };
    struct Path {
        std::string text;
        std::uint64_t root = 0;
    };
    std::string_view text_of_row(const Row& row) const {
        const bool is_apart = row.answer.flags & AnswerRow::text_apart;
        return std::string_view(bytes_).substr(row.bytes_at + (is_apart ? row.answer.around_size : row.answer.text_at), row.answer.text_size);
    }
    std::size_t bytes_of_row(const Row& row) const {
        return row.answer.around_size + (row.answer.flags & AnswerRow::text_apart ? row.answer.text_size : 0U) +
               (row.answer.flags & AnswerRow::value_is_text ? 0U : row.answer.value_size);
    }
    std::string where_of_row(const Row& row) const;
    // Below 0 where `a` comes first, 0 where both stand in one place.
    int compare_places(const Row& a, const Row& b) const;
    bool is_less(const Row& a, const Row& b) const;

    std::vector<Row> rows_;
    std::vector<Row> sorted_;
    std::vector<Path> paths_;
    std::string bytes_;
};

// The characters around a find that are shown with it: up to 32 on either side.
Finds::Spot spot_of(std::string_view text, std::size_t begin, std::size_t end);

// A part as the scan leaves it.
struct ScannedPart {
    PartEvidence evidence;           // without its sightings
    std::vector<Later> later;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Finds finds;
};
// As scan_whole and scan_stretch, into `out`; what `memo` keeps serves the next part too.
void scan_whole_into(ScannedPart& out, Memo& memo, ByteView bytes, std::string_view name, const ScanOptions& options);
void scan_stretch_into(ScannedPart& out, Memo& memo, const Stretch& stretch, std::string_view name, const ScanOptions& options);

}  // namespace plumbline::evidence
