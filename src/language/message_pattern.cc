// SPDX-License-Identifier: Apache-2.0
#include "language/message_pattern.h"

#include <unicode/localpointer.h>
#include <unicode/messagepattern.h>
#include <unicode/plurrule.h>
#include <unicode/strenum.h>

#include <algorithm>
#include <array>

namespace plumbline::language {

namespace {
constexpr std::string_view link_start = "<a href=\"/";

std::string narrow(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

// The mark that starts here, whole; empty where there is none.
std::string_view mark_at(std::string_view text) {
    for (const std::string_view plain : {"<b>", "</b>", "</a>"})
        if (text.starts_with(plain)) return plain;
    if (!text.starts_with(link_start)) return {};
    const std::size_t end = text.find("\">", link_start.size());
    if (end == std::string_view::npos) return {};
    const std::string_view path = text.substr(link_start.size(), end - link_start.size());
    if (path.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-/_#") != std::string_view::npos) return {};
    return text.substr(0, end + 2);
}
}  // namespace

Result<Shape> shape_of(std::string_view pattern) {
    Shape shape;
    UErrorCode status = U_ZERO_ERROR;
    UParseError place{};
    const icu::MessagePattern parsed(icu::UnicodeString::fromUTF8(icu::StringPiece(pattern.data(), static_cast<int32_t>(pattern.size()))), &place, status);
    if (U_FAILURE(status) != 0) return fail(ErrorKind::invalid, "ICU cannot read the message at letter {}: {}", place.offset, u_errorName(status));
    std::set<std::string> names;
    std::vector<std::pair<UMessagePatternArgType, std::string>> open;
    for (int32_t i = 0; i < parsed.countParts(); ++i) {
        const icu::MessagePattern::Part& part = parsed.getPart(i);
        const std::string text = narrow(parsed.getSubstring(part));
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_START) open.emplace_back(part.getArgType(), "");
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_LIMIT) open.pop_back();
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_NUMBER) return fail(ErrorKind::invalid, "an argument has a name, not a number");
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_NAME) {
            names.insert(text);
            open.back().second = text;
        }
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_SELECTOR) (open.back().first == UMSGPAT_ARG_TYPE_SELECT ? shape.selections : shape.plural_forms)[open.back().second].insert(text);
    }
    shape.arguments.assign(names.begin(), names.end());
    for (std::size_t at = pattern.find('<'); at != std::string_view::npos; at = pattern.find('<', at + 1)) {
        const std::string_view mark = mark_at(pattern.substr(at));
        if (mark.empty()) return fail(ErrorKind::invalid, "a message holds no mark but <b> and <a href=\"/...\">");
        shape.marks.emplace(mark);
    }
    return shape;
}

Result<std::string> html_pattern_of(std::string_view pattern, std::string_view tag) {
    std::string html;
    std::vector<std::string_view> open;
    for (std::size_t at = 0; at < pattern.size();) {
        const std::string_view mark = mark_at(pattern.substr(at));
        if (mark.empty()) {
            switch (pattern[at]) {
                case '&': html += "&amp;"; break;
                case '<': html += "&lt;"; break;
                case '>': html += "&gt;"; break;
                case '"': html += "&quot;"; break;
                default: html += pattern[at];
            }
            ++at;
            continue;
        }
        if (mark.starts_with("</")) {
            if (open.empty() || open.back() != mark.substr(2, 1)) return fail(ErrorKind::invalid, "{} closes nothing", mark);
            open.pop_back();
        } else {
            open.push_back(mark.substr(1, 1));
        }
        if (mark == "<b>") html += "<strong>";
        else if (mark == "</b>") html += "</strong>";
        else if (mark == "</a>") html += mark;
        else if (mark.starts_with("<a href=\"/ledger/") || mark.starts_with("<a href=\"/api/")) html += mark;   // no page: it has no language
        else html += "<a href=\"/" + std::string(tag) + std::string(mark.substr(link_start.size() - 1));
        at += mark.size();
    }
    if (!open.empty()) return fail(ErrorKind::invalid, "<{}> is not closed", open.back());
    return html;
}

std::string without_quotes(std::string_view pattern) {
    std::string text;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        text += pattern[at];
        if (pattern.substr(at, 2) == "''") ++at;
    }
    return text;
}

std::set<std::string> plural_forms_of(std::string_view tag) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Locale locale = icu::Locale::forLanguageTag(icu::StringPiece(tag.data(), static_cast<int32_t>(tag.size())), status);
    const icu::LocalPointer<icu::PluralRules> rules(icu::PluralRules::forLocale(locale, status));
    std::set<std::string> forms;
    if (U_FAILURE(status) != 0) return forms;
    const icu::LocalPointer<icu::StringEnumeration> names(rules->getKeywords(status));
    while (U_SUCCESS(status)) {
        const icu::UnicodeString* name = names->snext(status);
        if (name == nullptr) break;
        // A form that only fractions or compact numbers (1c6) have is never asked for: what is counted here is whole.
        std::array<double, 64> samples{};
        const int32_t count = rules->getSamples(*name, samples.data(), static_cast<int32_t>(samples.size()), status);
        const bool is_counted = std::any_of(samples.begin(), samples.begin() + std::min<int32_t>(count, 64), [](double sample) { return sample == static_cast<double>(static_cast<long long>(sample)); });
        if (is_counted) forms.insert(narrow(*name));
    }
    forms.insert("other");
    return forms;
}

}  // namespace plumbline::language
