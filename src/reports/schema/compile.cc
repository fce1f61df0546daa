// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "reports/schema/schema_tree.h"

namespace plumbline::reports {

namespace {

constexpr std::pair<std::string_view, unsigned> type_names[] = {{"null", type_null},     {"boolean", type_boolean}, {"integer", type_integer}, {"number", type_number},
                                                                {"string", type_string}, {"array", type_array},     {"object", type_object}};

class Compiler {
  public:
    explicit Compiler(const Json& schemas) : schemas_(schemas) {}

    Result<SchemaTree> run() {
        for (const auto& [name, schema] : schemas_.as_object()) tree_.roots[name] = TRY(node_of(name + "#", schema));
        // Compiling a target may meet more references.
        while (!waiting_.empty()) {
            const auto [node, ref] = waiting_.back();
            waiting_.pop_back();
            const int target = TRY(target_of(ref));
            tree_.nodes[static_cast<std::size_t>(node)].ref = target;
        }
        return std::move(tree_);
    }

  private:
    Result<int> target_of(const std::string& ref) {
        if (const auto known = places_.find(ref); known != places_.end()) return known->second;
        const std::size_t hash = ref.find('#');
        const Json* at = hash == std::string::npos ? nullptr : schemas_.find(ref.substr(0, hash));
        std::string_view rest = std::string_view(ref).substr(hash == std::string::npos ? ref.size() : hash + 1);
        while (at != nullptr && !rest.empty()) {
            rest.remove_prefix(1);
            at = at->find(rest.substr(0, rest.find('/')));
            rest.remove_prefix(std::min(rest.size(), rest.find('/')));
        }
        if (at == nullptr) return fail(ErrorKind::not_found, "schema: no {}", ref);
        return node_of(ref, *at);
    }

    Result<int> node_of(const std::string& place, const Json& schema) {
        const int number = static_cast<int>(tree_.nodes.size());
        places_[place] = number;
        tree_.nodes.emplace_back();
        SchemaNode node;
        if (schema.is_bool()) {
            node.is_never = !schema.as_bool();
        } else if (schema.is_object()) {
            for (const auto& [keyword, value] : schema.as_object()) {
                auto read = keyword_of(place, keyword, value, number, node);
                if (!read) return fail_in(place, std::move(read).error());
            }
        } else {
            return fail(ErrorKind::invalid, "{}: a schema is an object or a boolean", place);
        }
        tree_.nodes[static_cast<std::size_t>(number)] = std::move(node);
        return number;
    }

    Result<void> keyword_of(const std::string& place, const std::string& keyword, const Json& value, int number, SchemaNode& node) {
        const std::string inner = place + "/" + keyword;
        if (keyword == "$ref") {
            if (!value.is_text()) return fail(ErrorKind::invalid, "$ref");
            waiting_.emplace_back(number, value.as_text());
        } else if (keyword == "type") {
            TRY(types_of(value, node));
        } else if (keyword == "properties") {
            for (const auto& [name, schema] : value.as_object()) node.properties.emplace_back(name, TRY(node_of(inner + "/" + name, schema)));
        } else if (keyword == "$defs" || keyword == "definitions") {
            return {};  // compiled where something refers to them
        } else if (keyword == "required") {
            for (const Json& name : value.as_array()) node.required.push_back(name.as_text());
        } else if (keyword == "enum") {
            node.has_values = true;
            node.one_of_values = value.as_array();
        } else if (keyword == "const") {
            node.has_values = true;
            node.one_of_values = {value};
        } else if (keyword == "pattern") {
            node.pattern_text = value.as_text();
            node.pattern = std::make_unique<RE2>(value.as_text(), RE2::Quiet);
            if (!node.pattern->ok()) return fail(ErrorKind::unsupported, "pattern {}", node.pattern_text);
        } else if (keyword == "format") {
            node.format = value.as_text();
        } else if (keyword == "uniqueItems") {
            node.has_unique_items = value.as_bool();
        } else if (value.is_number()) {
            return bound_of(keyword, value, node);
        } else {
            return applied_of(inner, keyword, value, node);
        }
        return {};
    }

    static Result<void> types_of(const Json& value, SchemaNode& node) {
        const Json::Array names = value.is_array() ? value.as_array() : Json::Array{value};
        for (const Json& name : names) {
            unsigned bit = 0;
            for (const auto& [known, type] : type_names)
                if (name.is_text() && name.as_text() == known) bit = type;
            if (bit == 0) return fail(ErrorKind::unsupported, "type");
            node.types |= bit == type_number ? type_number | type_integer : bit;
        }
        return {};
    }

    static Result<void> bound_of(const std::string& keyword, const Json& value, SchemaNode& node) {
        if (keyword == "minimum") node.minimum = value.as_number();
        else if (keyword == "maximum") node.maximum = value.as_number();
        else if (!value.is_integer()) return fail(ErrorKind::unsupported, "{}", keyword);
        else if (keyword == "minLength") node.length_min = value.as_integer();
        else if (keyword == "maxLength") node.length_max = value.as_integer();
        else if (keyword == "minItems") node.items_min = value.as_integer();
        else if (keyword == "maxItems") node.items_max = value.as_integer();
        else if (keyword == "minProperties") node.members_min = value.as_integer();
        else return fail(ErrorKind::unsupported, "keyword {}", keyword);
        return {};
    }

    Result<void> applied_of(const std::string& inner, const std::string& keyword, const Json& value, SchemaNode& node) {
        if (value.is_array()) {
            std::vector<int>* list = keyword == "allOf" ? &node.all_of : keyword == "anyOf" ? &node.any_of : keyword == "oneOf" ? &node.one_of : nullptr;
            if (list == nullptr) return fail(ErrorKind::unsupported, "keyword {}", keyword);
            for (std::size_t i = 0; i < value.as_array().size(); ++i) list->push_back(TRY(node_of(fmt::format("{}/{}", inner, i), value.as_array()[i])));
            return {};
        }
        int* one = keyword == "items"                  ? &node.items
                   : keyword == "additionalProperties" ? &node.additional
                   : keyword == "not"                  ? &node.not_one
                   : keyword == "if"                   ? &node.if_one
                   : keyword == "then"                 ? &node.then_one
                   : keyword == "else"                 ? &node.else_one
                                                       : nullptr;
        if (one == nullptr) return fail(ErrorKind::unsupported, "keyword {}", keyword);
        *one = TRY(node_of(inner, value));
        return {};
    }

    const Json& schemas_;
    SchemaTree tree_;
    std::map<std::string, int> places_;
    std::vector<std::pair<int, std::string>> waiting_;
};

}  // namespace

Result<SchemaTree> compile_schemas(const Json& bundle) {
    const Json* schemas = TRY(bundle.object_at("schemas"));
    return Compiler(*schemas).run();
}

}  // namespace plumbline::reports
