// SPDX-License-Identifier: Apache-2.0
// A reader by hand over one line of text: the grammar has no recursion, so neither has this.
#include "rulebook/sfeel.h"

#include <algorithm>

namespace plumbline::rulebook {

namespace {

class Cursor {
  public:
    explicit Cursor(std::string_view text) : text_(text) {}
    void skip_space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    }
    bool is_at_end() const { return at_ >= text_.size(); }
    char peek() const { return is_at_end() ? '\0' : text_[at_]; }
    bool take(std::string_view token) {
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }
    char next() { return text_[at_++]; }
    std::size_t at() const { return at_; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; }

Result<std::int64_t> read_number(Cursor& cursor) {
    const bool is_negative = cursor.take("-");
    if (!is_digit(cursor.peek())) return fail(ErrorKind::invalid, "a number was expected at byte {}", cursor.at());
    std::int64_t number = 0;
    while (is_digit(cursor.peek())) {
        number = number * 10 + (cursor.next() - '0');
        if (number > number_max) return fail(ErrorKind::too_large, "the number is over {}", number_max);
    }
    Cursor ahead = cursor;
    if (ahead.take(".") && is_digit(ahead.peek())) return fail(ErrorKind::unsupported, "only whole numbers are known here");
    if (is_name_letter(cursor.peek())) return fail(ErrorKind::invalid, "a letter stands in a number at byte {}", cursor.at());
    return is_negative ? -number : number;
}

Result<std::string> read_quoted(Cursor& cursor) {
    std::string out;
    cursor.next();
    while (!cursor.is_at_end()) {
        const char c = cursor.next();
        if (c == '"') return out;
        if (c != '\\') {
            out += c;
            continue;
        }
        if (cursor.is_at_end()) break;
        const char escaped = cursor.next();
        if (escaped != '"' && escaped != '\\') return fail(ErrorKind::unsupported, "only the escapes \\\" and \\\\ are known in a text");
        out += escaped;
    }
    return fail(ErrorKind::invalid, "a text has no closing quotation mark");
}

Result<Value> read_literal(Cursor& cursor) {
    const char c = cursor.peek();
    if (c == '"') return Value(TRY(read_quoted(cursor)));
    if (c == '-' || is_digit(c)) return Value(TRY(read_number(cursor)));
    std::string name;
    while (is_name_letter(cursor.peek())) name += cursor.next();
    if (name == "true") return Value(true);
    if (name == "false") return Value(false);
    if (name.empty()) return fail(ErrorKind::invalid, "a value was expected at byte {}", cursor.at());
    return fail(ErrorKind::unsupported, "the name or function {} is not known here; a text stands in quotation marks", name.substr(0, 40));
}

Result<Value> read_typed(Cursor& cursor, ValueType type) {
    Value value = TRY(read_literal(cursor));
    if (type_of(value) != type) return fail(ErrorKind::invalid, "{} is a {}, and the column holds a {}", text_of(value), name_of(type_of(value)), name_of(type));
    return value;
}

Result<Test> read_interval(Cursor& cursor) {
    Test test;
    test.kind = Test::Kind::between;
    test.from_is_open = cursor.next() != '[';
    cursor.skip_space();
    test.from = TRY(read_number(cursor));
    cursor.skip_space();
    if (!cursor.take("..")) return fail(ErrorKind::invalid, "\"..\" was expected at byte {}", cursor.at());
    cursor.skip_space();
    test.to = TRY(read_number(cursor));
    cursor.skip_space();
    const char end = cursor.is_at_end() ? '\0' : cursor.next();
    if (end != ']' && end != ')' && end != '[') return fail(ErrorKind::invalid, "the interval has no end bracket");
    test.to_is_open = end != ']';
    if (test.from > test.to) return fail(ErrorKind::invalid, "the interval {}..{} runs backwards", test.from, test.to);
    return test;
}

Result<Test> read_test(Cursor& cursor, ValueType type) {
    const char c = cursor.peek();
    if (c == '[' || c == '(' || c == ']') {
        if (type != ValueType::number) return fail(ErrorKind::invalid, "an interval stands in a column of type {}", name_of(type));
        return read_interval(cursor);
    }
    Test test;
    if (c == '<' || c == '>') {
        if (type != ValueType::number) return fail(ErrorKind::invalid, "a comparison stands in a column of type {}", name_of(type));
        if (cursor.take("<=")) test.kind = Test::Kind::at_most;
        else if (cursor.take(">=")) test.kind = Test::Kind::at_least;
        else if (cursor.take("<")) test.kind = Test::Kind::less;
        else if (cursor.take(">")) test.kind = Test::Kind::more;
        cursor.skip_space();
    }
    test.value = TRY(read_typed(cursor, type));
    return test;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t from = text.find_first_not_of(space);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(space) - from + 1);
}

bool matches_one(const Test& test, const Value& value) {
    if (test.kind == Test::Kind::equal) return test.value == value;
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr) return false;
    if (test.kind == Test::Kind::between)
        return (test.from_is_open ? *number > test.from : *number >= test.from) && (test.to_is_open ? *number < test.to : *number <= test.to);
    const std::int64_t bound = std::get<std::int64_t>(test.value);
    switch (test.kind) {
        case Test::Kind::less: return *number < bound;
        case Test::Kind::at_most: return *number <= bound;
        case Test::Kind::more: return *number > bound;
        case Test::Kind::at_least: return *number >= bound;
        default: return false;
    }
}

