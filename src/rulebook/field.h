// SPDX-License-Identifier: Apache-2.0
// A field is one thing that a decision table may look at: its name, its type and every value that it can take. All values
// are finite, and each has a code: a text its place in `values`, a boolean 0 or 1, a number itself. A set of values is
// then a few ranges of codes, which is what makes the proof of a table (check.h) exact and its evaluation fast.
// Values; no thread rules.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace plumbline::rulebook {

enum class ValueType : std::uint8_t { text, number, boolean };
std::string_view name_of(ValueType type);  // as DMN says it: "string", "number", "boolean"

// A number is whole, within plus or minus number_max.
inline constexpr std::int64_t number_max = 1'000'000'000'000'000;
using Value = std::variant<std::string, std::int64_t, bool>;
ValueType type_of(const Value& value);
std::string text_of(const Value& value);   // as S-FEEL writes it: "\"high\"", "24", "true"
std::string plain_of(const Value& value);  // for people: high, 24, yes

struct Field {
    std::string name;
    ValueType type = ValueType::text;
    std::vector<std::string> values;       // of a text: every allowed value, in an order that people expect
    std::int64_t lowest = 0;               // of a number, inclusive
    std::int64_t highest = 0;

    std::int64_t code_first() const { return type == ValueType::number ? lowest : 0; }
    std::int64_t code_last() const;
    std::optional<std::int64_t> code_of(const Value& value) const;  // nullopt: another type, or no such value
    Value value_of(std::int64_t code) const;                        // CHECKs that the code is one of the field's
};

// Codes from..to, both inclusive.
struct Range {
    std::int64_t from = 0;
    std::int64_t to = 0;
    bool operator==(const Range&) const = default;
};
// Sorted, disjoint, not adjacent, none empty.
using Ranges = std::vector<Range>;
Ranges normal_form_of(Ranges ranges);
Ranges complement_of(const Ranges& ranges, Range whole);  // `ranges` in normal form
bool holds(const Ranges& ranges, std::int64_t code);

}  // namespace plumbline::rulebook
