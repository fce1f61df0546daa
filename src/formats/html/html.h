// SPDX-License-Identifier: Apache-2.0
// Reads HTML as the tokenizer of the WHATWG standard does (section 13.2.5), without building a tree: evidence needs the
// words, the attribute values and their places, and a tree of hostile markup costs time and memory. Two views come out
// of one pass: `text` (what a reader sees, entities decoded, block elements on lines of their own) and `markup`
// (attribute values, comments, scripts and styles, one a line). Both only grow when the input grows.
#pragma once
#include "formats/format.h"

namespace plumbline::formats {

struct HtmlViews {
    Decoded text;
    Decoded markup;
    bool is_cut = false;  // the budget ended before the input
};
HtmlViews read_html(ByteView source, Budget& budget);
bool looks_like_html(ByteView bytes, const Hints& hints);
// XML is read by the same tokenizer: text of elements and values of attributes. Of names with a prefix ("w:p") what is behind
// the colon counts, so the paragraphs and cells of office documents stand on lines of their own.
bool looks_like_xml(ByteView bytes, const Hints& hints);
void open_html(ByteView bytes, const Hints& hints, Budget& budget, Visitor& visitor);

// The text of a character reference that `text` starts with ("&amp;x"): how many bytes it takes, 0 where it is none.
// In attributes, names without a semicolon before a letter, digit or '=' are not references (section 13.2.5.73).
std::size_t character_reference(std::string_view text, bool in_attribute, std::string& out);

}  // namespace plumbline::formats
