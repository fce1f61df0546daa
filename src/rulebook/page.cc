// SPDX-License-Identifier: Apache-2.0
#include "rulebook/page.h"

#include <algorithm>

namespace plumbline::rulebook {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string anchor_of(std::string_view name) {
    std::string anchor = "table-";
    for (const char c : name) anchor += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
    return anchor;
}

std::string output_name_of(const Table& table, std::size_t index) { return table.outputs.size() == 1 ? table.name : table.outputs[index].name; }

std::string cell(std::string_view tag, std::string_view text) { return fmt::format("<{0}>{1}</{0}>", tag, escaped(text)); }

std::string html_of(const Table& table) {
    const std::string anchor = anchor_of(table.name);
    std::string out = fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n", anchor, escaped(table.name));
    out += fmt::format("<div class=\"table-scroll\" role=\"region\" aria-labelledby=\"{}\" tabindex=\"0\">\n<table>\n<caption>{}</caption>\n<thead>\n<tr><th scope=\"col\">Rule</th>", anchor,
                       escaped(table.question.empty() ? table.name : table.question));
    for (const InputColumn& input : table.inputs) out += fmt::format("<th scope=\"col\">If: {}</th>", escaped(input.label));
    for (std::size_t i = 0; i < table.outputs.size(); ++i) out += fmt::format("<th scope=\"col\">Then: {}</th>", escaped(output_name_of(table, i)));
    out += "<th scope=\"col\">Why</th></tr>\n</thead>\n<tbody>\n";
    for (const Rule& rule : table.rules) {
        out += fmt::format("<tr id=\"{0}\"><th scope=\"row\">{0}</th>", escaped(rule.id));
        for (const UnaryTests& tests : rule.when) out += cell("td", words_of(tests));
        for (const Value& value : rule.then) out += cell("td", plain_of(value));
        out += cell("td", rule.annotation) + "</tr>\n";
    }
    return out + "</tbody>\n</table>\n</div>\n</section>\n";
}

}  // namespace

Json rulebook_as_json(const Rulebook& rulebook) {
    Json json = Json::object();
    json.set("name", rulebook.model().name);
    json.set("version", rulebook.version());
    Json tables = Json::array();
    for (const CompiledTable& compiled : rulebook.compiled().tables) {
        const Table& table = rulebook.model().tables[compiled.table];
        Json inputs = Json::array();
        for (const InputColumn& input : table.inputs) inputs.push(Json::object().set("name", input.name).set("label", input.label).set("type", name_of(input.type)));
        Json outputs = Json::array();
        for (std::size_t i = 0; i < table.outputs.size(); ++i) outputs.push(Json::object().set("name", output_name_of(table, i)).set("type", name_of(table.outputs[i].type)));
        Json rules = Json::array();
        for (const Rule& rule : table.rules) {
            Json when = Json::object();
            for (std::size_t i = 0; i < rule.when.size(); ++i)
                if (!rule.when[i].is_any) when.set(table.inputs[i].name, rule.when[i].text);
            Json then = Json::object();
            for (std::size_t i = 0; i < rule.then.size(); ++i) then.set(output_name_of(table, i), text_of(rule.then[i]));
            rules.push(Json::object().set("id", rule.id).set("when", std::move(when)).set("then", std::move(then)).set("why", rule.annotation));
        }
        Json row = Json::object();
        row.set("name", table.name).set("question", table.question).set("inputs", std::move(inputs)).set("outputs", std::move(outputs)).set("rules", std::move(rules));
        tables.push(std::move(row));
    }
    json.set("tables", std::move(tables));
    return json;
}

std::string rulebook_html(const Rulebook& rulebook) {
    std::string out = fmt::format("<p>Rulebook <code>{}</code>. Each table has exactly one rule for every case; that is proven before the rulebook is used.</p>\n", escaped(rulebook.version()));
    out += "<nav aria-label=\"Tables\">\n<ul>\n";
    for (const CompiledTable& compiled : rulebook.compiled().tables) {
        const std::string& name = rulebook.model().tables[compiled.table].name;
        out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", anchor_of(name), escaped(name));
    }
    out += "</ul>\n</nav>\n";
    for (const CompiledTable& compiled : rulebook.compiled().tables) out += html_of(rulebook.model().tables[compiled.table]);
    return out;
}

std::string rulebook_text(const Rulebook& rulebook) {
    std::string out = rulebook.version() + "\n";
    for (const CompiledTable& compiled : rulebook.compiled().tables) {
        const Table& table = rulebook.model().tables[compiled.table];
        out += fmt::format("\n{}: {}\n", table.name, table.question);
        for (const Rule& rule : table.rules) {
            std::string when;
            for (std::size_t i = 0; i < rule.when.size(); ++i)
                if (!rule.when[i].is_any) when += fmt::format("{}{}: {}", when.empty() ? "" : "; ", table.inputs[i].name, words_of(rule.when[i]));
            std::string then;
            for (const Value& value : rule.then) then += (then.empty() ? "" : ", ") + plain_of(value);
            out += fmt::format("  {:<14} {}\n  {:<14}   -> {}. {}\n", rule.id, when.empty() ? "always" : when, "", then, rule.annotation);
        }
    }
    return out;
}

}  // namespace plumbline::rulebook
