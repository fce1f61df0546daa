// SPDX-License-Identifier: Apache-2.0
#include "reports/schema/schema.h"

#include <algorithm>

#include "base/check.h"
#include "reports/schema/schema_tree.h"

namespace plumbline::reports {

struct Schemas::State {
    SchemaTree tree;
};

Schemas::Schemas(std::unique_ptr<State> state) : state_(std::move(state)) {}
Schemas::~Schemas() = default;
Schemas::Schemas(Schemas&&) noexcept = default;
Schemas& Schemas::operator=(Schemas&&) noexcept = default;

Result<Schemas> Schemas::from_json(const Json& bundle) {
    auto state = std::make_unique<State>();
    state->tree = TRY(compile_schemas(bundle));
    return Schemas(std::move(state));
}

bool Schemas::has(std::string_view name) const { return state_->tree.roots.find(name) != state_->tree.roots.end(); }

std::vector<Problem> Schemas::check(std::string_view name, const Json& value, std::size_t problems_max) const {
    const auto root = state_->tree.roots.find(name);
    CHECK(root != state_->tree.roots.end());
    std::vector<Problem> problems;
    check_node(state_->tree, root->second, value, "", problems_max, problems);
    return problems;
}

namespace {

unsigned type_of(const Json& value) {
    if (value.is_null()) return type_null;
    if (value.is_bool()) return type_boolean;
    if (value.is_integer()) return type_integer;
    if (value.is_number()) return value.as_number() == static_cast<double>(static_cast<std::int64_t>(std::clamp(value.as_number(), -9e15, 9e15))) ? type_integer : type_number;
    if (value.is_text()) return type_string;
    return value.is_array() ? type_array : type_object;
}

std::string types_text(unsigned types) {
    if (types & type_number) return "a number";
    if (types & type_integer) return "a whole number";
    if (types & type_string) return "a text";
    if (types & type_boolean) return "true or false";
    if (types & type_array) return "a list";
    return types & type_object ? "an object" : "null";
}

std::int64_t letters_of(std::string_view text) { return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }); }

class Walk {
  public:
    Walk(const SchemaTree& tree, std::size_t problems_max, std::vector<Problem>& problems) : tree_(tree), problems_max_(problems_max), problems_(problems) {}

    void node(int number, const Json& value, const std::string& pointer) {
        if (is_full()) return;
        const SchemaNode& schema = tree_.nodes[static_cast<std::size_t>(number)];
        if (schema.is_never) return say(pointer, "false", "", "must not be there");
        if (schema.ref != no_node) node(schema.ref, value, pointer);
        if (schema.types != 0 && (schema.types & type_of(value)) == 0) return say(pointer, "type", "", "must be " + types_text(schema.types));
        if (schema.has_values && std::find(schema.one_of_values.begin(), schema.one_of_values.end(), value) == schema.one_of_values.end())
            say(pointer, "enum", "", values_text(schema));
        if (value.is_text()) text(schema, value.as_text(), pointer);
        else if (value.is_number()) number_in(schema, value.as_number(), pointer);
        else if (value.is_object()) object(schema, value, pointer);
        else if (value.is_array()) array(schema, value.as_array(), pointer);
        combined(schema, value, pointer);
    }

  private:
    bool is_full() const { return problems_.size() >= problems_max_; }
    void say(const std::string& pointer, std::string keyword, std::string member, std::string reason) {
        if (!is_full()) problems_.push_back(Problem{pointer, std::move(keyword), std::move(member), std::move(reason)});
    }
    static std::string values_text(const SchemaNode& schema) {
        std::string text = schema.one_of_values.size() == 1 ? "must be " : "must be one of ";
        for (std::size_t i = 0; i < schema.one_of_values.size() && i < 12; ++i) text += (i == 0 ? "" : ", ") + schema.one_of_values[i].dump();
        return text + (schema.one_of_values.size() > 12 ? ", ..." : "");
    }
    std::vector<Problem> problems_of(int number, const Json& value, const std::string& pointer) const {
        std::vector<Problem> found;
        Walk(tree_, 1, found).node(number, value, pointer);
        return found;
    }

