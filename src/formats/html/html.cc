// SPDX-License-Identifier: Apache-2.0
#include "formats/html/html.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/utf8.h"
#include "formats/html/entities.h"

namespace plumbline::formats {

namespace {
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_lower(std::string_view text, std::string_view word) {
    return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

// Numbers that Windows-1252 documents write for its own characters (section 13.2.5.80).
constexpr std::array<char16_t, 32> windows_1252 = {
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178};

std::size_t numeric_reference(std::string_view text, std::string& out) {
    std::size_t at = 2;
    const bool is_hex = at < text.size() && (text[at] == 'x' || text[at] == 'X');
    if (is_hex) ++at;
    const std::size_t digits_at = at;
    char32_t value = 0;
    for (; at < text.size(); ++at) {
        const char c = lower(text[at]);
        char32_t digit = 0;
        if (is_digit(c)) digit = static_cast<char32_t>(c - '0');
        else if (is_hex && c >= 'a' && c <= 'f') digit = static_cast<char32_t>(c - 'a' + 10);
        else break;
        if (value <= 0x110000) value = value * (is_hex ? 16 : 10) + digit;
    }
    if (at == digits_at) return 0;
    if (value >= 0x80 && value < 0xa0) value = windows_1252[value - 0x80];
    append_utf8(out, value == 0 ? 0xfffd : value);
    if (at < text.size() && text[at] == ';') ++at;
    return at;
}

// Elements whose start or end puts what follows on a new line.
bool is_block(std::string_view name, bool has_colon) {
    static constexpr std::string_view blocks[] = {
        "address", "article", "aside", "blockquote", "body", "br", "c", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "input", "legend", "li", "main", "nav", "ol",
        "option", "p", "pre", "row", "section", "select", "si", "sst", "tab", "table", "tbody", "td", "tfoot", "th", "thead", "title",
        "tr", "ul", "v", "worksheet"};
    // Of the prefixes, those of office documents; "o:p" is empty filling in mails and splits nothing.
    if (has_colon) {
        const std::size_t colon = name.find(':');
        const std::string_view prefix = name.substr(0, colon);
        if (prefix != "w" && prefix != "a" && prefix != "text" && prefix != "table") return false;
        name.remove_prefix(colon + 1);
    }
    // Where names with a first letter start, and the lengths that they have: most elements of a mail ("a", "b", "img") are none.
    struct Letter {
        std::uint8_t first = 0;
        std::uint16_t lengths = 0;
    };
    static constexpr std::array<Letter, 26> letters = [] {
        std::array<Letter, 26> table{};
        for (std::size_t i = std::size(blocks); i-- > 0;) {
            Letter& letter = table[static_cast<std::size_t>(blocks[i][0] - 'a')];
            letter.first = static_cast<std::uint8_t>(i);
            letter.lengths |= static_cast<std::uint16_t>(1U << blocks[i].size());
        }
        return table;
    }();
    if (name.empty() || name.size() >= 16 || !is_letter(name[0])) return false;
    const Letter& letter = letters[static_cast<std::size_t>(lower(name[0]) - 'a')];
    if ((letter.lengths >> name.size() & 1) == 0) return false;
    for (std::size_t i = letter.first; i < std::size(blocks) && blocks[i][0] == lower(name[0]); ++i)
        if (blocks[i].size() == name.size() && starts_with_lower(name, blocks[i])) return true;
    return false;
}

// What ends a name or a value.
enum Mark : std::uint8_t { space = 1, greater = 2, slash = 4, equal_sign = 8, colon_sign = 16 };
constexpr std::array<std::uint8_t, 256> marks = [] {
    std::array<std::uint8_t, 256> table{};
    for (const char c : {' ', '\t', '\n', '\v', '\f', '\r'}) table[static_cast<unsigned char>(c)] = space;
    table['>'] = greater;
    table['/'] = slash;
    table['='] = equal_sign;
    table[':'] = colon_sign;
    return table;
}();

// One view under construction: bytes and where they came from.
class ViewWriter {
  public:
    explicit ViewWriter(Decoded& out) : out_(out) {}
    void same(std::string_view text, std::uint64_t source_at) {
        if (text.empty()) return;
        out_.map.add(out_.bytes.size(), source_at, OffsetMap::Run::same);
        append(out_.bytes, text);
    }
    void made(std::string_view text, std::uint64_t source_at) {
        if (text.empty()) return;
        out_.map.add(out_.bytes.size(), source_at, OffsetMap::Run::made);
        append(out_.bytes, text);
    }
    void new_line(std::uint64_t source_at) {
        if (out_.bytes.empty() || out_.bytes.back() == std::byte{'\n'}) return;
        out_.map.add(out_.bytes.size(), source_at, OffsetMap::Run::made);
        out_.bytes.push_back(std::byte{'\n'});
    }

  private:
    Decoded& out_;
};

class HtmlReader {
  public:
    HtmlReader(std::string_view source, HtmlViews& views) : source_(source), text_(views.text), markup_(views.markup) {}
    void read() {
        while (at_ < source_.size()) {
            if (source_[at_] != '<') {
                const std::size_t tag = std::min(source_.find('<', at_), source_.size());
                characters(text_, at_, tag, false);
                at_ = tag;
            }
            if (at_ < source_.size()) markup();
        }
    }

  private:
    // Copies [begin, end) with its character references decoded.
    void characters(ViewWriter& out, std::size_t begin, std::size_t end, bool in_attribute) {
        while (begin < end) {
            const void* found = std::memchr(source_.data() + begin, '&', end - begin);
            const std::size_t reference = found ? static_cast<std::size_t>(static_cast<const char*>(found) - source_.data()) : end;
            out.same(source_.substr(begin, reference - begin), begin);
            if (reference == end) return;
            std::string decoded;
            const std::size_t size = character_reference(source_.substr(reference, end - reference), in_attribute, decoded);
            if (size == 0) out.same("&", reference);
            else out.made(decoded, reference);
            begin = reference + std::max<std::size_t>(size, 1);
        }
    }
    void markup_line(std::size_t begin, std::size_t end, bool is_decoded) {
        if (end <= begin) return;
        if (is_decoded) characters(markup_, begin, end, true);
        else markup_.same(source_.substr(begin, end - begin), begin);
        markup_.new_line(end);
    }
    // Moves at_ to the next byte with one of these marks, or past those that have one. What marks the bytes had that it left
    // behind.
    unsigned to(unsigned ends) {
        unsigned seen = 0;
        for (; at_ < source_.size(); ++at_) {
            const unsigned mark = marks[static_cast<unsigned char>(source_[at_])];
            if ((mark & ends) != 0) break;
            seen |= mark;
        }
        return seen;
    }
    void past(unsigned skipped) {
        while (at_ < source_.size() && (marks[static_cast<unsigned char>(source_[at_])] & skipped) != 0) ++at_;
    }
    // at_ stands on '<'.
    void markup() {
        const std::string_view rest = source_.substr(at_);
        if (rest.size() > 1 && (is_letter(rest[1]) || (rest[1] == '/' && rest.size() > 2 && is_letter(rest[2])))) {
            tag();
        } else if (rest.starts_with("<!--")) {
            const std::size_t end = std::min(source_.find("-->", at_ + 4), source_.size());
            markup_line(at_ + 4, end, false);
            at_ = std::min(end + 3, source_.size());
        } else if (rest.size() > 1 && (rest[1] == '!' || rest[1] == '?')) {
            const std::size_t end = std::min(source_.find('>', at_), source_.size());
            markup_line(at_ + 2, end, false);
            at_ = std::min(end + 1, source_.size());
        } else {
            text_.same("<", at_);
            ++at_;
        }
    }
    void tag() {
        const std::size_t start = at_;
        const bool is_end = source_[at_ + 1] == '/';
        std::size_t name_at = at_ + (is_end ? 2 : 1);
        at_ = name_at;
        const unsigned seen = to(space | greater | slash);
        const std::string_view name = source_.substr(name_at, at_ - name_at);
        if (is_block(name, (seen & colon_sign) != 0)) text_.new_line(start);
        while (attribute()) {}
        if (!is_end) raw_text(name);
    }
    // Reads one attribute; false after the tag's end.
    bool attribute() {
        past(space | slash);
        if (at_ >= source_.size()) return false;
        if (source_[at_] == '>') {
            ++at_;
            return false;
        }
        ++at_;  // the first character of a name is taken whatever it is
        to(space | greater | slash | equal_sign);
        past(space);
        if (at_ >= source_.size() || source_[at_] != '=') return true;
        ++at_;
        past(space);
        if (at_ >= source_.size()) return false;
        const char quote = source_[at_];
        if (quote == '"' || quote == '\'') {
            ++at_;
            const std::size_t end = std::min(source_.find(quote, at_), source_.size());
            markup_line(at_, end, true);
            at_ = std::min(end + 1, source_.size());
        } else {
            const std::size_t begin = at_;
            to(space | greater);
            markup_line(begin, at_, true);
        }
        return true;
    }
    // The content of these elements is not text for a reader (section 13.2.5.2 to 13.2.5.4).
    void raw_text(std::string_view name) {
        static constexpr std::string_view raws[] = {"script", "style"};
        for (const std::string_view raw : raws) {
            if (name.size() != raw.size() || !starts_with_lower(name, raw)) continue;
            std::size_t end = at_;
            for (;; end += 2) {
                end = std::min(source_.find("</", end), source_.size());
                if (end == source_.size() || starts_with_lower(source_.substr(end + 2), raw)) break;
            }
            markup_line(at_, end, false);
            at_ = end;
        }
    }

    std::string_view source_;
    ViewWriter text_;
    ViewWriter markup_;
    std::size_t at_ = 0;
};
}  // namespace

std::size_t character_reference(std::string_view text, bool in_attribute, std::string& out) {
    if (text.size() < 3 || text[0] != '&') return 0;
    if (text[1] == '#') return numeric_reference(text, out);
    // The longest name that is in the list: they are sorted, so candidates are looked up from long to short.
    std::size_t size = 1;
    while (size < text.size() && size < 33 && (is_letter(text[size]) || is_digit(text[size]))) ++size;
    if (size < text.size() && text[size] == ';') ++size;
    for (; size > 2; --size) {
        const std::string_view name = text.substr(1, size - 1);
        const auto* end = named_references + named_reference_count;
        const auto* found = std::lower_bound(named_references, end, name,
                                             [](const NamedReference& row, std::string_view key) { return row.name < key; });
        if (found == end || found->name != name) continue;
        if (in_attribute && name.back() != ';' && size < text.size() &&
            (text[size] == '=' || is_letter(text[size]) || is_digit(text[size])))
            return 0;
        out += found->utf8;
        return size;
    }
    return 0;
}

HtmlViews read_html(ByteView source, Budget& budget) {
    HtmlViews views;
    views.text.decoder = "html";
    views.markup.decoder = "markup";
    // No reference and no line break is longer than what it is made from, but for a few of three bytes; both views
    // together stay below twice the source.
    const std::uint64_t half = std::min(budget.bytes_out_left, budget.steps_left) / 2;
    if (source.size() > half) {
        source = source.first(half);
        views.is_cut = true;
    }
    if (!budget.take_steps(source.size())) return views;
    views.text.size_in = views.markup.size_in = source.size();
    views.text.bytes.reserve(source.size());
    HtmlReader(text_of(source), views).read();
    if (!budget.take_bytes(views.text.bytes.size() + views.markup.bytes.size())) budget.bytes_out_left = 0;
    return views;
}

bool looks_like_html(ByteView bytes, const Hints& hints) {
    std::string_view text = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 1024)));
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    if (text.find('\0') != std::string_view::npos) return false;
    if (hints.media_type == "text/html" || hints.media_type == "application/xhtml+xml") return true;
    if (hints.media_type == "text/plain" || text.empty() || text.front() != '<') return false;
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string_view::npos; ++at)
        for (const std::string_view word : {"!doctype html", "html", "body", "head", "table", "div"})
            if (starts_with_lower(text.substr(at + 1), word)) return true;
    return false;
}

bool looks_like_xml(ByteView bytes, const Hints&) {
    std::string_view text = text_of(bytes.first(std::min<std::size_t>(bytes.size(), 64)));
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return text.starts_with("<?xml ");
}

void open_html(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor) {
    HtmlViews views = read_html(bytes, budget);
    if (views.is_cut) visitor.unread(0, "html", "html: the budget ended before the text");
    visitor.decoded(std::move(views.text), hints, true);
    visitor.decoded(std::move(views.markup), hints, true);
}

}  // namespace plumbline::formats
