// SPDX-License-Identifier: Apache-2.0
#include "rulebook/field.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace plumbline::rulebook {

std::string_view name_of(ValueType type) {
    switch (type) {
        case ValueType::text: return "string";
        case ValueType::number: return "number";
        case ValueType::boolean: return "boolean";
    }
    return "string";
}

ValueType type_of(const Value& value) {
    if (std::holds_alternative<std::string>(value)) return ValueType::text;
    return std::holds_alternative<bool>(value) ? ValueType::boolean : ValueType::number;
}

std::string text_of(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        std::string quoted = "\"";
        for (const char c : *text) {
            if (c == '"' || c == '\\') quoted += '\\';
            quoted += c;
        }
        return quoted + "\"";
    }
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    return fmt::format("{}", std::get<std::int64_t>(value));
}

std::string plain_of(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "yes" : "no";
    return fmt::format("{}", std::get<std::int64_t>(value));
}

std::int64_t Field::code_last() const {
    switch (type) {
        case ValueType::text: return static_cast<std::int64_t>(values.size()) - 1;
        case ValueType::number: return highest;
        case ValueType::boolean: return 1;
    }
    return 0;
}

std::optional<std::int64_t> Field::code_of(const Value& value) const {
    if (type_of(value) != type) return std::nullopt;
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        if (*number < lowest || *number > highest) return std::nullopt;
        return *number;
    }
    const auto found = std::find(values.begin(), values.end(), std::get<std::string>(value));
    if (found == values.end()) return std::nullopt;
    return found - values.begin();
}

Value Field::value_of(std::int64_t code) const {
    CHECK(code >= code_first() && code <= code_last());
    if (type == ValueType::boolean) return code != 0;
    if (type == ValueType::number) return code;
    return values[static_cast<std::size_t>(code)];
}

Ranges normal_form_of(Ranges ranges) {
    std::erase_if(ranges, [](const Range& range) { return range.from > range.to; });
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.from < b.from; });
    Ranges joined;
    for (const Range& range : ranges) {
        if (!joined.empty() && range.from <= joined.back().to + 1)
            joined.back().to = std::max(joined.back().to, range.to);
        else
            joined.push_back(range);
    }
    return joined;
}

Ranges complement_of(const Ranges& ranges, Range whole) {
    Ranges rest;
    std::int64_t next = whole.from;
    for (const Range& range : ranges) {
        if (range.from > next) rest.push_back({next, std::min(range.from - 1, whole.to)});
        next = std::max(next, range.to + 1);
    }
    if (next <= whole.to) rest.push_back({next, whole.to});
    return normal_form_of(std::move(rest));
}

bool holds(const Ranges& ranges, std::int64_t code) {
    return std::any_of(ranges.begin(), ranges.end(), [code](const Range& range) { return range.from <= code && code <= range.to; });
}

}  // namespace plumbline::rulebook
