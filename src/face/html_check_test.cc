// SPDX-License-Identifier: Apache-2.0
#include "face/html_check.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace plumbline::face {

namespace {
using Attributes = std::map<std::string, std::string>;

struct Element {
    std::string name;
    Attributes attributes;
};

bool is_void(std::string_view name) {
    for (const std::string_view other : {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "line", "polyline"})
        if (name == other) return true;
    return false;
}

Element element_from(std::string_view tag) {
    Element element;
    std::size_t at = tag.find_first_of(" \n/");
    element.name = tag.substr(0, at);
    while (at < tag.size()) {
        at = tag.find_first_not_of(" \n/", at);
        if (at == std::string_view::npos) break;
        const std::size_t end = std::min(tag.find_first_of(" \n=/", at), tag.size());
        const std::string name(tag.substr(at, end - at));
        at = end;
        std::string value;
        if (at < tag.size() && tag[at] == '=') {
            const std::size_t close = tag.find('"', at + 2);
            value = tag.substr(at + 2, close - at - 2);
            at = close + 1;
        }
        element.attributes[name] = value;
    }
    return element;
}

// The '>' that ends a tag, quotes passed over.
std::size_t tag_end(std::string_view html, std::size_t at) {
    bool is_quoted = false;
    for (; at < html.size(); ++at) {
        if (html[at] == '"') is_quoted = !is_quoted;
        if (html[at] == '>' && !is_quoted) return at;
    }
    return std::string_view::npos;
}

void check_all(const std::vector<Element>& elements, const std::set<std::string>& in_label, std::vector<std::string>& faults) {
    std::set<std::string> ids;
    std::set<std::string> labelled;
    for (const Element& element : elements) {
        if (const auto id = element.attributes.find("id"); id != element.attributes.end() && !ids.insert(id->second).second) faults.push_back("two ids " + id->second);
        if (element.name == "label" && element.attributes.contains("for")) labelled.insert(element.attributes.at("for"));
    }
    for (const Element& element : elements) {
        const auto value = [&](const char* name) { return element.attributes.contains(name) ? element.attributes.at(name) : std::string(); };
        for (const char* reference : {"for", "aria-describedby", "aria-labelledby", "list"}) {
            std::string rest = value(reference);
            while (!rest.empty()) {
                const std::string id = rest.substr(0, rest.find(' '));
                rest.erase(0, id.size() + 1);
                if (!ids.contains(id)) faults.push_back("no id " + id);
            }
        }
        const bool is_control = element.name == "textarea" || element.name == "select" || (element.name == "input" && value("type") != "hidden");
        const bool is_box = value("type") == "radio" || value("type") == "checkbox";
        if (is_control && !is_box && !labelled.contains(value("id"))) faults.push_back("no label for " + value("name"));
        if (is_control && is_box && !in_label.contains(value("name") + value("value"))) faults.push_back("no label around " + value("name"));
        // The only script element is data: the words of the page's language for its script.
        const bool is_data = element.name == "script" && value("type") == "application/json" && value("id") == "strings";
        if ((element.name == "script" && !is_data) || element.name == "iframe") faults.push_back("a " + element.name);
        for (const auto& [name, text] : element.attributes) {
            if (name.starts_with("on") || name == "style") faults.push_back("attribute " + name);
            if ((name == "href" || name == "src" || name == "action" || name == "formaction") && !text.starts_with("/") && !text.starts_with("#") && !text.starts_with("tel:")) faults.push_back("elsewhere: " + text);
        }
    }
}
}  // namespace

std::vector<std::string> html_faults(std::string_view html) {
    std::vector<std::string> faults;
    std::vector<Element> elements;
    std::vector<std::string> open;
    std::set<std::string> in_label;
    if (!html.starts_with("<!doctype html>\n<html lang=\"")) faults.push_back("no doctype or language");
    if (html.find("{{") != std::string_view::npos) faults.push_back("a hole that is not filled");
    for (std::size_t at = html.find('<', 1); at != std::string_view::npos; at = html.find('<', at)) {
        const std::size_t end = tag_end(html, at);
        if (end == std::string_view::npos) {
            faults.push_back("a tag that does not end");
            break;
        }
        const std::string_view tag = html.substr(at + 1, end - at - 1);
        at = end + 1;
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != tag.substr(1)) faults.push_back("</" + std::string(tag.substr(1)) + "> closes " + (open.empty() ? "nothing" : open.back()));
            if (!open.empty()) open.pop_back();
            continue;
        }
        Element element = element_from(tag);
        if (!open.empty() && open.back() == "label" && element.name == "input") in_label.insert(element.attributes["name"] + element.attributes["value"]);
        if (!is_void(element.name)) open.push_back(element.name);
        if (element.name == "textarea") at = html.find("</textarea", at);
        if (element.name == "script") at = html.find("</script", at);
        elements.push_back(std::move(element));
    }
    for (const std::string& name : open) faults.push_back(name + " is not closed");
    check_all(elements, in_label, faults);
    return faults;
}

TEST(HtmlCheck, FindsFaults) {
    const std::string start = "<!doctype html>\n<html lang=\"en\">";
    EXPECT_TRUE(html_faults(start + "<p><label for=\"a\">A</label><input id=\"a\" name=\"a\"></p></html>").empty());
    for (const char* bad : {"<p><b></p></html>", "<p id=\"a\"></p><p id=\"a\"></p></html>", "<input name=\"a\"></html>", "<p aria-describedby=\"x\"></p></html>",
                            "<script></script></html>", "<a href=\"https://a.example\">a</a></html>", "<p onclick=\"x\"></p></html>", "<p>", "{{x}}</html>",
                            "<input type=\"radio\" name=\"a\" value=\"b\"></html>", "<p"})
        EXPECT_FALSE(html_faults(start + bad).empty()) << bad;
}

}  // namespace plumbline::face
