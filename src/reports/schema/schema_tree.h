// SPDX-License-Identifier: Apache-2.0
// A schema as it is walked: nodes by number, references resolved. Inside schema/ only.
#pragma once
#include <re2/re2.h>

#include <map>
#include <optional>

#include "reports/schema/schema.h"

namespace plumbline::reports {

inline constexpr int no_node = -1;

struct SchemaNode {
    bool is_never = false;                                  // the schema `false`
    unsigned types = 0;                                     // bits of SchemaType; 0 = any
    std::vector<std::pair<std::string, int>> properties;
    std::vector<std::string> required;
    int additional = no_node;
    int items = no_node;
    std::vector<Json> one_of_values;                        // enum, or the one of const
    bool has_values = false;
    std::unique_ptr<RE2> pattern;
    std::string pattern_text;
    std::string format;
    std::optional<double> minimum, maximum;
    std::optional<std::int64_t> length_min, length_max, items_min, items_max, members_min;
    bool has_unique_items = false;
    std::vector<int> all_of, any_of, one_of;
    int not_one = no_node, if_one = no_node, then_one = no_node, else_one = no_node, ref = no_node;
};

enum SchemaType : unsigned { type_null = 1, type_boolean = 2, type_integer = 4, type_number = 8, type_string = 16, type_array = 32, type_object = 64 };

struct SchemaTree {
    std::vector<SchemaNode> nodes;
    std::map<std::string, int, std::less<>> roots;          // by name
};
Result<SchemaTree> compile_schemas(const Json& bundle);

// Appends the problems of `value`; stops at problems_max.
void check_node(const SchemaTree& tree, int node, const Json& value, const std::string& pointer, std::size_t problems_max, std::vector<Problem>& problems);

}  // namespace plumbline::reports
