// SPDX-License-Identifier: Apache-2.0
#include "face/tip_fields.h"

#include "base/utf8.h"

namespace plumbline::face {

namespace {
constexpr std::size_t amount_digits_max = 15;

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

void remove_all(std::string& text, std::string_view what) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) text.erase(at, what.size());
}

// Digits in groups: the last has three, those before two or three (12,34,567 is Indian), the first one to three.
bool are_groups(std::string_view text, char mark) {
    std::vector<std::size_t> sizes{0};
    for (const char letter : text) {
        if (letter == mark) sizes.push_back(0);
        else ++sizes.back();
    }
    if (sizes.size() == 1) return true;
    if (sizes.front() < 1 || sizes.front() > 3 || sizes.back() != 3) return false;
    return std::all_of(sizes.begin() + 1, sizes.end() - 1, [&](std::size_t size) { return size == sizes[1]; }) &&
           (sizes.size() == 2 || sizes[1] == 2 || sizes[1] == 3);
}

struct SplitAmount {
    std::string whole;
    std::string decimals;
};

// A refusal on its way: the amount's, unless another field is named.
tl::unexpected<FieldRefusal> refused(std::string key, std::vector<language::Argument> values = {}, std::string field = "amount") {
    return tl::unexpected<FieldRefusal>(FieldRefusal{std::move(field), std::move(key), std::move(values)});
}
template <class T>
using OrRefusal = tl::expected<T, FieldRefusal>;

// Decides which of '.' and ',' is the decimal mark.
OrRefusal<SplitAmount> split_amount(const std::string& text, int minor_digits) {
    const std::size_t last = text.find_last_of(".,");
    if (last == std::string::npos) return SplitAmount{text, ""};
    const char mark = text[last];
    const char other = mark == '.' ? ',' : '.';
    std::string whole = text.substr(0, last);
    const std::string tail = text.substr(last + 1);
    const bool has_other = whole.find(other) != std::string::npos;
    const bool has_more = whole.find(mark) != std::string::npos;
    const auto unreadable = [] { return refused("error.amount_unreadable"); };
    if (has_other && has_more) return unreadable();
    if (has_other) {  // 1,234.50
        if (!are_groups(whole, other) || tail.empty()) return unreadable();
        remove_all(whole, std::string_view(&other, 1));
        return SplitAmount{whole, tail};
    }
    if (has_more) {  // 1,234,567
        if (!are_groups(text, mark)) return unreadable();
        whole = text;
        remove_all(whole, std::string_view(&mark, 1));
        return SplitAmount{whole, ""};
    }
    if (tail.empty()) return unreadable();
    const bool may_be_group = tail.size() == 3 && !whole.empty() && whole.size() <= 3 && whole != "0";
    if (!may_be_group) return SplitAmount{whole.empty() ? "0" : whole, tail};
    if (minor_digits == 0) return SplitAmount{whole + tail, ""};  // a currency without cents has no decimals to mean
    const std::string decimals = minor_digits == 3 ? tail + "0" : tail.substr(0, 2);
    return refused("error.amount_twofold", {{"amount", text}, {"first", whole + tail}, {"second", whole + "." + decimals}});
}

std::string value_of(const std::map<std::string, std::string>& fields, const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
}

FieldRefusal over_limit(std::string field, std::size_t sent, std::size_t limit) {
    return {std::move(field), "error.too_long", {{"sent", static_cast<std::int64_t>(sent)}, {"limit", static_cast<std::int64_t>(limit)}}};
}

struct AnswerField {
    const char* name;
    Answer TipContent::*member;
};
constexpr AnswerField answer_fields[] = {{"still_happening", &TipContent::still_happening},
                                         {"danger_now", &TipContent::danger_now},
                                         {"sent_within_72_hours", &TipContent::sent_within_72_hours},
                                         {"victim_is_child", &TipContent::victim_is_child},
                                         {"victim_is_critical_service", &TipContent::victim_is_critical_service},
                                         {"victim_is_older", &TipContent::victim_is_older},
                                         {"victim_is_organisation", &TipContent::victim_is_organisation},
                                         {"synthetic_content", &TipContent::synthetic_content}};
}  // namespace

