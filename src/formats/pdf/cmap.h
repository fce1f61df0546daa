// SPDX-License-Identifier: Apache-2.0
// CMaps (ISO 32000-1 section 9.10.3, Adobe Technical Note 5411): which text the codes of a font stand for, and how many bytes
// a code has. Bounded: at most 200,000 entries are kept.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::formats::pdf {

class CMap {
  public:
    static CMap parse(std::string_view program);
    // False where the code is not named.
    bool append_text(std::uint32_t code, std::string& out) const;
    // Bytes of the code that `bytes` starts with, by the code space ranges; 0 where none fits.
    std::size_t code_size(std::string_view bytes) const;
    bool has_code_space() const { return !spaces_.empty(); }
    bool empty() const { return ranges_.empty(); }

  private:
    struct Range {
        std::uint32_t low = 0;
        std::uint32_t high = 0;
        char32_t first = 0;      // the text of `low`; later codes count on
        std::uint32_t text = 0;  // from 1: more than one character, in texts_; the last one counts on
    };
    struct Space {
        std::size_t size;
        std::uint32_t low;
        std::uint32_t high;
    };
    void add(std::uint32_t low, std::uint32_t high, const std::u32string& text);
    std::vector<Range> ranges_;  // by `low`
    std::vector<std::u32string> texts_;
    std::vector<Space> spaces_;
};

}  // namespace plumbline::formats::pdf
