// SPDX-License-Identifier: Apache-2.0
// The XML is read whole by pugixml, which expands no entity but the five of XML and fetches nothing; then each element is taken
// by its local name, and one that is neither known nor known to be harmless refuses the file.
#include "rulebook/dmn.h"

#include <algorithm>
#include <pugixml.hpp>
#include <set>

namespace plumbline::rulebook {

namespace {

constexpr std::string_view namespaces[] = {"https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/",
                                           "https://www.omg.org/spec/DMN/20230324/MODEL/"};

std::string_view local_name_of(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
pugi::xml_node child_of(const pugi::xml_node& node, std::string_view name) {
    for (const pugi::xml_node& child : node.children())
        if (child.type() == pugi::node_element && local_name_of(child) == name) return child;
    return {};
}
std::string trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t from = text.find_first_not_of(space);
    if (from == std::string_view::npos) return {};
    return std::string(text.substr(from, text.find_last_not_of(space) - from + 1));
}
// The text of <name><text>...</text></name>, all its pieces (CDATA splits it).
std::string text_in(const pugi::xml_node& node) {
    std::string text;
    for (const pugi::xml_node& piece : child_of(node, "text").children())
        if (piece.type() == pugi::node_pcdata || piece.type() == pugi::node_cdata) text += piece.value();
    return trimmed(text);
}
std::string own_text_of(const pugi::xml_node& node) { return trimmed(node.text().get()); }

// An entity other than XML's own five and numeric ones needs a DTD, and there is none.
Result<void> refuse_entities(std::string_view text) {
    for (std::size_t at = text.find_first_of("<&"); at != std::string_view::npos; at = text.find_first_of("<&", at)) {
        const std::string_view rest = text.substr(at);
        std::string_view end;
        if (rest.starts_with("<!--")) end = "-->";
        else if (rest.starts_with("<![CDATA[")) end = "]]>";
        else if (rest.starts_with("<?")) end = "?>";
        else if (rest.starts_with("<!")) return fail(ErrorKind::unsupported, "a DOCTYPE or another declaration is not taken (byte {})", at);
        if (!end.empty()) {
            at = text.find(end, at);
            if (at == std::string_view::npos) return fail(ErrorKind::invalid, "a comment, CDATA section or instruction has no end");
            at += end.size();
            continue;
        }
        if (rest.starts_with("<")) {
            ++at;
            continue;
        }
        const std::string_view name = rest.substr(1, std::min(rest.find(';'), std::size_t{12}) - 1);
        const bool is_known = name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos" || name.starts_with("#");
        if (!is_known) return fail(ErrorKind::unsupported, "an entity that XML itself does not have is not taken (byte {})", at);
        ++at;
    }
    return {};
}

Result<void> check_depth(const pugi::xml_node& root) {
    std::size_t depth = 0;
    pugi::xml_node node = root;
    for (;;) {
        if (pugi::xml_node child = node.first_child()) {
            node = child;
            if (++depth > dmn_depth_max) return fail(ErrorKind::too_large, "elements stand more than {} deep", dmn_depth_max);
            continue;
        }
        while (node != root && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        if (node == root) return {};
        node = node.next_sibling();
    }
}

Result<std::string> name_at(const pugi::xml_node& node, const char* attribute) {
    std::string name = trimmed(node.attribute(attribute).value());
    if (name.size() > name_bytes_max) return fail(ErrorKind::too_large, "{} of <{}> is over {} bytes", attribute, local_name_of(node), name_bytes_max);
    return name;
}
Result<std::string> words_at(const pugi::xml_node& node, std::string words) {
    if (words.size() > words_bytes_max) return fail(ErrorKind::too_large, "<{}> is over {} bytes", local_name_of(node), words_bytes_max);
    return words;
}

// A typeRef may go through a simple itemDefinition of the same model: tSeverity is a string.
Result<ValueType> type_from(const pugi::xml_node& definitions, std::string type_ref) {
    for (int hop = 0; hop < 4; ++hop) {
        if (const std::size_t colon = type_ref.find(':'); colon != std::string::npos) type_ref.erase(0, colon + 1);
        if (type_ref == "string") return ValueType::text;
        if (type_ref == "number") return ValueType::number;
        if (type_ref == "boolean") return ValueType::boolean;
        std::string next;
        for (const pugi::xml_node& item : definitions.children()) {
            if (local_name_of(item) != "itemDefinition" || type_ref != item.attribute("name").value()) continue;
            if (item.attribute("isCollection").as_bool()) return fail(ErrorKind::unsupported, "the type {} is a collection", type_ref.substr(0, 40));
            next = own_text_of(child_of(item, "typeRef"));
        }
        if (next.empty()) break;
        type_ref = next;
    }
    return fail(ErrorKind::unsupported, "the type \"{}\" is not string, number or boolean", type_ref.substr(0, 40));
}

Result<InputColumn> read_input(const pugi::xml_node& definitions, const pugi::xml_node& node) {
    InputColumn column;
    const pugi::xml_node expression = child_of(node, "inputExpression");
    column.name = text_in(expression);
    if (column.name.empty() || column.name.size() > name_bytes_max) return fail(ErrorKind::invalid, "<input> has no inputExpression, or one over {} bytes", name_bytes_max);
    column.label = TRY(name_at(node, "label"));
    if (column.label.empty()) column.label = column.name;
    auto type = type_from(definitions, expression.attribute("typeRef").value());
    if (!type) return fail_in("input " + column.name, type.error());
    column.type = *type;
    if (const pugi::xml_node allowed = child_of(node, "inputValues")) {
        auto tests = parse_unary_tests(text_in(allowed), column.type);
        if (!tests) return fail_in("input " + column.name + ": inputValues", tests.error());
        column.allowed = *std::move(tests);
    }
    return column;
}

Result<OutputColumn> read_output(const pugi::xml_node& definitions, const pugi::xml_node& table, const pugi::xml_node& node) {
    OutputColumn column;
    column.name = TRY(name_at(node, "name"));
    if (const pugi::xml_node allowed = child_of(node, "outputValues")) {
        auto values = parse_literals(text_in(allowed));
        if (!values) return fail_in("outputValues", values.error());
        column.allowed = *std::move(values);
    }
    std::string type_ref = node.attribute("typeRef").value();
    if (type_ref.empty()) type_ref = child_of(table.parent(), "variable").attribute("typeRef").value();
    if (type_ref.empty() && !column.allowed.empty()) column.type = type_of(column.allowed.front());
    else column.type = TRY(type_from(definitions, std::move(type_ref)));
    for (const Value& value : column.allowed)
        if (type_of(value) != column.type) return fail(ErrorKind::invalid, "outputValues: {} is no {}", text_of(value), name_of(column.type));
    return column;
}

Result<Value> read_output_entry(const OutputColumn& column, const pugi::xml_node& node) {
    const Value value = TRY(parse_literal(text_in(node)));
    if (type_of(value) != column.type) return fail(ErrorKind::invalid, "{} is a {}, and the column holds a {}", text_of(value), name_of(type_of(value)), name_of(column.type));
    if (!column.allowed.empty() && std::find(column.allowed.begin(), column.allowed.end(), value) == column.allowed.end())
        return fail(ErrorKind::invalid, "{} is none of the outputValues", text_of(value));
    return value;
}

Result<Rule> read_rule(const Table& table, const pugi::xml_node& node, std::string id) {
    Rule rule;
    rule.id = std::move(id);
    for (const pugi::xml_node& entry : node.children()) {
        if (entry.type() != pugi::node_element) continue;
        const std::string_view kind = local_name_of(entry);
        if (kind == "inputEntry") {
            if (rule.when.size() == table.inputs.size()) return fail(ErrorKind::invalid, "there are more input entries than inputs");
            const InputColumn& column = table.inputs[rule.when.size()];
            auto tests = parse_unary_tests(text_in(entry), column.type);
            if (!tests) return fail_in("column " + column.name, tests.error());
            rule.when.push_back(*std::move(tests));
        } else if (kind == "outputEntry") {
            if (rule.then.size() == table.outputs.size()) return fail(ErrorKind::invalid, "there are more output entries than outputs");
            const OutputColumn& column = table.outputs[rule.then.size()];
            auto value = read_output_entry(column, entry);
            if (!value) return fail_in("output column " + (column.name.empty() ? table.name : column.name), value.error());
            rule.then.push_back(*std::move(value));
        } else if (kind == "annotationEntry") {
            if (rule.annotation.empty()) rule.annotation = TRY(words_at(entry, text_in(entry)));
        } else if (kind != "description" && kind != "extensionElements") {
            return fail(ErrorKind::unsupported, "the element <{}> is not known", kind);
        }
    }
    if (rule.annotation.empty()) rule.annotation = TRY(words_at(node, own_text_of(child_of(node, "description"))));
    if (rule.when.size() != table.inputs.size()) return fail(ErrorKind::invalid, "{} input entries stand under {} inputs", rule.when.size(), table.inputs.size());
    if (rule.then.size() != table.outputs.size()) return fail(ErrorKind::invalid, "{} output entries stand under {} outputs", rule.then.size(), table.outputs.size());
    return rule;
}

Result<void> check_table_attributes(const pugi::xml_node& node) {
    const std::string_view policy = node.attribute("hitPolicy").as_string("UNIQUE");
    if (policy != "UNIQUE") return fail(ErrorKind::unsupported, "hit policy {}: only UNIQUE is known", policy.substr(0, 40));
    if (std::string_view(node.attribute("preferredOrientation").as_string("Rule-as-Row")) != "Rule-as-Row")
        return fail(ErrorKind::unsupported, "only the orientation Rule-as-Row is known");
    return {};
}

Result<void> read_columns(const pugi::xml_node& definitions, const pugi::xml_node& node, Table& table) {
    for (const pugi::xml_node& child : node.children()) {
        if (child.type() != pugi::node_element) continue;
        const std::string_view kind = local_name_of(child);
        if (kind == "input") table.inputs.push_back(TRY(read_input(definitions, child)));
        else if (kind == "output") table.outputs.push_back(TRY(read_output(definitions, node, child)));
        else if (kind != "rule" && kind != "annotation" && kind != "description" && kind != "extensionElements")
            return fail(ErrorKind::unsupported, "the element <{}> is not known", kind);
        if (table.inputs.size() > columns_max || table.outputs.size() > columns_max) return fail(ErrorKind::too_large, "there are more than {} columns", columns_max);
    }
    if (table.inputs.empty() || table.outputs.empty()) return fail(ErrorKind::invalid, "a table needs an input and an output");
    std::set<std::string> names;
    for (const OutputColumn& output : table.outputs)
        if (table.outputs.size() > 1 && (output.name.empty() || !names.insert(output.name).second))
            return fail(ErrorKind::invalid, "of several outputs each needs a name of its own");
    return {};
}

Result<Table> read_table(const pugi::xml_node& definitions, const pugi::xml_node& decision, std::string name, std::set<std::string>& rule_ids) {
    Table table;
    table.name = std::move(name);
    const pugi::xml_node question = child_of(decision, "question");
    table.question = TRY(words_at(question, own_text_of(question)));
    const pugi::xml_node node = child_of(decision, "decisionTable");
    TRY(check_table_attributes(node));
    TRY(read_columns(definitions, node, table));
    for (const pugi::xml_node& child : node.children()) {
        if (child.type() != pugi::node_element || local_name_of(child) != "rule") continue;
        if (table.rules.size() == rules_max) return fail(ErrorKind::too_large, "there are more than {} rules", rules_max);
        std::string id = TRY(name_at(child, "id"));
        if (id.empty()) return fail(ErrorKind::invalid, "rule {} has no id", table.rules.size() + 1);
        if (!rule_ids.insert(id).second) return fail(ErrorKind::invalid, "the rule id {} stands twice", id);
        auto rule = read_rule(table, child, id);
        if (!rule) return fail_in("rule " + id, rule.error());
        table.rules.push_back(*std::move(rule));
    }
    if (table.rules.empty()) return fail(ErrorKind::invalid, "the table has no rule");
    return table;
}

Result<void> check_decision(const pugi::xml_node& decision) {
    int tables = 0;
    for (const pugi::xml_node& child : decision.children()) {
        if (child.type() != pugi::node_element) continue;
        const std::string_view kind = local_name_of(child);
        if (kind == "decisionTable") ++tables;
        else if (kind != "variable" && kind != "informationRequirement" && kind != "authorityRequirement" && kind != "question" && kind != "allowedAnswers" &&
                 kind != "description" && kind != "extensionElements")
            return fail(ErrorKind::unsupported, "<{}>: only decisions by decision table are known", kind);
    }
    if (tables != 1) return fail(ErrorKind::invalid, "a decision has one decisionTable, this one {}", tables);
    return {};
}

Result<void> check_definitions(const pugi::xml_node& definitions) {
    const std::string_view name = definitions.name();
    const std::size_t colon = name.find(':');
    const std::string attribute = colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
    const std::string_view space = definitions.attribute(attribute.c_str()).value();
    if (local_name_of(definitions) != "definitions" || std::find(std::begin(namespaces), std::end(namespaces), space) == std::end(namespaces))
        return fail(ErrorKind::unsupported, "the first element is not <definitions> of DMN 1.3, 1.4 or 1.5");
    constexpr std::string_view harmless[] = {"decision", "inputData", "itemDefinition", "description", "extensionElements", "DMNDI", "knowledgeSource", "textAnnotation",
                                             "association", "group"};
    for (const pugi::xml_node& child : definitions.children())
        if (child.type() == pugi::node_element && std::find(std::begin(harmless), std::end(harmless), local_name_of(child)) == std::end(harmless))
            return fail(ErrorKind::unsupported, "the element <{}> is not known", local_name_of(child));
    return {};
}

}  // namespace

Result<Model> read_dmn(std::string_view text) {
    if (text.size() > dmn_bytes_max) return fail(ErrorKind::too_large, "the file is over {} bytes", dmn_bytes_max);
    TRY(refuse_entities(text));
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_doctype, pugi::encoding_utf8);
    if (!parsed) return fail(ErrorKind::invalid, "XML: {} at byte {}", parsed.description(), parsed.offset);
    if (child_of(document, "definitions") == nullptr || document.document_element() != child_of(document, "definitions"))
        return fail(ErrorKind::unsupported, "the first element is not <definitions> of DMN 1.3, 1.4 or 1.5");
    TRY(check_depth(document));
    const pugi::xml_node definitions = document.document_element();
    TRY(check_definitions(definitions));

    Model model;
    model.name = TRY(name_at(definitions, "name"));
    std::set<std::string> names;
    std::set<std::string> rule_ids;
    for (const pugi::xml_node& child : definitions.children()) {
        if (child.type() != pugi::node_element || local_name_of(child) != "decision") continue;
        if (model.tables.size() == tables_max) return fail(ErrorKind::too_large, "there are more than {} decisions", tables_max);
        const std::string name = TRY(name_at(child, "name"));
        if (name.empty() || !names.insert(name).second) return fail(ErrorKind::invalid, "each decision needs a name of its own; \"{}\" is none", name);
        auto checked = check_decision(child);
        if (!checked) return fail_in("decision " + name, checked.error());
        auto table = read_table(definitions, child, name, rule_ids);
        if (!table) return fail_in("table " + name, table.error());
        model.tables.push_back(*std::move(table));
    }
    if (model.tables.empty()) return fail(ErrorKind::invalid, "the file has no decision");
    return model;
}

}  // namespace plumbline::rulebook
