// SPDX-License-Identifier: Apache-2.0
// Walks once through RTF and gathers its text, seen and hidden, with places, and where data stand. No thread rules.
#pragma once
#include <array>
#include <map>
#include <string>
#include <vector>

#include "formats/format.h"

namespace plumbline::formats::rtf {

struct DataPart {
    std::uint64_t begin = 0;  // the first digit
    std::uint64_t end = 0;
    std::string name;         // of a picture, "picture-1.png"; empty for objects
};

// Data from `at` of `rtf` on to the end of their group. Groups within them that start with \* are none of them, which is how
// they are hidden from programs that look for digits alone.
std::uint64_t end_of_data(std::string_view rtf, std::uint64_t at);
Bytes read_data(std::string_view rtf, std::uint64_t at, Budget& budget, std::string& damage);

class Reader {
  public:
    Reader(std::string_view rtf, Budget& budget) : rtf_(rtf), budget_(budget) {}
    void read();

    Decoded view;                       // decoder "rtf"; `damage` where the budget ended it
    std::size_t seen_size = 0;          // bytes of the view that a reader sees
    std::vector<DataPart> data;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> binary;  // stretches of \bin outside of data: begin, end
    std::uint64_t end = 0;              // behind the last brace

  private:
    struct Group {
        bool is_hidden = false;
        bool is_font_table = false;
        bool is_field = false;   // an instruction: set off by blanks
        std::string_view picture;  // the kind, of a group that holds one: its letters are data
        std::uint16_t unicode_skip = 1;
        std::uint32_t font = 0;
    };
    struct Out {
        struct Row {
            std::uint64_t at;
            std::uint64_t source;
            OffsetMap::Run run;
        };
        std::string text;
        std::vector<Row> rows;
    };
    Out& out() { return group_.is_hidden ? hidden_ : seen_; }
    void open_group();
    void close_group();
    void literal();
    void control();
    void control_symbol(char symbol, std::uint64_t begin);
    void control_word(std::string_view word, bool has_number, long number, std::uint64_t begin);
    void put(std::string_view utf8, std::uint64_t source);
    void put_byte(unsigned char byte, std::uint64_t source);
    void put_unit(long number, std::uint64_t source);
    void flush();
    std::uint32_t code_page() const;
    bool is_double_byte() const;
    std::string charset() const;

    std::string_view rtf_;
    Budget& budget_;
    std::uint64_t at_ = 0;
    Group group_;
    std::vector<Group> groups_;
    std::size_t too_deep_ = 0;
    Out seen_;
    Out hidden_;
    std::string pending_;               // bytes in the group's character set
    std::uint64_t pending_at_ = 0;
    char32_t high_ = 0;                 // the first half of a pair
    unsigned skip_ = 0;                 // characters that stand for the \u before them
    bool is_ignorable_ = false;         // behind \*
    unsigned pictures_ = 0;
    std::uint32_t code_page_ = 1252;
    std::uint32_t font_named_ = 0;      // in the font table
    std::map<std::uint32_t, std::uint32_t> code_pages_;  // by font
    std::map<std::string, std::array<std::string, 256>> letters_;  // of character sets with one byte for each
    std::uint64_t taken_ = 0;
    bool is_over_ = false;
};

}  // namespace plumbline::formats::rtf
