// SPDX-License-Identifier: Apache-2.0
// Reading is nlohmann's SAX parser, which this is the only file to include; the value and its printing are ours.
#include "base/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/utf8.h"

namespace plumbline {

bool Json::as_bool() const { CHECK(is_bool()); return std::get<bool>(value_); }
std::int64_t Json::as_integer() const { CHECK(is_integer()); return std::get<std::int64_t>(value_); }
double Json::as_number() const {
    CHECK(is_number());
    return is_integer() ? static_cast<double>(std::get<std::int64_t>(value_)) : std::get<double>(value_);
}
const std::string& Json::as_text() const { CHECK(is_text()); return std::get<std::string>(value_); }
const Json::Array& Json::as_array() const { CHECK(is_array()); return std::get<Array>(value_); }
Json::Array& Json::as_array() { CHECK(is_array()); return std::get<Array>(value_); }
const Json::Object& Json::as_object() const { CHECK(is_object()); return std::get<Object>(value_); }
Json::Object& Json::as_object() { CHECK(is_object()); return std::get<Object>(value_); }

const Json* Json::find(std::string_view name) const {
    if (!is_object()) return nullptr;
    for (const Member& member : as_object())
        if (member.first == name) return &member.second;
    return nullptr;
}

Json& Json::set(std::string_view name, Json value) {
    if (is_null()) value_ = Object{};
    for (Member& member : as_object()) {
        if (member.first == name) {
            member.second = std::move(value);
            return *this;
        }
    }
    as_object().emplace_back(std::string(name), std::move(value));
    return *this;
}

Json& Json::push(Json value) {
    if (is_null()) value_ = Array{};
    as_array().push_back(std::move(value));
    return *this;
}

Result<std::string> Json::text_at(std::string_view name) const {
    const Json* member = find(name);
    if (member == nullptr || !member->is_text()) return fail(ErrorKind::invalid, "{}: must be a text", name);
    return member->as_text();
}
Result<std::int64_t> Json::integer_at(std::string_view name) const {
    const Json* member = find(name);
    if (member == nullptr || !member->is_integer()) return fail(ErrorKind::invalid, "{}: must be a whole number", name);
    return member->as_integer();
}
Result<bool> Json::bool_at(std::string_view name) const {
    const Json* member = find(name);
    if (member == nullptr || !member->is_bool()) return fail(ErrorKind::invalid, "{}: must be true or false", name);
    return member->as_bool();
}
Result<const Json*> Json::array_at(std::string_view name) const {
    const Json* member = find(name);
    if (member == nullptr || !member->is_array()) return fail(ErrorKind::invalid, "{}: must be an array", name);
    return member;
}
Result<const Json*> Json::object_at(std::string_view name) const {
    const Json* member = find(name);
    if (member == nullptr || !member->is_object()) return fail(ErrorKind::invalid, "{}: must be an object", name);
    return member;
}
Result<std::string> Json::text_at_or(std::string_view name, std::string_view otherwise) const {
    const Json* member = find(name);
    if (member == nullptr || member->is_null()) return std::string(otherwise);
    return text_at(name);
}
Result<std::int64_t> Json::integer_at_or(std::string_view name, std::int64_t otherwise) const {
    const Json* member = find(name);
    if (member == nullptr || member->is_null()) return otherwise;
    return integer_at(name);
}
Result<bool> Json::bool_at_or(std::string_view name, bool otherwise) const {
    const Json* member = find(name);
    if (member == nullptr || member->is_null()) return otherwise;
    return bool_at(name);
}

namespace {

// True for the bytes that stand for themselves inside a JSON text.
constexpr bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void print_escaped(std::string& out, unsigned char c) {
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default: out += fmt::format("\\u{:04x}", c);
    }
}

void print_text(std::string& out, std::string_view text) {
    out.push_back('"');
    std::size_t i = 0;
    while (i < text.size()) {
        // Runs of plain bytes are most of every text: one copy each.
        std::size_t end = i;
        while (end < text.size() && is_plain(static_cast<unsigned char>(text[end]))) ++end;
        out.append(text, i, end - i);
        i = end;
        if (i == text.size()) break;
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            print_escaped(out, c);
            ++i;
            continue;
        }
        const std::size_t size = utf8_sequence_size(text.substr(i));
        if (size == 0) {
            out += "\xEF\xBF\xBD";
            ++i;
        } else {
            out.append(text, i, size);
            i += size;
        }
    }
    out.push_back('"');
}

