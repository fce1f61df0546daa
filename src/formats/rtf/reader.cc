// SPDX-License-Identifier: Apache-2.0
#include "formats/rtf/reader.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "formats/text/charset.h"

namespace plumbline::formats::rtf {

namespace {
constexpr std::size_t depth_max = 4096;
constexpr std::size_t data_max = 10'000;
constexpr std::size_t fonts_max = 10'000;
constexpr std::size_t sets_max = 64;
constexpr std::uint64_t take_step = 64 * 1024;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
bool is_plain(char c) { return c != '\\' && c != '{' && c != '}' && static_cast<unsigned char>(c) >= ' ' && static_cast<unsigned char>(c) < 0x80; }

struct Word {
    std::string_view name;
    bool has_number = false;
    long number = 0;
};
// The control word behind the backslash at `at`; `at` goes behind it and the blank that ends it.
Word word_at(std::string_view rtf, std::uint64_t& at) {
    const std::uint64_t begin = ++at;
    while (at < rtf.size() && is_letter(rtf[at]) && at - begin < 64) ++at;
    Word word{rtf.substr(begin, at - begin)};
    std::uint64_t digits = at;
    const bool is_negative = digits < rtf.size() && rtf[digits] == '-';
    digits += is_negative;
    while (digits < rtf.size() && is_digit(rtf[digits])) {
        word.has_number = true;
        if (word.number < 1'000'000'000) word.number = word.number * 10 + (rtf[digits] - '0');
        at = ++digits;
    }
    if (is_negative && word.has_number) word.number = -word.number;
    if (at < rtf.size() && rtf[at] == ' ') ++at;
    return word;
}

struct Meaning {
    std::string_view word;
    std::string_view text;
};
constexpr Meaning meanings[] = {{"bullet", "\u2022"}, {"cell", "\t"}, {"column", "\n"}, {"emdash", "\u2014"}, {"emspace", " "}, {"endash", "\u2013"},
                                {"enspace", " "}, {"ldblquote", "\u201c"}, {"line", "\n"}, {"lquote", "\u2018"}, {"nestcell", "\t"}, {"nestrow", "\n"},
                                {"page", "\n"}, {"par", "\n"}, {"qmspace", " "}, {"rdblquote", "\u201d"}, {"row", "\n"}, {"rquote", "\u2019"},
                                {"sect", "\n"}, {"softline", "\n"}, {"softpage", "\n"}, {"tab", "\t"}};

// Groups that a reader does not see although no \* says so.
constexpr std::string_view hidden_words[] = {"author", "buptim", "colortbl", "comment", "company", "creatim", "doccomm", "fonttbl", "info", "keywords",
                                             "listoverridetable", "listtable", "manager", "operator", "printim", "revtbl", "revtim", "stylesheet",
                                             "subject", "title"};
// Their letters are hexadecimal.
constexpr std::string_view data_words[] = {"blipuid", "datafield", "datastore", "objdata", "panose", "passwordhash", "themedata"};
constexpr Meaning pictures[] = {{"emfblip", "emf"}, {"jpegblip", "jpg"}, {"macpict", "pict"}, {"pngblip", "png"}, {"wmetafile", "wmf"}};

// The code page of \fcharset (RTF 1.9.1, font table).
std::uint32_t code_page_of(long charset) {
    constexpr std::pair<long, std::uint32_t> rows[] = {{77, 10000}, {128, 932}, {129, 949}, {130, 1361}, {134, 936}, {136, 950}, {161, 1253}, {162, 1254},
                                                       {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257}, {204, 1251}, {222, 874}, {238, 1250}};
    for (const auto& row : rows)
        if (row.first == charset) return row.second;
    return 0;
}
}  // namespace

std::uint64_t end_of_data(std::string_view rtf, std::uint64_t at) {
    std::size_t depth = 0;
    while ((at = std::min<std::uint64_t>(rtf.find_first_of("{}\\", at), rtf.size())) < rtf.size()) {
        if (rtf[at] == '\\' && at + 1 < rtf.size() && is_letter(rtf[at + 1])) {
            const Word word = word_at(rtf, at);
            if (word.name == "bin" && word.number > 0) at += std::min<std::uint64_t>(static_cast<std::uint64_t>(word.number), rtf.size() - at);
            continue;
        }
        if (rtf[at] == '}' && depth-- == 0) return at;
        if (rtf[at] == '{') ++depth;
        at += rtf[at] == '\\' ? 2 : 1;
    }
    return rtf.size();
}

Bytes read_data(std::string_view rtf, std::uint64_t at, Budget& budget, std::string& damage) {
    Bytes out;
    int high = -1;
    std::uint64_t taken = 0;
    std::vector<bool> is_silent{false};
    const auto put = [&](std::byte byte) {
        if (out.size() == taken) {
            if (!budget.take_bytes(take_step)) return false;
            taken += take_step;
        }
        out.push_back(byte);
        return true;
    };
    for (; at < rtf.size(); ) {
        const char c = rtf[at];
        if (const int digit = hex_digit(c); digit >= 0) {
            ++at;
            if (is_silent.back()) continue;
            if (high < 0) {
                high = digit;
                continue;
            }
            if (!put(static_cast<std::byte>(high << 4 | digit))) {
                --at;
                break;
            }
            high = -1;
        } else if (c == '\\' && at + 1 < rtf.size() && is_letter(rtf[at + 1])) {
            const Word word = word_at(rtf, at);
            if (word.name != "bin" || word.number <= 0) continue;
            const std::uint64_t size = std::min<std::uint64_t>(static_cast<std::uint64_t>(word.number), rtf.size() - at);
            if (is_silent.back()) {
                at += size;
                continue;
            }
            std::uint64_t copied = 0;
            while (copied < size && put(static_cast<std::byte>(rtf[at + copied]))) ++copied;
            at += copied;
            if (copied < size) break;
        } else if (c == '\\') {
            at += at + 1 < rtf.size() && rtf[at + 1] == '\'' ? 4 : 2;
        } else if (c == '{') {
            if (is_silent.size() < depth_max) is_silent.push_back(is_silent.back() || rtf.substr(at + 1, 2) == "\\*");
            ++at;
        } else if (c == '}') {
            if (is_silent.size() == 1) break;
            is_silent.pop_back();
            ++at;
        } else {
            ++at;
        }
    }
    if (at < rtf.size() && rtf[at] != '}') damage = "rtf: over the budget of decoded bytes";
    return out;
}

std::uint32_t Reader::code_page() const {
    const auto font = code_pages_.find(group_.font);
    return font != code_pages_.end() && font->second != 0 ? font->second : code_page_;
}
bool Reader::is_double_byte() const {
    const std::uint32_t page = code_page();
    return page == 932 || page == 936 || page == 949 || page == 950;
}
std::string Reader::charset() const {
    const std::uint32_t page = code_page();
    switch (page) {
        case 932: return "shift_jis";
        case 936: return "gbk";
        case 949: return "ks_c_5601-1987";
        case 950: return "big5";
        case 65001: return "utf-8";
        case 10000: return "macintosh";
        case 437:
        case 850:
        case 852:
        case 866: return fmt::format("ibm{}", page);
        default: return fmt::format("windows-{}", page);
    }
}

void Reader::put(std::string_view utf8, std::uint64_t source) {
    Out& to = out();
    if (seen_.text.size() + hidden_.text.size() + utf8.size() > taken_) {
        const std::uint64_t more = std::max<std::uint64_t>(take_step, utf8.size());
        if (!budget_.take_bytes(more)) {
            is_over_ = true;
            return;
        }
        taken_ += more;
    }
    to.rows.push_back({to.text.size(), source, OffsetMap::Run::made});
    to.text += utf8;
}

void Reader::flush() {
    if (high_ != 0) put("\xef\xbf\xbd", pending_at_);
    high_ = 0;
    if (pending_.empty()) return;
    const std::string bytes = std::exchange(pending_, {});
    const std::string set = charset();
    if (is_double_byte() || set == "utf-8") return put(to_utf8(plumbline::view(bytes), set), pending_at_);
    auto letters = letters_.find(set);
    if (letters == letters_.end()) {
        if (letters_.size() == sets_max) letters_.clear();
        letters = letters_.try_emplace(set).first;
        for (unsigned byte = 0; byte < 256; ++byte) {
            const char letter = static_cast<char>(byte);
            letters->second[byte] = to_utf8(plumbline::view(std::string_view(&letter, 1)), set);
        }
    }
    std::string text;
    for (const char byte : bytes) text += letters->second[static_cast<unsigned char>(byte)];
    put(text, pending_at_);
}

void Reader::put_byte(unsigned char byte, std::uint64_t source) {
    if (skip_ > 0) {
        --skip_;
        return;
    }
    if (pending_.empty()) {
        flush();
        pending_at_ = source;
    }
    if (byte >= ' ' || byte == '\t' || byte == '\n') pending_.push_back(static_cast<char>(byte));
}

void Reader::put_unit(long number, std::uint64_t source) {
    if (!pending_.empty()) flush();
    const auto unit = static_cast<char32_t>(number < 0 ? number + 65536 : number);
    if (unit >= 0xd800 && unit < 0xdc00) {
        flush();
        high_ = unit;
        pending_at_ = source;
    } else {
        char32_t code_point = unit;
        if (high_ != 0 && unit >= 0xdc00 && unit < 0xe000) code_point = 0x10000 + ((high_ - 0xd800) << 10) + (unit - 0xdc00);
        else flush();
        high_ = 0;
        std::string utf8;
        // Symbol fonts keep their codes in the private area.
        if (code_point >= 0xf020 && code_point <= 0xf07e) code_point -= 0xf000;
        if (code_point >= ' ') append_utf8(utf8, code_point);
        put(utf8, source);
    }
    skip_ = group_.unicode_skip;
}

// Letters that stand as they are.
void Reader::literal() {
    const std::uint64_t begin = at_;
    if (skip_ > 0) {
        --skip_;
        ++at_;
        return;
    }
    if (!pending_.empty() && is_double_byte()) {
        // The second byte of a character may be a letter.
        put_byte(static_cast<unsigned char>(rtf_[begin]), begin);
        at_ = begin + 1;
        return;
    }
    flush();
    while (at_ < rtf_.size() && is_plain(rtf_[at_])) ++at_;
    Out& to = out();
    const std::uint64_t size = to.text.size();
    put(rtf_.substr(begin, at_ - begin), begin);
    if (to.text.size() > size) to.rows.back() = {size, begin, OffsetMap::Run::same};
}

void Reader::open_group() {
    flush();
    skip_ = 0;
    is_ignorable_ = false;
    ++at_;
    if (groups_.size() == depth_max) {
        ++too_deep_;
        return;
    }
    groups_.push_back(group_);
    group_.picture = {};
}

void Reader::close_group() {
    flush();
    skip_ = 0;
    ++at_;
    end = at_;
    if (too_deep_ > 0) {
        --too_deep_;
        return;
    }
    if (groups_.empty()) return;
    const Group before = groups_.back();
    groups_.pop_back();
    // What hidden groups say stands on lines of its own, and so no word of theirs grows together with another.
    const bool is_section_end = group_.is_hidden || group_.is_field != before.is_field;
    if (is_section_end && !out().text.empty() && out().text.back() != '\n') put(group_.is_hidden ? "\n" : " ", at_ - 1);
    group_ = before;
}

void Reader::control_symbol(char symbol, std::uint64_t begin) {
    at_ = begin + 2;
    switch (symbol) {
        case '\'': {
            const int high = begin + 2 < rtf_.size() ? hex_digit(rtf_[begin + 2]) : -1;
            const int low = begin + 3 < rtf_.size() ? hex_digit(rtf_[begin + 3]) : -1;
            if (high < 0 || low < 0) return;
            at_ = begin + 4;
            return put_byte(static_cast<unsigned char>(high << 4 | low), begin);
        }
        case '*': is_ignorable_ = true; return;
        case '-': return;
        case '\r':
        case '\n': flush(); return put("\n", begin);
        default: break;
    }
    if (skip_ > 0) {
        --skip_;
        return;
    }
    flush();
    const char shown = symbol == '~' ? ' ' : symbol == '_' ? '-' : symbol;
    if (static_cast<unsigned char>(shown) >= ' ' && static_cast<unsigned char>(shown) < 0x7f && symbol != '|' && symbol != ':') put(std::string_view(&shown, 1), begin);
}

void Reader::control_word(std::string_view word, bool has_number, long number, std::uint64_t begin) {
    const bool is_ignorable = std::exchange(is_ignorable_, false);
    if (word == "u" && has_number) return put_unit(number, begin);
    if (word == "bin") {
        const std::uint64_t size = std::min<std::uint64_t>(number > 0 ? static_cast<std::uint64_t>(number) : 0, rtf_.size() - at_);
        if (size >= 16 && binary.size() < data_max) binary.push_back({at_, at_ + size});
        at_ += size;
        return;
    }
    if (word == "uc" && has_number) group_.unicode_skip = static_cast<std::uint16_t>(std::clamp(number, 0L, 16L));
    else if (word == "ansicpg" && number > 0) code_page_ = static_cast<std::uint32_t>(number);
    else if (word == "mac") code_page_ = 10000;
    else if (word == "pc") code_page_ = 437;
    else if (word == "pca") code_page_ = 850;
    else if (word == "f" && number >= 0) {
        flush();
        (group_.is_font_table ? font_named_ : group_.font) = static_cast<std::uint32_t>(number);
    } else if (word == "fcharset" && group_.is_font_table && code_pages_.size() < fonts_max) {
        code_pages_[font_named_] = code_page_of(number);
    } else if (word == "cpg" && group_.is_font_table && number > 0 && code_pages_.size() < fonts_max) {
        code_pages_[font_named_] = static_cast<std::uint32_t>(number);
    } else if (word == "fldinst") {
        group_.is_field = true;
    } else if (word == "pict") {
        group_.picture = "bin";
    } else if (std::find(std::begin(data_words), std::end(data_words), word) != std::end(data_words)) {
        // The digits are read when they are asked for; here they are passed over.
        const std::uint64_t stop = end_of_data(rtf_, at_);
        if (data.size() < data_max) data.push_back({at_, stop, {}});
        at_ = stop;
    } else if (std::binary_search(std::begin(hidden_words), std::end(hidden_words), word)) {
        flush();
        group_.is_hidden = true;
        group_.is_font_table = word == "fonttbl";
    } else if (is_ignorable && word != "shppict" && word != "shpinst" && word != "objclass") {
        flush();
        group_.is_hidden = true;
    }
    for (const Meaning& row : pictures)
        if (row.word == word && !group_.picture.empty()) group_.picture = row.text;
    const auto meaning = std::lower_bound(std::begin(meanings), std::end(meanings), word, [](const Meaning& row, std::string_view name) { return row.word < name; });
    if (meaning != std::end(meanings) && meaning->word == word) {
        flush();
        put(meaning->text, begin);
    }
}

void Reader::control() {
    const std::uint64_t begin = at_;
    if (begin + 1 >= rtf_.size()) {
        at_ = rtf_.size();
        return;
    }
    if (!is_letter(rtf_[begin + 1])) return control_symbol(rtf_[begin + 1], begin);
    const Word word = word_at(rtf_, at_);
    control_word(word.name, word.has_number, word.number, begin);
}

void Reader::read() {
    view.decoder = "rtf";
    view.size_in = rtf_.size();
    if (!budget_.take_steps(rtf_.size())) {
        view.damage = "rtf: over the budget of steps";
        return;
    }
    while (at_ < rtf_.size() && !is_over_) {
        const char c = rtf_[at_];
        if (!group_.picture.empty() && hex_digit(c) >= 0 && data.size() < data_max) {
            const std::uint64_t stop = end_of_data(rtf_, at_);
            data.push_back({at_, stop, fmt::format("picture-{}.{}", ++pictures_, group_.picture)});
            at_ = stop;
        } else if (c == '\\') {
            control();
        } else if (c == '{') {
            open_group();
        } else if (c == '}') {
            close_group();
            if (groups_.empty() && too_deep_ == 0) break;
        } else if (is_plain(c)) {
            literal();
        } else {
            if (static_cast<unsigned char>(c) >= 0x80 || c == '\t') put_byte(static_cast<unsigned char>(c), at_);
            ++at_;
        }
    }
    flush();
    if (end == 0) end = at_;
    if (is_over_) view.damage = "rtf: over the budget of decoded bytes";
    seen_size = seen_.text.size();
    if (!hidden_.text.empty() && !seen_.text.empty() && budget_.take_bytes(1)) {
        seen_.rows.push_back({seen_.text.size(), 0, OffsetMap::Run::made});
        seen_.text.push_back('\n');
    }
    for (const Out::Row& row : seen_.rows) view.map.add(row.at, row.source, row.run);
    for (const Out::Row& row : hidden_.rows) view.map.add(seen_.text.size() + row.at, row.source, row.run);
    view.bytes = to_bytes(seen_.text + hidden_.text);
}

}  // namespace plumbline::formats::rtf
