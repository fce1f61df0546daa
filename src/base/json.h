// SPDX-License-Identifier: Apache-2.0
// A JSON value (RFC 8259). Objects keep the order in which their members were set, so the same value prints the same bytes.
//
//     Json tip = Json::object();
//     tip.set("id", id.text());
//     tip.set("files", Json::array());
//     const Json body = TRY(parse_json(text));
//     const std::string category = TRY(body.text_at("category"));   // invalid: "category: must be a text"
//
// Numbers that are whole and fit are std::int64_t, all others double. A value owns what it holds; no thread rules.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace plumbline {

class Json {
  public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default;  // null
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    Json(int value) : value_(static_cast<std::int64_t>(value)) {}
    Json(unsigned value) : value_(static_cast<std::int64_t>(value)) {}
    Json(std::int64_t value) : value_(value) {}
    Json(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {}
    Json(double value) : value_(value) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(std::string_view value) : value_(std::string(value)) {}
    Json(const char* value) : value_(std::string(value)) {}
    Json(Array value) : value_(std::move(value)) {}
    static Json object() { return Json(Object{}, 0); }
    static Json array() { return Json(Array{}); }

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
    bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
    bool is_text() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }

    // The value where it has that type; CHECKs otherwise. For input from outside use the *_at functions.
    bool as_bool() const;
    std::int64_t as_integer() const;
    double as_number() const;
    const std::string& as_text() const;
    const Array& as_array() const;
    Array& as_array();
    const Object& as_object() const;
    Object& as_object();

    const Json* find(std::string_view name) const;             // nullptr where absent or not an object
    Json& set(std::string_view name, Json value);              // replaces; makes a null an object; returns *this
    Json& push(Json value);                                    // makes a null an array; returns *this

    // A member of an object, with an `invalid` error that names it.
    Result<std::string> text_at(std::string_view name) const;
    Result<std::int64_t> integer_at(std::string_view name) const;
    Result<bool> bool_at(std::string_view name) const;
    Result<const Json*> array_at(std::string_view name) const;
    Result<const Json*> object_at(std::string_view name) const;
    // The same, with a value for absent or null.
    Result<std::string> text_at_or(std::string_view name, std::string_view otherwise) const;
    Result<std::int64_t> integer_at_or(std::string_view name, std::int64_t otherwise) const;
    Result<bool> bool_at_or(std::string_view name, bool otherwise) const;

    std::string dump() const;                                  // one line, UTF-8; bytes that are not UTF-8 become U+FFFD
    std::string pretty() const;                                // two spaces an indent
    bool operator==(const Json&) const = default;

  private:
    Json(Object value, int) : value_(std::move(value)) {}
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

// The text as a JSON string with its quotes, as dump() prints it: for printing large products without building a Json first.
void append_json_text(std::string& out, std::string_view text);

// Strict: one value, nothing after it, duplicate member names are invalid. The message says at which byte.
Result<Json> parse_json(std::string_view text, std::size_t depth_max = 64);

}  // namespace plumbline
