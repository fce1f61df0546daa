// SPDX-License-Identifier: Apache-2.0
#include "language/language.h"

#include <unicode/dtptngen.h>
#include <unicode/locid.h>
#include <unicode/msgfmt.h>
#include <unicode/numfmt.h>
#include <unicode/smpdtfmt.h>

#include <algorithm>

#include "base/check.h"
#include "language/message_pattern.h"

namespace plumbline::language {

namespace {
// The locale that numbers and dates are written by. Digits are the ones that a person also types here and reads off a bank's
// paper; English dates name the day first, as most of the world does.
icu::Locale locale_of(std::string_view tag) {
    UErrorCode status = U_ZERO_ERROR;
    const std::string full = tag == "en" ? "en-GB" : tag == "ar" ? "ar-u-nu-latn" : tag == "hi" ? "hi-u-nu-latn" : std::string(tag);
    return icu::Locale::forLanguageTag(full, status);
}

icu::UnicodeString wide(std::string_view text) { return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size()))); }

std::string narrow(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

// A language's own tag against one in small letters.
bool same_tag(std::string_view own, std::string_view small) {
    return std::equal(own.begin(), own.end(), small.begin(), small.end(), [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}
}  // namespace

std::string html_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char letter : text) {
        switch (letter) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += letter;
        }
    }
    return out;
}

Result<Language> Language::from_json(std::string_view tag, std::string_view text) {
    Language language;
    language.tag_ = tag;
    const Json json = TRY(parse_json(text));
    if (!json.is_object()) return fail(ErrorKind::invalid, "{}: a language is an object of keys and messages", tag);
    for (const auto& [key, value] : json.as_object()) {
        if (!value.is_text() || value.as_text().empty()) return fail(ErrorKind::invalid, "{}: {}: a message is a text", tag, key);
        auto shape = shape_of(value.as_text());
        if (!shape) return fail(ErrorKind::invalid, "{}: {}: {}", tag, key, shape.error().message);
        auto html = html_pattern_of(value.as_text(), tag);
        if (!html) return fail(ErrorKind::invalid, "{}: {}: {}", tag, key, html.error().message);
        Message message{value.as_text(), std::move(*html), shape->arguments, shape->arguments.empty()};
        language.messages_.emplace(key, std::move(message));
    }
    UErrorCode status = U_ZERO_ERROR;
    const icu::Locale locale = locale_of(tag);
    const std::unique_ptr<icu::DateTimePatternGenerator> patterns(icu::DateTimePatternGenerator::createInstance(locale, status));
    if (U_FAILURE(status) != 0) return fail(ErrorKind::unavailable, "{}: the system's ICU has no dates: {}", tag, u_errorName(status));
    language.day_pattern_ = narrow(patterns->getBestPattern(wide("yMMMMd"), status));
    return language;
}

bool Language::is_right_to_left() const { return tag_ == "ar"; }

const Language::Message& Language::message(std::string_view key) const {
    const auto found = messages_.find(key);
    if (found == messages_.end()) fmt::print(stderr, "language {}: no message {}\n", tag_, key);
    CHECK(found != messages_.end());
    return found->second;
}

const std::vector<std::string>& Language::arguments_of(std::string_view key) const { return message(key).arguments; }

std::vector<std::string> Language::keys_under(std::string_view prefix) const {
    std::vector<std::string> keys;
    for (auto row = messages_.lower_bound(prefix); row != messages_.end() && row->first.starts_with(prefix); ++row) keys.push_back(row->first);
    return keys;
}

Json Language::patterns_under(std::string_view prefix) const {
    Json patterns = Json::object();
    for (const std::string& key : keys_under(prefix)) patterns.set(key, message(key).pattern);
    return patterns;
}

std::string Language::formatted(const std::string& pattern, std::span<const Argument> values, bool is_html) const {
    UErrorCode status = U_ZERO_ERROR;
    // Made for each use: ICU's formats change inside while they format, and pages are made on many threads.
    const icu::MessageFormat format(wide(pattern), locale_of(tag_), status);
    std::vector<icu::UnicodeString> names;
    std::vector<icu::Formattable> given;
    for (const Argument& argument : values) {
        names.push_back(wide(argument.name));
        if (const auto* number = std::get_if<std::int64_t>(&argument.value)) given.emplace_back(*number);
        else given.emplace_back(wide(is_html ? html_escaped(std::get<std::string>(argument.value)) : std::get<std::string>(argument.value)));
    }
    icu::UnicodeString out;
    format.format(names.data(), given.data(), static_cast<int32_t>(names.size()), out, status);
    CHECK(U_SUCCESS(status));
    return narrow(out);
}

std::string Language::text(std::string_view key, std::span<const Argument> values) const {
    const Message& found = message(key);
    return found.is_plain ? without_quotes(found.pattern) : formatted(found.pattern, values, false);
}

std::string Language::html(std::string_view key, std::span<const Argument> values) const {
    const Message& found = message(key);
    return found.is_plain ? without_quotes(found.html_pattern) : formatted(found.html_pattern, values, true);
}

std::string Language::day(Instant instant) const {
    UErrorCode status = U_ZERO_ERROR;
    icu::SimpleDateFormat format(wide(day_pattern_), locale_of(tag_), status);
    CHECK(U_SUCCESS(status));
    format.adoptTimeZone(icu::TimeZone::getGMT()->clone());
    icu::UnicodeString out;
    format.format(static_cast<UDate>(std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count()), out);
    return narrow(out);
}

std::string Language::hour(Instant instant) const {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(instant - day_of(instant)).count();
    const std::string time = fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
    return text("time.hour", {{"day", day(instant)}, {"time", time}});
}

std::string Language::number(std::int64_t value) const {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::NumberFormat> format(icu::NumberFormat::createInstance(locale_of(tag_), status));
    CHECK(U_SUCCESS(status));
    icu::UnicodeString out;
    format->format(value, out);
    return narrow(out);
}

std::string_view best_language(std::string_view accept_language) {
    std::string_view best = languages[0].tag;
    double best_weight = 0;
    for (std::size_t rows = 0; rows < 32 && !accept_language.empty(); ++rows) {
        std::string_view row = accept_language.substr(0, accept_language.find(','));
        accept_language.remove_prefix(std::min(accept_language.size(), row.size() + 1));
        double weight = 1;
        const std::size_t semicolon = row.find(';');
        if (const std::size_t at = row.find("q="); at != std::string_view::npos && at > semicolon) {
            weight = 0;
            double place = 1;  // digits of "0.875"
            for (const char letter : row.substr(at + 2, 5)) {
                if (letter >= '0' && letter <= '9') {
                    weight += (letter - '0') * place;
                    place /= 10;
                }
            }
        }
        std::string range;
        for (const char letter : row.substr(0, semicolon))
            if (letter != ' ') range += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
        const auto has = [&range](const char* part) { return range.find(part) != std::string::npos; };
        if (range == "zh" || range.starts_with("zh-")) range = has("-hant") || (!has("-hans") && (has("-tw") || has("-hk") || has("-mo"))) ? "zh-hant" : "zh-hans";
        else range = range.substr(0, range.find('-'));
        if (weight <= best_weight) continue;
        const auto* found = std::find_if(std::begin(languages), std::end(languages), [&range](const LanguageRow& language) { return same_tag(language.tag, range); });
        if (found == std::end(languages)) continue;
        best = found->tag;
        best_weight = weight;
    }
    return best;
}

}  // namespace plumbline::language
