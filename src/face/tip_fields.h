// SPDX-License-Identifier: Apache-2.0
// What a person typed, or a machine sent, as the content of a tip: every rule that a field breaks is named with its limit.
// Pure functions.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/limits.h"
#include "language/language.h"
#include "model/tip.h"

namespace plumbline::face {

// A member of what a machine sent that is refused, and why.
struct FieldError {
    std::string field;     // a JSON pointer ("/loss/currency")
    std::string text;
};

// A field of the form that is refused: a message of the page's language, with its values.
struct FieldRefusal {
    std::string field;     // the form's name of it ("amount")
    std::string key;       // "error.amount_unreadable"
    std::vector<language::Argument> values = {};
};

// The form's fields: text category amount currency still_happening danger_now sent_within_72_hours
// victim_is_child victim_is_older victim_is_organisation victim_is_critical_service synthetic_content payment_rail
// contact_channel reporter_role recall_... contact.
struct CheckedFields {
    TipContent content;
    std::vector<FieldRefusal> refusals;   // the content counts only where there are none
};
CheckedFields check_fields(const std::map<std::string, std::string>& fields, const Categories& categories, const Limits& limits);

// An amount as people write it: "1,234.50", "1.234,50", "1 234,50", "1'234.50", "12,34,567". Refused where it can be
// read in two ways ("1.234"), has more decimals than the currency, or the currency is unknown. The message says what to write.
struct ReadMoney {
    std::optional<Money> money;
    FieldRefusal refusal;         // where there is none: of "amount" or "currency"
};
ReadMoney money_from(std::string_view amount, std::string_view currency);
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