std::string cleaned_text(std::string_view text) {
    std::string out;
    const std::string repaired = utf8_repaired(text);
    for (std::size_t i = 0; i < repaired.size(); ++i) {
        const char letter = repaired[i];
        if (letter == '\r') {
            if (i + 1 == repaired.size() || repaired[i + 1] != '\n') out += '\n';
        } else if (static_cast<unsigned char>(letter) >= 0x20 || letter == '\n' || letter == '\t') {
            if (letter != 0x7f) out += letter;
        }
    }
    return out;
}

namespace {
// Digits as people type them elsewhere: Arabic, Persian, Devanagari, full width; and the Arabic marks.
std::string with_plain_digits(std::string_view text) {
    constexpr std::string_view zeros[] = {"\xd9\xa0", "\xdb\xb0", "\xe0\xa5\xa6", "\xef\xbc\x90"};
    constexpr std::pair<std::string_view, std::string_view> marks[] = {{"\xd9\xab", "."}, {"\xd9\xac", ""}, {"\xef\xbc\x8e", "."}, {"\xef\xbc\x8c", ","}};
    std::string out;
    while (!text.empty()) {
        std::size_t taken = 0;
        for (const auto& [mark, plain] : marks) {
            if (taken != 0 || !text.starts_with(mark)) continue;
            out += plain;
            taken = mark.size();
        }
        for (const std::string_view zero : zeros) {
            // The ten digits of a script stand in a row, and none of these rows crosses a byte.
            if (taken != 0 || text.size() < zero.size() || text.substr(0, zero.size() - 1) != zero.substr(0, zero.size() - 1)) continue;
            const int digit = static_cast<unsigned char>(text[zero.size() - 1]) - static_cast<unsigned char>(zero.back());
            if (digit < 0 || digit > 9) continue;
            out += static_cast<char>('0' + digit);
            taken = zero.size();
        }
        if (taken == 0) {
            out += text.front();
            taken = 1;
        }
        text.remove_prefix(taken);
    }
    return out;
}

OrRefusal<Money> checked_money(std::string_view amount, std::string_view currency_text) {
    std::string currency;
    for (const char letter : trimmed(currency_text)) currency += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    const auto minor_digits = minor_digits_of(currency);
    if (currency.empty()) return refused("error.currency_missing", {}, "currency");
    if (!minor_digits) return refused("error.currency_unknown", {}, "currency");
    std::string text(trimmed(amount));
    // Marks of thousands that are never decimal marks, and signs of currencies: space, no-break spaces, apostrophes.
    for (const std::string_view mark : {" ", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "'", "\xe2\x80\x99", "$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5", "\xe2\x82\xb9"})
        remove_all(text, mark);
    text = with_plain_digits(text);
    if (text.empty() || text.find_first_not_of("0123456789.,") != std::string::npos || text.find_first_of("0123456789") == std::string::npos)
        return refused("error.amount_unreadable");
    auto split = split_amount(text, *minor_digits);
    if (!split) return tl::unexpected<FieldRefusal>(std::move(split).error());
    std::string& decimals = split->decimals;
    while (decimals.size() > static_cast<std::size_t>(*minor_digits) && decimals.ends_with('0')) decimals.pop_back();
    if (decimals.size() > static_cast<std::size_t>(*minor_digits)) return refused("error.amount_decimals", {{"currency", currency}, {"count", std::int64_t(*minor_digits)}});
    decimals.resize(static_cast<std::size_t>(*minor_digits), '0');
    const std::string digits = split->whole + decimals;
    if (digits.size() > amount_digits_max) return refused("error.amount_digits", {{"count", static_cast<std::int64_t>(amount_digits_max)}});
    return Money{std::stoll(digits), currency};
}
}  // namespace

ReadMoney money_from(std::string_view amount, std::string_view currency) {
    auto money = checked_money(amount, currency);
    if (money) return {*money, {}};
    return {std::nullopt, std::move(money).error()};
}

