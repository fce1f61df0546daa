// SPDX-License-Identifier: Apache-2.0
// The words of the public pages in one language. A language is one file (ui/hotline/languages/de.json): an object of keys and
// messages in ICU MessageFormat. A message may hold <b>...</b> and <a href="/mailbox">...</a>; an address there starts with '/'
// and gets the language's prefix.
//
//     const auto german = TRY(Language::from_json("de", text));
//     german.text("receipt.title");                                    "Ihre Meldung ist gespeichert"
//     german.text("report.errors_lead", {{"count", 2}});               "Zwei Dinge müssen geändert werden:"
//     german.html("receipt.look", {});                                 escaped, with its <strong> and <a href="/de/mailbox">
//
// docs/steps/language.md has the rules. A value that does not change: any thread.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace plumbline::language {

struct LanguageRow {
    std::string_view tag;    // BCP 47
    std::string_view name;   // its own
};
// The languages of the hotline; the first is the one that all others are checked against.
inline constexpr LanguageRow languages[] = {
    {"en", "English"},      {"zh-Hans", "简体中文"}, {"zh-Hant", "繁體中文"}, {"es", "Español"},   {"fr", "Français"}, {"ar", "العربية"},
    {"hi", "हिन्दी"},         {"pt", "Português"},    {"ru", "Русский"},      {"de", "Deutsch"},   {"ja", "日本語"},    {"id", "Bahasa Indonesia"},
};

using Value = std::variant<std::int64_t, std::string>;
struct Argument {
    std::string name;
    Value value;
};

class Language {
  public:
    // invalid: not an object of texts, or a message that ICU cannot read; the text names the key.
    static Result<Language> from_json(std::string_view tag, std::string_view text);

    const std::string& tag() const { return tag_; }
    bool is_right_to_left() const;
    bool has(std::string_view key) const { return messages_.contains(key); }
    std::vector<std::string> keys_under(std::string_view prefix) const;
    const std::vector<std::string>& arguments_of(std::string_view key) const;   // sorted, each once

    // The message with its values. A key that is missing, or a value, is our own mistake (CHECK): tests look for both.
    std::string text(std::string_view key, std::span<const Argument> values = {}) const;
    std::string text(std::string_view key, std::initializer_list<Argument> values) const { return text(key, std::span(values.begin(), values.size())); }
    // The same as HTML: the values are escaped, the message's marks become elements.
    std::string html(std::string_view key, std::span<const Argument> values = {}) const;
    // The messages under a prefix as they stand in the file, for the page's script: an object of key and pattern.
    Json patterns_under(std::string_view prefix) const;

    std::string day(Instant instant) const;       // "23 November 2026"
    std::string hour(Instant instant) const;      // "23 November 2026, 15:00 UTC"
    std::string number(std::int64_t value) const; // "12,345"

  private:
    struct Message {
        std::string pattern;
        std::string html_pattern;            // the same, with its text escaped and its marks as elements
        std::vector<std::string> arguments;
        bool is_plain = false;               // no argument: pattern is the text itself
    };
    const Message& message(std::string_view key) const;
    std::string formatted(const std::string& pattern, std::span<const Argument> values, bool is_html) const;

    std::string tag_;
    std::map<std::string, Message, std::less<>> messages_;
    std::string day_pattern_;
};

// The languages that a browser asks for, the best first, the first of `languages` where none is there: "de-AT,de;q=0.9,en;q=0.5".
// Chinese of Taiwan, Hong Kong and Macau is traditional.
std::string_view best_language(std::string_view accept_language);

// What two files of a language must share, and what each must be by itself: keys, arguments, marks, plural forms that the
// language has. A list of faults in words, empty where it is good.
std::vector<std::string> language_faults(std::string_view english, std::string_view tag, std::string_view text);

std::string html_escaped(std::string_view text);   // & < > " '

}  // namespace plumbline::language
