// SPDX-License-Identifier: Apache-2.0
// Header blocks and structured values.
#include <algorithm>

#include "formats/mail/mail.h"
#include "formats/mail/transfer.h"
#include "formats/text/charset.h"

namespace plumbline::formats {

namespace {
constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t fields_max = 1000;
constexpr std::size_t parameters_max = 64;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool equal_any_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}
std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}
// The field name at the start of a line and its colon; a size of 0 where there is none.
struct FieldName {
    std::size_t size = 0;
    std::size_t colon = 0;
};
FieldName field_name_of(std::string_view line) {
    std::size_t at = 0;
    while (at < line.size() && at < 200 && line[at] > 32 && line[at] < 127 && line[at] != ':') ++at;
    std::size_t colon = at;
    while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) ++colon;
    if (at == 0 || colon >= line.size() || line[colon] != ':') return {};
    return {at, colon};
}
int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        out.push_back(low >= 0 ? static_cast<char>(high * 16 + low) : text[i]);
        if (low >= 0) i += 2;
    }
    return out;
}
// Parameters that RFC 2231 cut in pieces or encoded ("name*0*=utf-8''a%20b") are put together under their plain name.
void join_rfc2231(StructuredValue& out) {
    const auto is_plain = [](const auto& row) { return row.first.find('*') == npos && row.second.find("=?") == npos; };
    if (std::all_of(out.parameters.begin(), out.parameters.end(), is_plain)) return;
    std::vector<std::pair<std::string, std::string>> joined;
    for (auto& [name, value] : out.parameters) {
        const std::size_t star = name.find('*');
        if (star == npos) {
            if (out.parameters.size() > 0 && value.find("=?") != npos) {
                Budget budget;
                const std::size_t at = value.find("=?");
                const EncodedWords words = decode_words(view(std::string_view(value).substr(at)), budget);
                if (words.view.size_in > 0) value = value.substr(0, at) + words.utf8 + value.substr(at + words.view.size_in);
            }
            joined.emplace_back(name, value);
            continue;
        }
        const std::string plain = name.substr(0, star);
        const bool is_first = name.find("*0") != npos || name.size() == star + 1;
        std::string piece = value;
        std::string charset;
        if (name.back() == '*') {
            if (is_first && std::count(piece.begin(), piece.end(), '\'') >= 2) {
                charset = piece.substr(0, piece.find('\''));
                piece = piece.substr(piece.find('\'', piece.find('\'') + 1) + 1);
            }
            piece = to_utf8(view(percent_decoded(piece)), charset.empty() ? "utf-8" : charset);
        }
        const auto same = std::find_if(joined.begin(), joined.end(), [&](const auto& row) { return row.first == plain; });
        if (same == joined.end()) joined.emplace_back(plain, piece);
        else if (is_first) same->second = piece;
        else same->second += piece;
    }
    out.parameters = std::move(joined);
}
}  // namespace

const HeaderField* HeaderBlock::find(std::string_view name) const {
    for (const HeaderField& field : fields)
        if (equal_any_case(field.name, name)) return &field;
    return nullptr;
}

HeaderBlock read_header_block(std::string_view text, std::uint64_t begin, std::uint64_t end) {
    HeaderBlock block;
    block.fields.reserve(32);  // few mails have more
    std::size_t at = begin;
    bool is_first = true;
    while (at < end) {
        const std::size_t line_end = std::min<std::size_t>(text.find('\n', at), end);
        const std::string_view line = text.substr(at, line_end - at);
        const std::size_t next = std::min<std::size_t>(line_end + 1, end);
        if (line.empty() || line == "\r") {
            block.body_at = next;
            return block;
        }
        const FieldName name = field_name_of(line);
        if ((line[0] == ' ' || line[0] == '\t') && !block.fields.empty()) {
            HeaderField& last = block.fields.back();
            last.value = text.substr(last.value_at, line_end - last.value_at);
        } else if (name.size > 0) {
            const std::size_t value_at = name.colon + 1;
            if (block.fields.size() < fields_max) block.fields.push_back({line.substr(0, name.size), at + value_at, line.substr(value_at)});
        } else if (!is_first || !(line.starts_with("From ") || line.starts_with(">From "))) {
            // Not a header at all: the body starts here, without its blank line.
            block.body_at = at;
            return block;
        }
        is_first = false;
        at = next;
    }
    block.body_at = end;
    return block;
}

std::string_view StructuredValue::parameter(std::string_view name) const {
    for (const auto& [key, value] : parameters)
        if (key == name) return value;
    return {};
}

StructuredValue read_structured(std::string_view value) {
    StructuredValue out;
    std::size_t at = std::min(value.find(';'), value.size());
    for (const char c : value.substr(0, std::min<std::size_t>(at, 200))) {
        if (c == '(') break;
        if (!is_space(c)) out.main.push_back(lower(c));
    }
    while (at < value.size() && out.parameters.size() < parameters_max) {
        while (at < value.size() && (value[at] == ';' || is_space(value[at]))) ++at;
        const std::size_t equals = value.find_first_of("=;", at);
        if (equals == npos) break;
        if (value[equals] == ';') {
            at = equals;
            continue;
        }
        std::string_view name = value.substr(at, equals - at);
        while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
        at = equals + 1;
        while (at < value.size() && is_space(value[at])) ++at;
        std::string text;
        if (at < value.size() && value[at] == '"') {
            for (++at; at < value.size() && value[at] != '"'; ++at) {
                if (value[at] == '\\' && at + 1 < value.size()) ++at;
                if (value[at] != '\r' && value[at] != '\n') text.push_back(value[at]);
            }
            at = std::min(value.find(';', at), value.size());
        } else {
            const std::size_t end = std::min(value.find(';', at), value.size());
            text = value.substr(at, end - at);
            while (!text.empty() && is_space(text.back())) text.pop_back();
            at = end;
        }
        out.parameters.emplace_back(lowered(name), std::move(text));
    }
    join_rfc2231(out);
    return out;
}

}  // namespace plumbline::formats