std::string money_text(const Money& money) {
    std::string digits = fmt::format("{}", money.minor_units);
    const auto minor = static_cast<std::size_t>(minor_digits_of(money.currency).value_or(0));
    if (minor > 0) {
        if (digits.size() <= minor) digits.insert(0, minor + 1 - digits.size(), '0');
        digits.insert(digits.size() - minor, ".");
    }
    return digits + " " + money.currency;
}

namespace {
// A card's whole number is never taken: its last four digits are enough to find the payment.
std::string last_four(std::string_view text) {
    std::string digits;
    for (const char letter : text)
        if (letter >= '0' && letter <= '9') digits += letter;
    return digits.size() == 4 && text.find_first_not_of("0123456789*xX. -") == std::string_view::npos ? digits : "";
}

void check_recall(const std::map<std::string, std::string>& fields, const Limits& limits, CheckedFields& checked) {
    for (const RecallField& row : recall_fields) {
        const std::string name = "recall_" + std::string(row.name);
        const std::string value(trimmed(value_of(fields, name.c_str())));
        if (value.size() > limits.field_bytes_max) checked.refusals.push_back(over_limit(name, value.size(), limits.field_bytes_max));
        else checked.content.recall.*row.member = value;
    }
    std::string& card = checked.content.recall.card_last_four;
    if (card.empty()) return;
    card = last_four(card);
    if (card.empty()) checked.refusals.push_back({"recall_card_last_four", "error.card_last_four", {}});
}
}  // namespace

CheckedFields check_fields(const std::map<std::string, std::string>& fields, const Categories& categories, const Limits& limits) {
    CheckedFields checked;
    TipContent& content = checked.content;
    const auto refuse = [&checked](std::string field, std::string key) { checked.refusals.push_back({std::move(field), std::move(key), {}}); };
    content.text = value_of(fields, "text");
    if (is_blank(content.text)) refuse("text", "error.text_missing");
    if (content.text.size() > limits.tip_text_bytes_max) checked.refusals.push_back(over_limit("text", content.text.size(), limits.tip_text_bytes_max));
    content.category = value_of(fields, "category");
    if (content.category.empty()) content.category = category_not_sure;
    if (categories.find(content.category) == nullptr) refuse("category", "error.category");
    if (const std::string amount = value_of(fields, "amount"); !is_blank(amount)) {
        ReadMoney read = money_from(amount, value_of(fields, "currency"));
        if (read.money) content.loss = *read.money;
        else checked.refusals.push_back(std::move(read.refusal));
    }
    for (const AnswerField& row : answer_fields) {
        auto answer = answer_from(value_of(fields, row.name));
        if (answer) content.*row.member = *answer;
        else refuse(row.name, "error.choice");
    }
    for (const AttributeField& row : attribute_fields) {
        const std::string value = value_of(fields, std::string(row.name).c_str());
        if (value == "unknown") continue;
        if (row.has(value)) content.*row.member = value;
        else refuse(std::string(row.name), "error.choice");
    }
    check_recall(fields, limits, checked);
    content.contact = std::string(trimmed(value_of(fields, "contact")));
    if (content.contact.size() > limits.field_bytes_max) checked.refusals.push_back(over_limit("contact", content.contact.size(), limits.field_bytes_max));
    return checked;
}

