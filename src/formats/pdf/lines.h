// SPDX-License-Identifier: Apache-2.0
// Puts pieces of text that a page draws at places into lines: pieces that follow one another on one baseline are joined in
// the order in which one reads them, a gap between them is a blank, everything else is a new line. Bounded by text_max.
//
//     lines.piece({x, y, 1, 0, 12}, "sales@", x + 40);   lines.piece({x + 40.2, y, 1, 0, 12}, "example.com", x + 120);
//     lines.take()                                        // "sales@example.com\n"
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::formats::pdf {

// Where a piece starts, which way it runs (a unit vector) and how large an em is, all in the page's space.
struct Pen {
    double x = 0;
    double y = 0;
    double along_x = 1;
    double along_y = 0;
    double em = 1;
};
// A gap that is wider is a blank. Kerning moves letters by less than 0.13 em; the narrowest blanks of justified text
// are 0.19 em.
constexpr double blank_em = 0.17;

class Lines {
  public:
    // `length` is how far the pen moved along its way while the text was drawn.
    void piece(const Pen& pen, std::string_view text, double length);
    void end_line();
    bool is_full() const { return out_.size() + line_text_.size() >= text_max; }
    std::string take();

    static constexpr std::size_t text_max = 8U * 1024 * 1024;

  private:
    struct Piece {
        double start;         // along the line
        double end;
        std::size_t text_at;  // in line_text_
        std::size_t text_end;
        double em;
    };
    std::string out_;
    std::string line_text_;
    std::vector<Piece> line_;
    Pen first_;               // of the line
};

}  // namespace plumbline::formats::pdf