Result<Range> range_of(const Test& test, const Field& field) {
    const Range whole{field.code_first(), field.code_last()};
    if (test.kind == Test::Kind::between) return Range{test.from + (test.from_is_open ? 1 : 0), test.to - (test.to_is_open ? 1 : 0)};
    if (type_of(test.value) != field.type) return fail(ErrorKind::invalid, "{} is no {}", text_of(test.value), name_of(field.type));
    if (field.type != ValueType::number) {
        const auto code = field.code_of(test.value);
        if (!code) return fail(ErrorKind::invalid, "{} is none of the values of {}", text_of(test.value), field.name);
        return Range{*code, *code};
    }
    const std::int64_t bound = std::get<std::int64_t>(test.value);
    switch (test.kind) {
        case Test::Kind::less: return Range{whole.from, bound - 1};
        case Test::Kind::at_most: return Range{whole.from, bound};
        case Test::Kind::more: return Range{bound + 1, whole.to};
        case Test::Kind::at_least: return Range{bound, whole.to};
        default: return Range{bound, bound};
    }
}

std::string words_of_one(const Test& test) {
    switch (test.kind) {
        case Test::Kind::equal: return plain_of(test.value);
        case Test::Kind::less: return "less than " + plain_of(test.value);
        case Test::Kind::at_most: return plain_of(test.value) + " or less";
        case Test::Kind::more: return "more than " + plain_of(test.value);
        case Test::Kind::at_least: return plain_of(test.value) + " or more";
        case Test::Kind::between: break;
    }
    return fmt::format("{} to {}", test.from + (test.from_is_open ? 1 : 0), test.to - (test.to_is_open ? 1 : 0));
}

}  // namespace

Result<UnaryTests> parse_unary_tests(std::string_view text, ValueType type) {
    text = trimmed(text);
    if (text.size() > entry_bytes_max) return fail(ErrorKind::too_large, "the entry is over {} bytes", entry_bytes_max);
    if (text.empty()) return fail(ErrorKind::invalid, "the entry is empty; \"-\" says any value");
    UnaryTests out;
    out.text = text;
    if (text == "-") {
        out.is_any = true;
        return out;
    }
    Cursor cursor(text);
    Cursor ahead = cursor;
    if (ahead.take("not")) {
        ahead.skip_space();
        if (ahead.take("(")) {
            out.is_negated = true;
            cursor = ahead;
        }
    }
    for (;;) {
        cursor.skip_space();
        if (out.tests.size() == tests_max) return fail(ErrorKind::too_large, "the entry has more than {} tests", tests_max);
        out.tests.push_back(TRY(read_test(cursor, type)));
        cursor.skip_space();
        if (!cursor.take(",")) break;
    }
    if (out.is_negated && !cursor.take(")")) return fail(ErrorKind::invalid, "not( has no closing bracket");
    cursor.skip_space();
    if (!cursor.is_at_end()) return fail(ErrorKind::invalid, "there is something after the end at byte {}", cursor.at());
    return out;
}

Result<Value> parse_literal(std::string_view text) {
    std::vector<Value> values = TRY(parse_literals(text));
    if (values.size() != 1) return fail(ErrorKind::unsupported, "one value was expected, not a list");
    return std::move(values.front());
}

Result<std::vector<Value>> parse_literals(std::string_view text) {
    text = trimmed(text);
    if (text.size() > entry_bytes_max) return fail(ErrorKind::too_large, "the entry is over {} bytes", entry_bytes_max);
    std::vector<Value> values;
    Cursor cursor(text);
    for (;;) {
        cursor.skip_space();
        if (values.size() == tests_max) return fail(ErrorKind::too_large, "the list has more than {} values", tests_max);
        values.push_back(TRY(read_literal(cursor)));
        cursor.skip_space();
        if (!cursor.take(",")) break;
    }
    if (!cursor.is_at_end()) return fail(ErrorKind::invalid, "there is something after the end at byte {}", cursor.at());
    return values;
}

bool matches(const UnaryTests& tests, const Value& value) {
    if (tests.is_any) return true;
    const bool is_one = std::any_of(tests.tests.begin(), tests.tests.end(), [&value](const Test& test) { return matches_one(test, value); });
    return is_one != tests.is_negated;
}

Result<Ranges> ranges_of(const UnaryTests& tests, const Field& field) {
    const Range whole{field.code_first(), field.code_last()};
    if (tests.is_any) return Ranges{whole};
    Ranges ranges;
    for (const Test& test : tests.tests) {
        Range range = TRY(range_of(test, field));
        range = {std::max(range.from, whole.from), std::min(range.to, whole.to)};
        ranges.push_back(range);
    }
    ranges = normal_form_of(std::move(ranges));
    return tests.is_negated ? complement_of(ranges, whole) : ranges;
}

std::string words_of(const UnaryTests& tests) {
    if (tests.is_any) return "any";
    std::string words;
    for (std::size_t i = 0; i < tests.tests.size(); ++i) {
        if (i > 0) words += i + 1 == tests.tests.size() ? (tests.is_negated ? " nor " : " or ") : ", ";
        words += words_of_one(tests.tests[i]);
    }
    if (!tests.is_negated) return words;
    return (tests.tests.size() > 1 ? "neither " : "not ") + words;
}

}  // namespace plumbline::rulebook