namespace {
void check_loss(const Json& loss, CheckedJson& checked) {
    const auto refuse = [&checked](const char* pointer, std::string text) { checked.errors.push_back({pointer, std::move(text)}); };
    if (!loss.is_object()) return refuse("/loss", "must be an object with minor_units and currency");
    for (const auto& [name, value] : loss.as_object())
        if (name != "minor_units" && name != "currency") refuse("/loss", "has only the members minor_units and currency");
    const auto units = loss.integer_at("minor_units");
    const auto currency = loss.text_at("currency");
    if (!units || *units < 0 || *units > 999'999'999'999'999) refuse("/loss/minor_units", "must be a whole number from 0 to 999999999999999 (cents)");
    if (!currency || !minor_digits_of(*currency)) refuse("/loss/currency", "must be a currency's three capital letters (ISO 4217)");
    if (checked.errors.empty()) checked.content.loss = Money{*units, *currency};
}

void check_recall_json(const Json& recall, const Limits& limits, CheckedJson& checked) {
    if (!recall.is_object()) return checked.errors.push_back({"/recall", "must be an object"});
    for (const auto& [name, value] : recall.as_object()) {
        const auto* row = std::find_if(std::begin(recall_fields), std::end(recall_fields), [&own = name](const RecallField& field) { return own == field.name; });
        const std::string pointer = "/recall/" + name.substr(0, 64);
        if (row == std::end(recall_fields)) checked.errors.push_back({pointer, "is not a member of recall"});
        else if (!value.is_text() || value.as_text().size() > limits.field_bytes_max) checked.errors.push_back({pointer, fmt::format("must be a text of at most {} bytes", limits.field_bytes_max)});
        else if (row->name == "card_last_four" && !value.as_text().empty() && last_four(value.as_text()) != value.as_text()) checked.errors.push_back({pointer, "must be the last four digits and no more"});
        else checked.content.recall.*row->member = value.as_text();
    }
}

void check_origin(const Json& origin, CheckedJson& checked) {
    const auto refuse = [&checked](std::string pointer, std::string text) { checked.errors.push_back({std::move(pointer), std::move(text)}); };
    if (!origin.is_object()) return refuse("/origin", "must be an object with country and language");
    for (const auto& [name, value] : origin.as_object()) {
        const bool is_country = name == "country";
        if (!is_country && name != "language") refuse("/origin", "has only the members country and language");
        else if (!value.is_text() || value.as_text().size() > (is_country ? 2U : 35U))
            refuse("/origin/" + name, is_country ? "must be two capital letters (ISO 3166-1), or empty" : "must be a language tag (BCP 47) of at most 35 letters");
        else (is_country ? checked.content.origin.country : checked.content.origin.language) = value.as_text();
    }
}
}  // namespace

CheckedJson check_json(const Json& json, const Categories& categories, const Limits& limits) {
    CheckedJson checked;
    const auto refuse = [&checked](std::string pointer, std::string text) { checked.errors.push_back({std::move(pointer), std::move(text)}); };
    if (!json.is_object()) {
        refuse("", "the tip must be a JSON object");
        return checked;
    }
    TipContent& content = checked.content;
    content.category = category_not_sure;
    for (const auto& [name, value] : json.as_object()) {
        const std::string pointer = "/" + name;
        const auto* answer_row = std::find_if(std::begin(answer_fields), std::end(answer_fields), [&](const AnswerField& row) { return name == row.name; });
        if (name == "text" || name == "category" || name == "contact") {
            const std::size_t limit = name == "text" ? limits.tip_text_bytes_max : limits.field_bytes_max;
            if (!value.is_text()) refuse(pointer, "must be a text");
            else if (value.as_text().size() > limit) refuse(pointer, fmt::format("must have at most {} bytes, not {}", limit, value.as_text().size()));
            else (name == "text" ? content.text : name == "category" ? content.category : content.contact) = value.as_text();
        } else if (answer_row != std::end(answer_fields)) {
            auto answer = value.is_text() ? answer_from(value.as_text()) : fail(ErrorKind::invalid, "not a text");
            if (answer) content.*answer_row->member = *answer;
            else refuse(pointer, "must be \"yes\", \"no\" or \"unknown\"");
        } else if (const auto* word = std::find_if(std::begin(attribute_fields), std::end(attribute_fields), [&](const AttributeField& row) { return name == row.name; });
                   word != std::end(attribute_fields)) {
            if (value.is_text() && word->has(value.as_text())) content.*word->member = value.as_text();
            else refuse(pointer, fmt::format("must be one of {}", fmt::join(word->words, ", ")));
        } else if (name == "recall") {
            check_recall_json(value, limits, checked);
        } else if (name == "loss") {
            if (!value.is_null()) check_loss(value, checked);
        } else if (name == "origin") {
            check_origin(value, checked);
        } else {
            refuse(pointer.substr(0, 64), "is not a member of a tip");
        }
    }
    if (categories.find(content.category) == nullptr) refuse("/category", "is not a category of this hotline (rules/categories.json)");
    return checked;
}

}  // namespace plumbline::face
