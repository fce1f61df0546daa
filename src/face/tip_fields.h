// SPDX-License-Identifier: Apache-2.0
// What a person typed, or a machine sent, as the content of a tip: every rule that a field breaks is named with its limit.
// Pure functions.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/limits.h"
#include "model/tip.h"

namespace plumbline::face {

// A field that is refused, and why in words for the person who filled it in.
struct FieldError {
    std::string field;     // the form's name of it ("amount"), or a JSON pointer ("/loss/currency")
    std::string text;
};

// The form's fields: text category amount currency still_happening danger_now sent_within_72_hours victim_is_child contact.
struct CheckedFields {
    TipContent content;
    std::vector<FieldError> errors;   // the content counts only where there are none
};
CheckedFields check_fields(const std::map<std::string, std::string>& fields, const Categories& categories, const Limits& limits);

// An amount as people write it: "1,234.50", "1.234,50", "1 234,50", "1'234.50", "12,34,567". invalid where it can be read
// in two ways ("1.234"), has more decimals than the currency, or the currency is unknown. The text says what to write.
Result<Money> money_from(std::string_view amount, std::string_view currency);
std::string money_text(const Money& money);   // "1234.50 EUR"

// The JSON of POST /api/v1/tips (docs/formats/api.yaml). Whether a text is needed depends on the files: intake says. Members that it does not know are refused: a misspelt one would
// be lost without a word.
struct CheckedJson {
    TipContent content;
    std::vector<FieldError> errors;
};
CheckedJson check_json(const Json& json, const Categories& categories, const Limits& limits);

// Line ends become LF, bytes that are not UTF-8 become U+FFFD, control letters but tab and LF go.
std::string cleaned_text(std::string_view text);

}  // namespace plumbline::face
