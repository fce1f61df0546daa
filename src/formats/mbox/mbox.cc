// SPDX-License-Identifier: Apache-2.0
#include "formats/mbox/mbox.h"

#include <algorithm>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace plumbline::formats {

namespace {
constexpr std::size_t npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// "From jo@example.com Thu Aug 22 12:36:23 2002": a sender, and a time and a year at the end (some add a zone).
bool is_separator(std::string_view line) {
    if (!line.starts_with("From ") || line.size() > 400) return false;
    const std::size_t colon = line.find(':');
    if (colon == npos || colon < 12) return false;
    for (std::size_t at = colon; at != npos; at = line.find(':', at + 1))
        if (at >= 2 && at + 2 < line.size() && is_digit(line[at - 1]) && is_digit(line[at - 2]) && is_digit(line[at + 1])) {
            for (std::size_t year = at; year + 4 <= line.size(); ++year)
                if ((line.substr(year, 2) == "19" || line.substr(year, 2) == "20") && is_digit(line[year + 2]) && is_digit(line[year + 3]) && line[year - 1] == ' ') return true;
        }
    return false;
}
// A header field follows; text that quotes a separator has none.
bool is_mail_start(std::string_view text, std::size_t at) {
    const std::size_t end = text.substr(0, std::min(text.size(), at + 402)).find('\n', at);
    if (end == npos || !is_separator(text.substr(at, end - at))) return false;
    std::size_t name = end + 1;
    while (name < text.size() && name - end < 80 && ((text[name] | 0x20) >= 'a' && (text[name] | 0x20) <= 'z' ? true : is_digit(text[name]) || text[name] == '-')) ++name;
    return name > end + 1 && name < text.size() && (text[name] == ':' || text.substr(end + 1, 6) == ">From ");
}
// The next line at or behind `at` that starts with 'F': the place of the line break before it, or npos.
std::size_t next_line_of_f(std::string_view text, std::size_t at) {
#if defined(__SSE2__)
    for (; at + 17 <= text.size(); at += 16) {
        const __m128i breaks = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at)), _mm_set1_epi8('\n'));
        const __m128i letters = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at + 1)), _mm_set1_epi8('F'));
        const int both = _mm_movemask_epi8(_mm_and_si128(breaks, letters));
        if (both != 0) return at + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(both)));
    }
#endif
    return text.find("\nF", at);
}
// The next mail's first line behind `from`; the end where there is none.
std::size_t next_mail(std::string_view text, std::size_t from) {
    for (std::size_t at = from; (at = next_line_of_f(text, at)) != npos; ++at) {
        if (text.substr(at + 1, 5) != "From ") continue;
        const bool is_behind_empty_line = at > 0 && (text[at - 1] == '\n' || (text[at - 1] == '\r' && at > 1 && text[at - 2] == '\n'));
        if (is_behind_empty_line && is_mail_start(text, at + 1)) return at + 1;
    }
    return text.size();
}
}  // namespace

std::uint64_t next_mail_at(std::string_view text, std::uint64_t from) {
    if (from == 0 && text.starts_with("From ") && is_mail_start(text, 0)) return 0;
    return next_mail(text, from > 0 ? from - 1 : 0);
}

bool looks_like_mbox(ByteView bytes, const Hints& hints) {
    if (hints.is_one_mail) return false;
    const std::string_view text = text_of(bytes);
    return text.starts_with("From ") && is_mail_start(text, 0) && next_mail(text, 5) < text.size();
}

void open_mbox(ByteView bytes, const Hints&, Budget& budget, Visitor& visitor) {
    const std::string_view text = text_of(bytes);
    Hints inside;
    inside.media_type = "message/rfc822";
    inside.is_one_mail = true;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = next_mail(text, at + 1);
        if (!budget.take_items(1) || !budget.take_steps(end - at)) return visitor.unread(at, "", "mbox: over the budget of items");
        visitor.window(at, end, inside, false);
        at = end;
    }
}

}  // namespace plumbline::formats
