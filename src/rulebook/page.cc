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

// "a, b or c"; titles of several words stand apart by semicolons alone, for they have an "or" of their own.
std::string joined(const std::vector<std::string>& texts, bool are_titles) {
    std::string out;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i > 0) out += are_titles ? "; " : i + 1 == texts.size() ? " or " : ", ";
        out += texts[i];
    }
    return out;
}

// A value as the page says it: the title of a category, and no machine's underscores.
std::string title_of(const Rulebook& rulebook, const Field& field, const std::string& value) {
    if (const std::string* title = rulebook.title_of(field.name, value)) return *title;
    if (value == "unknown") return "not known";
    std::string words = value;
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

// What passes, in words. "not no" of three answers reads better as "not known or yes".
std::string condition_of(const Rulebook& rulebook, const Field& field, const UnaryTests& tests) {
    const auto ranges = ranges_of(tests, field);
    if (field.type != ValueType::text || !ranges) return words_of(tests);
    std::vector<std::string> passes, fails;
    for (std::size_t code = 0; code < field.values.size(); ++code)
        (holds(*ranges, static_cast<std::int64_t>(code)) ? passes : fails).push_back(title_of(rulebook, field, field.values[code]));
    const bool are_titles = rulebook.title_of(field.name, field.values.front()) != nullptr;
    if (tests.is_negated && passes.size() > 3) return "anything but " + joined(fails, are_titles);
    return joined(passes, are_titles);
}

std::string html_of(const Rulebook& rulebook, const CompiledTable& compiled) {
    const Table& table = rulebook.model().tables[compiled.table];
    const std::string anchor = anchor_of(table.name);
    std::string out = fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n", anchor, escaped(table.name));
    out += fmt::format("<div class=\"table\" role=\"region\" aria-labelledby=\"{}\" tabindex=\"0\">\n<table>\n<caption>{}</caption>\n", anchor,
                       escaped(table.question.empty() ? table.name : table.question));
    out += "<thead>\n<tr><th scope=\"col\">Rule</th><th scope=\"col\">When</th><th scope=\"col\">Then</th><th scope=\"col\">Why</th></tr>\n</thead>\n<tbody>\n";
    for (const Rule& rule : table.rules) {
        std::string when;
        for (std::size_t i = 0; i < rule.when.size(); ++i)
            if (!rule.when[i].is_any)
                when += fmt::format("<li>{}: {}</li>", escaped(table.inputs[i].label), escaped(condition_of(rulebook, rulebook.compiled().slots[compiled.columns[i].slot], rule.when[i])));
        std::vector<std::string> then;
        for (std::size_t i = 0; i < rule.then.size(); ++i) then.push_back((rule.then.size() > 1 ? output_name_of(table, i) + ": " : "") + plain_of(rule.then[i]));
        std::string then_text;
        for (const std::string& text : then) then_text += (then_text.empty() ? "" : "<br>") + escaped(text);
        out += fmt::format("<tr id=\"{0}\"><th scope=\"row\">{0}</th><td>{1}</td><td>{2}</td><td>{3}</td></tr>\n", escaped(rule.id), when.empty() ? "always" : "<ul>" + when + "</ul>", then_text,
                           escaped(rule.annotation));
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
    for (const CompiledTable& compiled : rulebook.compiled().tables) out += html_of(rulebook, compiled);
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
