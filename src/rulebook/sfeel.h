// SPDX-License-Identifier: Apache-2.0
// The S-FEEL unary tests of a decision table's input entries (DMN 1.3, chapter 9 and grammar rules 7 to 18 of section 9.2),
// as far as whole numbers, booleans and enumerated texts need them:
//
//     -                       any value
//     "phishing", "spam"      one of these            true            this
//     < 18    >= 20           compared                [1..5)  (1..5]  ]1..5[  between; ( ) and outward brackets leave the end out
//     not("yes")              none of these           1, 5, [10..20]  one of these
//
// A test is typed by the column that it stands in. Whatever else FEEL knows (names, arithmetic, decimals, dates, functions)
// is `unsupported` by name. Bounded by entry_bytes_max and tests_max. Values; no thread rules.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rulebook/field.h"

namespace plumbline::rulebook {

inline constexpr std::size_t entry_bytes_max = 8 * 1024;
inline constexpr std::size_t tests_max = 256;

struct Test {
    enum class Kind : std::uint8_t { equal, less, at_most, more, at_least, between };
    Kind kind = Kind::equal;
    Value value;                     // of every kind but `between`
    std::int64_t from = 0, to = 0;   // of `between`
    bool from_is_open = false, to_is_open = false;
};
struct UnaryTests {
    bool is_any = false;             // "-": `tests` is empty
    bool is_negated = false;         // not(...)
    std::vector<Test> tests;
    std::string text;                // as written, without the spaces around it
};

Result<UnaryTests> parse_unary_tests(std::string_view text, ValueType type);
Result<Value> parse_literal(std::string_view text);                          // one literal and nothing after it
Result<std::vector<Value>> parse_literals(std::string_view text);            // "a", "b"

// Test by test, as the standard's words go: the plain reading that compiled tables are held against.
bool matches(const UnaryTests& tests, const Value& value);
// The field's codes that match. `invalid` where a text is none of the field's values or the type differs.
Result<Ranges> ranges_of(const UnaryTests& tests, const Field& field);
// In words for people: "any", "phishing or spam", "20 or more", "not yes".
std::string words_of(const UnaryTests& tests);

}  // namespace plumbline::rulebook
