// SPDX-License-Identifier: Apache-2.0
// Tokens of a content stream or a CMap (ISO 32000-1 section 7.2): views on the bytes, read further only by who needs them,
// since most of a page is drawing. Never fails: what is no token is skipped. No thread rules.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace plumbline::formats::pdf {

enum class TokenKind : std::uint8_t { end, number, string, hex, name, open_array, close_array, open_dict, close_dict, word };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  // without the brackets of a string and the slash of a name
};

class Lexer {
  public:
    explicit Lexer(std::string_view content) : content_(content) {}
    Token next();
    std::size_t at() const { return at_; }
    // Behind the operator ID: past the image's bytes and its EI.
    void skip_inline_image();

  private:
    Token string_token();
    std::string_view content_;
    std::size_t at_ = 0;
};

double number_of(std::string_view token);                     // 0 where it is none
void append_string(std::string& out, const Token& token);     // the bytes that a string or hex token stands for
std::string name_of(std::string_view token);                  // with #41 decoded

}  // namespace plumbline::formats::pdf
