// SPDX-License-Identifier: Apache-2.0
// A page is a text with holes, filled from a JSON value. Everything put in is escaped; what is not escaped must say so.
//
//     {{name}}            the value, escaped        {{&name}}   the value as it is: only for HTML that we made
//     {{#name}}...{{/name}}   for each of a list (inside, its members are found first), or once where true or not empty
//     {{^name}}...{{/name}}   where absent, false or empty          {{.}}   the item itself
//     {{t.key}}           the message of the page's language; its arguments are the values of their names
//
// Parsed once for each language, rendered on any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "language/language.h"

namespace plumbline::face {

using language::html_escaped;

class Page {
  public:
    // invalid: a hole or section that is not closed, with its place; a message that the language does not have. The
    // language outlives the page.
    static Result<Page> parse(std::string_view text, const language::Language* language = nullptr);
    // A name that is absent is empty. What is not in `values` is looked for in `outer`.
    std::string render(const Json& values, const Json& outer = Json::object()) const;

  private:
    enum class Kind { text, value, raw, section, inverted, message };
    struct Node {
        Kind kind = Kind::text;
        std::string text;              // the text, the name, or the message's key
        std::vector<Node> children;
    };
    struct Source {
        std::string_view text;
        const language::Language* language;
        std::size_t at = 0;
    };
    static Result<std::vector<Node>> parse_nodes(Source& source, std::string_view open_name, int depth);
    static Result<Node> message_node(const language::Language* language, std::string_view key);
    void render_nodes(const std::vector<Node>& nodes, std::vector<const Json*>& scopes, std::string& out) const;
    std::string rendered_message(const std::string& key, const std::vector<const Json*>& scopes) const;
    static const Json* find(const std::vector<const Json*>& scopes, std::string_view name);
    std::vector<Node> nodes_;
    const language::Language* language_ = nullptr;
};

}  // namespace plumbline::face
