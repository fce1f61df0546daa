// SPDX-License-Identifier: Apache-2.0
// A font of a page: how the bytes of a string are cut into codes, which text each stands for, and how far it moves the pen.
// Text comes from ToUnicode, else from the encoding and the names of glyphs, else from the program of a Type 1 font.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "formats/pdf/cmap.h"
#include "formats/pdf/document.h"

namespace plumbline::formats::pdf {

class Font {
  public:
    // Fonts that say nothing: codes are WinAnsi characters.
    Font();
    static Font load(QPDFObjectHandle dict, Document& document);

    struct Code {
        std::uint32_t value = 0;
        std::size_t size = 1;
    };
    Code next(std::string_view bytes) const;  // `bytes` is not empty
    // UTF-8, appended; false where nobody says which text the code is.
    bool append_text(Code code, std::string_view bytes, std::string& out) const;
    // In em: 0.5 for half the font's size.
    double width(std::uint32_t code) const;
    double em() const { return em_; }          // of a Type 3 font: what its own units make of 1000; else 1
    bool is_vertical() const { return is_vertical_; }

  private:
    void load_simple(QPDFObjectHandle dict, Document& document);
    void load_composite(QPDFObjectHandle dict, Document& document);
    void load_encoding(QPDFObjectHandle dict, Document& document);
    void load_differences(QPDFObjectHandle encoding);
    void load_program(QPDFObjectHandle descriptor, Document& document);
    void load_widths(QPDFObjectHandle array);

    struct Width {
        std::uint32_t first;
        std::uint32_t last;
        float width;
    };
    bool is_composite_ = false;
    bool is_vertical_ = false;
    bool is_unicode_ = false;         // the codes themselves are UTF-16
    std::string charset_;             // of a predefined CMap of an old character set; empty for others
    CMap to_unicode_;
    CMap code_space_;
    std::array<std::string, 256> texts_;
    std::array<float, 256> widths_{};
    std::vector<Width> wide_;         // by `first`
    float default_width_ = 1;
    double em_ = 1;
};

}  // namespace plumbline::formats::pdf
