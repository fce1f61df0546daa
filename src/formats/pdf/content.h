// SPDX-License-Identifier: Apache-2.0
// Reads the text that a page draws: runs its content stream (ISO 32000-1 sections 8 and 9) for the operators that move the pen
// and show text, forms within it and the appearances of its annotations. What it gives depends on the page alone. Bounded in
// steps, depth and text; may throw what qpdf throws.
#pragma once
#include <map>
#include <string>

#include "formats/pdf/document.h"
#include "formats/pdf/font.h"
#include "formats/pdf/lines.h"

namespace plumbline::formats::pdf {

struct Matrix {
    double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;
};
Matrix operator*(const Matrix& first, const Matrix& then);  // as ISO 32000-1 writes it: a row vector times a matrix

struct PageText {
    std::string text;      // UTF-8, a line of the page on each line
    std::string damage;    // empty, or what was not read
    std::uint64_t unknown = 0;  // codes of fonts that do not say which text they stand for
};

class TextReader {
  public:
    explicit TextReader(Document& document) : document_(document) {}
    // Fonts are kept from page to page.
    PageText page(const Page& page);
    PageText form(QPDFObjectHandle stream);
    // A content stream whose page is lost: with no fonts, letters are read as WinAnsi.
    PageText loose(std::string_view content);

  private:
    struct TextState {
        const Font* font = nullptr;
        double size = 0, char_space = 0, word_space = 0, scale = 1, leading = 0, rise = 0;
    };
    struct State {
        Matrix page;
        TextState text;
    };
    struct Run;  // one content stream being run

    void run(std::string_view content, QPDFObjectHandle resources, const Matrix& start, unsigned depth);
    void run_form(QPDFObjectHandle stream, QPDFObjectHandle resources, const Matrix& start, unsigned depth);
    void appearances(QPDFObjectHandle annotations);
    void operate(Run& run, std::string_view name);
    void show(Run& run, std::string_view bytes);
    void show_array(Run& run);
    void set_font(Run& run);
    void do_object(Run& run);
    const Font* font_of(QPDFObjectHandle fonts, const std::string& name);
    PageText finish();

    Document& document_;
    std::map<int, Font> fonts_;                // by object number
    std::map<std::string, Font> own_fonts_;    // of the page, that have no number
    Font plain_;
    Lines lines_;
    PageText out_;
    std::uint64_t steps_left_ = 0;             // of the page
    unsigned forms_left_ = 0;
    std::string scratch_;
};

// True where the bytes start like a content stream that shows text.
bool is_text_content(std::string_view content);

}  // namespace plumbline::formats::pdf