    void text(const SchemaNode& schema, const std::string& value, const std::string& pointer) {
        if (schema.length_min && letters_of(value) < *schema.length_min) say(pointer, "minLength", "", fmt::format("must have at least {} letters", *schema.length_min));
        if (schema.length_max && letters_of(value) > *schema.length_max) say(pointer, "maxLength", "", fmt::format("must have at most {} letters", *schema.length_max));
        if (schema.pattern && !RE2::PartialMatch(value, *schema.pattern)) say(pointer, "pattern", "", "must fit " + schema.pattern_text);
        if (!schema.format.empty() && !fits_format(schema.format, value)) say(pointer, "format", "", "must be of the form " + schema.format);
    }
    void number_in(const SchemaNode& schema, double value, const std::string& pointer) {
        if (schema.minimum && value < *schema.minimum) say(pointer, "minimum", "", fmt::format("must not be below {}", *schema.minimum));
        if (schema.maximum && value > *schema.maximum) say(pointer, "maximum", "", fmt::format("must not be over {}", *schema.maximum));
    }
    void object(const SchemaNode& schema, const Json& value, const std::string& pointer) {
        for (const std::string& name : schema.required)
            if (value.find(name) == nullptr) say(pointer, "required", name, "must have the member " + name);
        const Json::Object& members = value.as_object();
        if (schema.members_min && static_cast<std::int64_t>(members.size()) < *schema.members_min) say(pointer, "minProperties", "", fmt::format("must have at least {} members", *schema.members_min));
        if (schema.properties.empty() && schema.additional == no_node) return;
        for (const auto& [name, member] : members) {
            const auto known = std::find_if(schema.properties.begin(), schema.properties.end(), [&name = name](const auto& row) { return row.first == name; });
            if (known != schema.properties.end()) node(known->second, member, pointer_to(pointer, name));
            else if (schema.additional == no_node) continue;
            else if (tree_.nodes[static_cast<std::size_t>(schema.additional)].is_never) say(pointer_to(pointer, name), "additionalProperties", name, "is not a member that may be here");
            else node(schema.additional, member, pointer_to(pointer, name));
        }
    }
    void array(const SchemaNode& schema, const Json::Array& value, const std::string& pointer) {
        const auto count = static_cast<std::int64_t>(value.size());
        if (schema.items_min && count < *schema.items_min) say(pointer, "minItems", "", fmt::format("must have at least {} items", *schema.items_min));
        if (schema.items_max && count > *schema.items_max) say(pointer, "maxItems", "", fmt::format("must have at most {} items", *schema.items_max));
        // A list within its bound is compared pair by pair; a longer one is refused above.
        if (schema.has_unique_items && count <= 1000)
            for (std::size_t i = 1; i < value.size(); ++i)
                if (std::find(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(i), value[i]) != value.begin() + static_cast<std::ptrdiff_t>(i))
                    say(fmt::format("{}/{}", pointer, i), "uniqueItems", "", "stands in the list twice");
        if (schema.items == no_node) return;
        for (std::size_t i = 0; i < value.size() && !is_full(); ++i) node(schema.items, value[i], fmt::format("{}/{}", pointer, i));
    }
    void combined(const SchemaNode& schema, const Json& value, const std::string& pointer) {
        for (const int one : schema.all_of) node(one, value, pointer);
        if (!schema.any_of.empty()) alternatives(schema.any_of, value, pointer, false);
        if (!schema.one_of.empty()) alternatives(schema.one_of, value, pointer, true);
        if (schema.not_one != no_node && problems_of(schema.not_one, value, pointer).empty()) say(pointer, "not", "", "has a form that is not allowed here");
        if (schema.if_one == no_node) return;
        const int next = problems_of(schema.if_one, value, pointer).empty() ? schema.then_one : schema.else_one;
        if (next != no_node) node(next, value, pointer);
    }
    // What the deepest of the failing forms says is what the writer most likely meant.
    void alternatives(const std::vector<int>& forms, const Json& value, const std::string& pointer, bool is_one_only) {
        std::size_t fitting = 0;
        std::optional<Problem> deepest;
        for (const int form : forms) {
            std::vector<Problem> found = problems_of(form, value, pointer);
            if (found.empty()) ++fitting;
            else if (!deepest || found.front().pointer.size() > deepest->pointer.size()) deepest = std::move(found.front());
        }
        if (fitting == 0 && deepest) say(deepest->pointer, is_one_only ? "oneOf" : "anyOf", deepest->member, deepest->reason + " (no form that is allowed here fits)");
        if (is_one_only && fitting > 1) say(pointer, "oneOf", "", "fits more than one form of which only one may fit");
    }

    const SchemaTree& tree_;
    std::size_t problems_max_;
    std::vector<Problem>& problems_;
};

}  // namespace

void check_node(const SchemaTree& tree, int node, const Json& value, const std::string& pointer, std::size_t problems_max, std::vector<Problem>& problems) {
    Walk(tree, problems_max, problems).node(node, value, pointer);
}

}  // namespace plumbline::reports
