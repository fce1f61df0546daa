// SPDX-License-Identifier: Apache-2.0
// Puts one readable text together from pieces that stand somewhere in the bytes (properties, runs of a document, cells), and
// keeps for each piece where it came from: letters of ASCII stay findable at their own place. What the text has taken is
// remembered, so that the rest can be scanned as it stands and nothing is scanned twice.
#pragma once
#include "formats/ole/compound.h"

namespace plumbline::formats {

// Which bytes have been given to a child; the rest is what remains.
class Coverage {
  public:
    void add(std::uint64_t begin, std::uint64_t end) {
        if (begin < end) taken_.emplace_back(begin, end);
    }
    void add(const std::vector<SourceRun>& runs);
    // What lies in `runs` at [at, at + size) of the stream.
    void add(const std::vector<SourceRun>& runs, std::uint64_t at, std::uint64_t size);
    void add_all(const Coverage& other) { taken_.insert(taken_.end(), other.taken_.begin(), other.taken_.end()); }
    // The stretches of [0, size) that nobody took, in order. The list is sorted by it.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> rest(std::uint64_t size);

  private:
    std::vector<std::pair<std::uint64_t, std::uint64_t>> taken_;
};

// Bytes with the places that they have in the parent.
struct Source {
    ByteView bytes;
    const std::vector<SourceRun>* runs = nullptr;  // null: they are the parent
};

class TextView {
  public:
    TextView(std::string_view decoder, Budget& budget) : budget_(budget) { view_.decoder = decoder; }

    // Letters that stand nowhere: labels, line ends. They lead to the place of the piece before.
    void made(std::string_view utf8);
    // `size` bytes in an 8-bit character set (label as for to_utf8; empty: Windows-1252 unless it is UTF-8).
    void narrow(const Source& source, std::uint64_t at, std::uint64_t size, std::string_view charset);
    // `units` of UTF-16LE. Zero ends neither; it becomes a space.
    void wide(const Source& source, std::uint64_t at, std::uint64_t units);
    // Control letters that the pieces have for line ends are written so ("\r\x07"); others stay.
    void set_line_ends(std::string_view letters) { line_ends_ = letters; }

    bool is_over() const { return is_over_; }  // the budget ended; what is there stays
    bool empty() const { return text_.empty(); }
    std::string_view text() const { return text_; }
    std::size_t size() const { return text_.size(); }
    Coverage& taken() { return taken_; }
    // The view with its damage; this object is done then.
    Decoded take(std::uint64_t size_in);

  private:
    class Places;
    bool pay(std::uint64_t bytes);
    void letter(char32_t code_point, std::uint64_t source_at, OffsetMap::Run run);

    Budget& budget_;
    Decoded view_;
    std::string text_;
    std::string_view line_ends_;
    std::uint64_t last_source_ = 0;
    bool is_over_ = false;
    Coverage taken_;
};

// The label of a Windows code page: "windows-1251", "shift_jis"; empty where it is not known.
std::string charset_of_code_page(std::uint32_t code_page);

// Gives a view to the visitor, says its damage, and lets people read it.
void give_view(TextView& view, std::uint64_t size_in, Visitor& visitor);
// Windows on all that nobody took.
void give_rest(ByteView bytes, Coverage& taken, Visitor& visitor);

}  // namespace plumbline::formats