void print(std::string& out, const Json& value, int indent, int depth) {
    auto line = [&](int level) {
        if (indent == 0) return;
        out.push_back('\n');
        out.append(static_cast<std::size_t>(indent * level), ' ');
    };
    if (value.is_null()) {
        out += "null";
    } else if (value.is_bool()) {
        out += value.as_bool() ? "true" : "false";
    } else if (value.is_integer()) {
        out += std::to_string(value.as_integer());
    } else if (value.is_number()) {
        out += std::isfinite(value.as_number()) ? fmt::format("{}", value.as_number()) : "null";
    } else if (value.is_text()) {
        print_text(out, value.as_text());
    } else if (value.is_array()) {
        out.push_back('[');
        bool first = true;
        for (const Json& item : value.as_array()) {
            if (!std::exchange(first, false)) out.push_back(',');
            line(depth + 1);
            print(out, item, indent, depth + 1);
        }
        if (!value.as_array().empty()) line(depth);
        out.push_back(']');
    } else {
        out.push_back('{');
        bool first = true;
        for (const Json::Member& member : value.as_object()) {
            if (!std::exchange(first, false)) out.push_back(',');
            line(depth + 1);
            print_text(out, member.first);
            out += indent == 0 ? ":" : ": ";
            print(out, member.second, indent, depth + 1);
        }
        if (!value.as_object().empty()) line(depth);
        out.push_back('}');
    }
}

// Builds our value from nlohmann's events, with a bound on the depth and no duplicate names.
class Builder {
  public:
    Builder(Json& root, std::size_t depth_max) : root_(root), depth_max_(depth_max) {}
    bool null() { return put(Json()); }
    bool boolean(bool value) { return put(Json(value)); }
    bool number_integer(std::int64_t value) { return put(Json(value)); }
    bool number_unsigned(std::uint64_t value) {
        if (value > static_cast<std::uint64_t>(INT64_MAX)) return put(Json(static_cast<double>(value)));
        return put(Json(static_cast<std::int64_t>(value)));
    }
    bool number_float(double value, const std::string&) { return put(Json(value)); }
    bool string(std::string& value) { return put(Json(std::move(value))); }
    bool binary(std::vector<std::uint8_t>&) { return false; }
    bool start_object(std::size_t) { return open(Json::object()); }
    bool start_array(std::size_t) { return open(Json::array()); }
    bool end_object() { stack_.pop_back(); return true; }
    bool end_array() { stack_.pop_back(); return true; }
    bool key(std::string& name) {
        if (stack_.back()->find(name) != nullptr) {
            problem_ = fmt::format("the member \"{}\" stands twice", name.substr(0, 80));
            return false;
        }
        key_ = std::move(name);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
        problem_ = fmt::format("not JSON at byte {}", position);
        return false;
    }
    const std::string& problem() const { return problem_; }

  private:
    Json* place(Json value) {
        if (stack_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Json& top = *stack_.back();
        if (top.is_array()) {
            top.push(std::move(value));
            return &top.as_array().back();
        }
        top.as_object().emplace_back(std::move(key_), std::move(value));
        return &top.as_object().back().second;
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        if (stack_.size() >= depth_max_) {
            problem_ = fmt::format("nested deeper than {}", depth_max_);
            return false;
        }
        stack_.push_back(place(std::move(value)));
        return true;
    }
    Json& root_;
    std::size_t depth_max_;
    std::vector<Json*> stack_;
    std::string key_;
    std::string problem_ = "not JSON";
};

}  // namespace

void append_json_text(std::string& out, std::string_view text) { print_text(out, text); }

std::string Json::dump() const {
    std::string out;
    print(out, *this, 0, 0);
    return out;
}
std::string Json::pretty() const {
    std::string out;
    print(out, *this, 2, 0);
    return out;
}

Result<Json> parse_json(std::string_view text, std::size_t depth_max) {
    Json root;
    Builder builder(root, depth_max);
    if (!nlohmann::json::sax_parse(text, &builder)) return fail(ErrorKind::invalid, "{}", builder.problem());
    return root;
}

}  // namespace plumbline
