// SPDX-License-Identifier: Apache-2.0
// A page is a text with holes, filled from a JSON value. Everything put in is escaped; what is not escaped must say so.
//
//     {{name}}            the value, escaped        {{&name}}   the value as it is: only for HTML that we made
//     {{#name}}...{{/name}}   for each of a list (inside, its members are found first), or once where true or not empty
//     {{^name}}...{{/name}}   where absent, false or empty          {{.}}   the item itself
//
// Parsed once, rendered on any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace plumbline::face {

std::string html_escaped(std::string_view text);   // & < > " '

class Page {
  public:
    static Result<Page> parse(std::string_view text);   // invalid: a hole or section that is not closed, with its place
    std::string render(const Json& values) const;       // a name that is absent is empty

  private:
    enum class Kind { text, value, raw, section, inverted };
    struct Node {
        Kind kind = Kind::text;
        std::string text;              // the text, or the name
        std::vector<Node> children;
    };
    static Result<std::vector<Node>> parse_nodes(std::string_view text, std::size_t& at, std::string_view open_name, int depth);
    static void render_nodes(const std::vector<Node>& nodes, std::vector<const Json*>& scopes, std::string& out);
    static const Json* find(const std::vector<const Json*>& scopes, std::string_view name);
    std::vector<Node> nodes_;
};

}  // namespace plumbline::face
