// SPDX-License-Identifier: Apache-2.0
#include "formats/pdf/between.h"

#include <algorithm>

#include "formats/gzip/gzip.h"
#include "formats/pdf/content.h"

namespace plumbline::formats::pdf {

namespace {
constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t piece_min = 8;

class Between {
  public:
    Between(ByteView bytes, Budget& budget, Visitor& visitor) : bytes_(bytes), text_(text_of(bytes)), budget_(budget), visitor_(visitor) {}

    // [begin, end) holds no stream that was read.
    void gap(std::size_t begin, std::size_t end) {
        std::size_t from = begin;
        for (std::size_t at = begin; at < end && (at = text_.find("stream", at)) < end;) {
            const std::size_t data = data_behind(at + 6);
            if (data == 0 || data >= end || (at >= 3 && text_.substr(at - 3, 3) == "end")) {
                at += 6;
                continue;
            }
            const std::size_t stop = std::min(text_.find("endstream", data), end);
            unknown_stream(data, stop);
            piece(from, data);
            from = at = stop;
        }
        piece(from, end);
    }
    // Bytes behind the document may be another file.
    void behind(std::size_t begin) {
        while (begin < text_.size() && (text_[begin] == '\r' || text_[begin] == '\n' || text_[begin] == ' ')) ++begin;
        if (text_.size() - begin < piece_min) return;
        visitor_.window(begin, text_.size(), {}, false);
    }
    std::size_t end_of_document() const {
        const std::size_t mark = text_.rfind("%%EOF");
        return mark == npos ? text_.size() : mark + 5;
    }

  private:
    // Where data begin behind the word "stream"; 0 where it is another word.
    std::size_t data_behind(std::size_t at) const {
        if (at < text_.size() && text_[at] == '\n') return at + 1;
        if (at + 1 < text_.size() && text_[at] == '\r') return at + (text_[at + 1] == '\n' ? 2 : 1);
        return 0;
    }
    void unknown_stream(std::size_t begin, std::size_t end) {
        const ByteView data = bytes_.subspan(begin, end - begin);
        if (!looks_like_zlib(data, {}) || !budget_.take_items(1)) return;
        Decoded child = decode_zlib(data, budget_);
        if (child.bytes.empty()) return;
        child.decoder = "zlib";
        child.offset = begin;
        child.size_in = data.size();
        if (is_text_content(text_of(child.bytes))) {
            Document none(budget_);
            const std::string shown = TextReader(none).loose(text_of(child.bytes)).text;
            if (!shown.empty() && budget_.take_bytes(shown.size())) {
                child.decoder = "pdf:t";
                child.bytes = to_bytes(shown);
                return visitor_.decoded(std::move(child), {}, true);
            }
        }
        visitor_.decoded(std::move(child), {}, false);
    }
    // Tables of offsets and the marks of the file are left out: nothing that was written.
    void piece(std::size_t begin, std::size_t end) {
        std::size_t table = begin < end ? find_table(begin, end) : npos;
        std::size_t mark = begin < end ? find_mark(begin, end) : npos;
        while (begin < end) {
            // Each is looked for again only where it was passed, so that many of one do not search for the other.
            if (table < begin) table = find_table(begin, end);
            if (mark < begin) mark = find_mark(begin, end);
            const std::size_t stop = std::min({table, mark, end});
            if (stop - begin >= piece_min) visitor_.window(begin, stop, {}, true);
            if (stop == end) return;
            const char* closing = stop == table ? "startxref" : "]";
            begin = std::min(text_.find(closing, stop), end);
            if (begin < end) begin += stop == table ? 9 : 1;
        }
    }
    std::size_t find_table(std::size_t begin, std::size_t end) const {
        for (std::size_t at = begin; (at = find_in("xref", at, end)) < end; at += 4) {
            const bool is_alone = at == 0 || text_[at - 1] == '\n' || text_[at - 1] == '\r' || text_[at - 1] == ' ';
            if (is_alone && at + 4 < end && (text_[at + 4] == '\n' || text_[at + 4] == '\r' || text_[at + 4] == ' ')) return at;
        }
        return npos;
    }
    std::size_t find_mark(std::size_t begin, std::size_t end) const {
        for (std::size_t at = begin; (at = find_in("/ID", at, end)) < end; at += 3) {
            std::size_t value = at + 3;
            while (value < end && (text_[value] == ' ' || text_[value] == '\n' || text_[value] == '\r')) ++value;
            if (value < end && text_[value] == '[') return at;
        }
        return npos;
    }
    std::size_t find_in(std::string_view word, std::size_t begin, std::size_t end) const {
        const std::size_t at = text_.substr(begin, end - begin).find(word);
        return at == npos ? npos : begin + at;
    }

    ByteView bytes_;
    std::string_view text_;
    Budget& budget_;
    Visitor& visitor_;
};
}  // namespace

void visit_between(ByteView bytes, std::vector<std::pair<std::uint64_t, std::uint64_t>> streams, Budget& budget, Visitor& visitor) {
    std::sort(streams.begin(), streams.end());
    Between between(bytes, budget, visitor);
    // A mark inside a stream that was read is not the document's end.
    std::size_t document_end = between.end_of_document();
    for (const auto& stream : streams) document_end = std::max<std::size_t>(document_end, stream.first + stream.second);
    std::size_t at = 0;
    for (const auto& stream : streams) {
        if (stream.first > at) between.gap(at, stream.first);
        at = std::max<std::size_t>(at, stream.first + stream.second);
    }
    if (at < document_end) between.gap(at, document_end);
    between.behind(document_end);
}

}  // namespace plumbline::formats::pdf
