// SPDX-License-Identifier: Apache-2.0
#include "reports/xml/xml_text.h"

namespace plumbline::reports {

namespace {

bool is_deeper_than(const pugi::xml_node& node, unsigned depth) {
    for (const pugi::xml_node& child : node.children())
        if (child.type() == pugi::node_element && (depth == 0 || is_deeper_than(child, depth - 1))) return true;
    return false;
}

// Counts the depth of tags before anything is built: the library's tree is taken down by recursion.
bool is_too_deep(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string_view::npos; ++at) {
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (next == '/') {
            if (depth > 0) --depth;
        } else if (next != '!' && next != '?') {
            const std::size_t close = text.find('>', at);
            if (close == std::string_view::npos || text[close - 1] != '/') ++depth;
        }
        if (depth > 20 * xml_depth_max) return true;
    }
    return false;
}

}  // namespace

std::optional<Refusal> parse_xml(ByteView bytes, pugi::xml_document& document) {
    if (bytes.size() > xml_bytes_max) return Refusal{"", fmt::format("an XML document may have {} bytes", xml_bytes_max)};
    if (is_too_deep(text_of(bytes))) return Refusal{"", fmt::format("elements may stand {} deep", xml_depth_max)};
    const pugi::xml_parse_result parsed = document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default);
    if (!parsed) return Refusal{"", fmt::format("is not well-formed XML at byte {}: {}", parsed.offset, parsed.description())};
    if (is_deeper_than(document, xml_depth_max)) return Refusal{"", fmt::format("elements may stand {} deep", xml_depth_max)};
    return std::nullopt;
}

std::string_view local_name(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name) {
    for (const pugi::xml_node& child : node.children())
        if (child.type() == pugi::node_element && local_name(child.name()) == name) return child;
    return {};
}

std::string text_of_node(const pugi::xml_node& node) {
    std::string text;
    for (const pugi::xml_node& child : node.children())
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? std::string() : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string text_of_child(const pugi::xml_node& node, std::string_view name) { return text_of_node(child_of(node, name)); }

std::string path_of(const pugi::xml_node& node) {
    if (node.empty() || node.type() != pugi::node_element) return {};
    std::size_t before = 0;
    for (pugi::xml_node sibling = node.previous_sibling(node.name()); sibling; sibling = sibling.previous_sibling(node.name())) ++before;
    const std::string own = before == 0 ? std::string(local_name(node.name())) : fmt::format("{}[{}]", local_name(node.name()), before + 1);
    return path_of(node.parent()) + "/" + own;
}

void append_xml_fields(const pugi::xml_node& node, const std::string& path, const ReportLimits& limits, MachineReport& report) {
    for (const pugi::xml_attribute& attribute : node.attributes()) {
        const std::string_view name = attribute.name();
        if (report.fields.size() < limits.fields_max && !name.starts_with("xmlns") && !name.starts_with("xsi:")) report.fields.push_back({path + "@" + std::string(name), attribute.value()});
    }
    if (std::string text = text_of_node(node); !text.empty() && report.fields.size() < limits.fields_max) report.fields.push_back({path, std::move(text)});
    for (const pugi::xml_node& child : node.children()) {
        if (child.type() != pugi::node_element || report.fields.size() >= limits.fields_max) continue;
        std::string below = path.empty() ? std::string(local_name(child.name())) : path + "/" + std::string(local_name(child.name()));
        if (!child.first_child() && !child.first_attribute()) report.fields.push_back({std::move(below), "yes"});   // an empty element says that it is so
        else append_xml_fields(child, below, limits, report);
    }
}

}  // namespace plumbline::reports
