// SPDX-License-Identifier: Apache-2.0
#include "face/page.h"

namespace plumbline::face {

namespace {
constexpr int depth_max = 8;

bool is_something(const Json& value) {
    if (value.is_null()) return false;
    if (value.is_bool()) return value.as_bool();
    if (value.is_text()) return !value.as_text().empty();
    if (value.is_array()) return !value.as_array().empty();
    return true;
}

std::string text_in(const Json& value) {
    if (value.is_text()) return value.as_text();
    if (value.is_null() || value.is_array() || value.is_object()) return "";
    return value.dump();
}
}  // namespace

Result<Page> Page::parse(std::string_view text, const language::Language* language) {
    Page page;
    page.language_ = language;
    Source source{text, language};
    page.nodes_ = TRY(parse_nodes(source, "", 0));
    return page;
}

Result<Page::Node> Page::message_node(const language::Language* language, std::string_view key) {
    if (language == nullptr || !language->has(key)) return fail(ErrorKind::invalid, "there is no message {}", key);
    // What has no argument is the same on every page: it is put in here, once.
    if (language->arguments_of(key).empty()) return Node{Kind::text, language->html(key), {}};
    return Node{Kind::message, std::string(key), {}};
}

Result<std::vector<Page::Node>> Page::parse_nodes(Source& source, std::string_view open_name, int depth) {
    if (depth > depth_max) return fail(ErrorKind::invalid, "sections nest deeper than {}", depth_max);
    const std::string_view text = source.text;
    std::size_t& at = source.at;
    std::vector<Node> nodes;
    while (true) {
        const std::size_t open = text.find("{{", at);
        if (open != at) nodes.push_back({Kind::text, std::string(text.substr(at, std::min(open, text.size()) - at)), {}});
        if (open == std::string_view::npos) {
            if (!open_name.empty()) return fail(ErrorKind::invalid, "section {} is not closed", open_name);
            at = text.size();
            return nodes;
        }
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos || close == open + 2) return fail(ErrorKind::invalid, "a hole at byte {} is not closed", open);
        std::string_view name = text.substr(open + 2, close - open - 2);
        at = close + 2;
        if (name.starts_with("t.")) {
            nodes.push_back(TRY(message_node(source.language, name.substr(2))));
            continue;
        }
        const char mark = name.front();
        if (std::string_view("#^/&").find(mark) != std::string_view::npos) name.remove_prefix(1);
        if (mark == '/') {
            if (name != open_name) return fail(ErrorKind::invalid, "{} is closed where {} is open", name, open_name);
            return nodes;
        }
        Node node{mark == '#' ? Kind::section : mark == '^' ? Kind::inverted : mark == '&' ? Kind::raw : Kind::value, std::string(name), {}};
        if (mark == '#' || mark == '^') node.children = TRY(parse_nodes(source, name, depth + 1));
        nodes.push_back(std::move(node));
    }
}

const Json* Page::find(const std::vector<const Json*>& scopes, std::string_view name) {
    if (name == ".") return scopes.back();
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope)
        if (const Json* value = (*scope)->find(name)) return value;
    return nullptr;
}

std::string Page::rendered_message(const std::string& key, const std::vector<const Json*>& scopes) const {
    std::vector<language::Argument> values;
    for (const std::string& name : language_->arguments_of(key)) {
        const Json* value = find(scopes, name);
        if (value != nullptr && value->is_integer()) values.push_back({name, value->as_integer()});
        else values.push_back({name, value == nullptr ? "" : text_in(*value)});
    }
    return language_->html(key, values);
}

void Page::render_nodes(const std::vector<Node>& nodes, std::vector<const Json*>& scopes, std::string& out) const {
    for (const Node& node : nodes) {
        if (node.kind == Kind::message) {
            out += rendered_message(node.text, scopes);
            continue;
        }
        if (node.kind == Kind::text) {
            out += node.text;
            continue;
        }
        const Json* value = find(scopes, node.text);
        if (node.kind == Kind::raw && value != nullptr) out += text_in(*value);
        if (node.kind == Kind::value && value != nullptr) out += html_escaped(text_in(*value));
        const bool is_there = value != nullptr && is_something(*value);
        if (node.kind == Kind::inverted && !is_there) render_nodes(node.children, scopes, out);
        if (node.kind != Kind::section || !is_there) continue;
        if (value->is_array()) {
            for (const Json& item : value->as_array()) {
                scopes.push_back(&item);
                render_nodes(node.children, scopes, out);
                scopes.pop_back();
            }
        } else {
            scopes.push_back(value);
            render_nodes(node.children, scopes, out);
            scopes.pop_back();
        }
    }
}

std::string Page::render(const Json& values, const Json& outer) const {
    std::string out;
    std::vector<const Json*> scopes{&outer, &values};
    render_nodes(nodes_, scopes, out);
    return out;
}

}  // namespace plumbline::face
